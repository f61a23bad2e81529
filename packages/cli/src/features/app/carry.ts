/**
 * Carry: sockets and files between the page and its home (docs/spec/terminal.md TE22). Home gives bytes, and nothing
 * that a browser would run, keep or follow.
 */
import type { SocketPath } from "@yanshu/client";
import { securityHeaders } from "@yanshu/release";
import { closeSoon, countPings } from "../../bounded.ts";
import { type Home, socketAddress } from "../../home.ts";

/** What the page says of a file; no cookie of this computer goes to home. */
const asked = ["content-type", "range", "upload-offset", "blob-owner"];
const answered = ["content-range", "accept-ranges", "content-length", "retry-after"];
const waitingBytesMax = 16 << 20;

export async function carryRequest(request: Request, path: string, { origin }: Home): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of request.headers) if (asked.includes(name)) headers.set(name, value);
  const body = request.method === "GET" || request.method === "HEAD" ? undefined : await request.arrayBuffer();
  try {
    const answer = await fetch(`${origin}${path}`, {
      method: request.method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    // @checks TE22
    if (answer.status >= 300 && answer.status < 400)
      return new Response(null, { status: 502, headers: securityHeaders });
    const kept = answered.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const type = { "content-type": "application/octet-stream", "cache-control": "no-store" };
    return new Response(answer.body, {
      status: answer.status,
      headers: { ...Object.fromEntries(kept), ...securityHeaders, ...type },
    });
  } catch {
    return new Response(null, { status: 502, headers: securityHeaders });
  }
}

export type Carried = { readonly path: "/ws" | SocketPath; line?: Line };
type Down = { readonly send: (bytes: Uint8Array) => unknown; readonly close: (code?: number, reason?: string) => void };

/** One socket of the page, and its own to home. */
export class Line {
  private readonly up: WebSocket & Bun.WebSocket;
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;

  constructor(home: Home, path: Carried["path"], down: Down) {
    this.up = new WebSocket(socketAddress(home.origin, path)) as WebSocket & Bun.WebSocket;
    this.up.binaryType = "arraybuffer";
    countPings(this.up, () => this.up.terminate());
    this.up.addEventListener("open", () => {
      for (const bytes of this.waiting) this.up.send(bytes);
      this.waiting = [];
    });
    this.up.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      // Home speaks in bytes alone.
      if (data instanceof ArrayBuffer) down.send(new Uint8Array(data));
      else down.close(1003);
    });
    this.up.addEventListener("close", ({ reason }) => down.close(1000, reason.slice(0, 100)));
    this.up.addEventListener("error", () => down.close(1001));
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.up.readyState === WebSocket.OPEN) {
      this.up.send(bytes);
      return;
    }
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > waitingBytesMax) this.close();
    else this.waiting.push(bytes);
  }

  close(): void {
    closeSoon(this.up);
  }
}
