/** Device: a real client over a real WebSocket, through its own recorder. */
import {
  type Cancel,
  type Client,
  type ClientApi,
  createClient,
  type Hex,
  type MediaPorts,
  type ViewName,
  type Views,
} from "@yanshu/client";
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import type { Database } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Recorder } from "./recorder.ts";
import type { Secrets } from "./secrets.ts";
import type { RealServer } from "./server.ts";

const keyPackagesKept = 8;
const waitMsMax = 20_000;

export type Origin = { readonly userAgent: string; readonly forwardedFor: string };

export class Device {
  readonly name: string;
  readonly database: Database = openBunDatabase(":memory:");
  readonly bugs: unknown[] = [];
  readonly recorder: Recorder;
  private readonly client: Client;
  private readonly timers = new Set<Cancel>();
  private readonly sockets = new Set<WebSocket>();
  private readonly files = new Map<string, Uint8Array>();
  private over = false;

  constructor(name: string, server: Pick<RealServer, "domain">, recorder: Recorder, origin: Origin, secrets: Secrets) {
    this.name = name;
    this.recorder = recorder;
    this.client = createClient({
      crypto: secrets.watch(createBunCrypto()),
      database: this.database,
      server: server.domain,
      originOf: (domain) => `http://${domain}`,
      connect: (_server, events, path) => {
        const headers = { "user-agent": origin.userAgent, "x-forwarded-for": origin.forwardedFor };
        // Bun's WebSocket takes headers; the types of the DOM do not know.
        const socket = new WebSocket(`ws://127.0.0.1:${recorder.port}${path ?? "/ws"}`, {
          headers,
        } as unknown as string[]);
        socket.binaryType = "arraybuffer";
        this.sockets.add(socket);
        socket.addEventListener("open", () => events.open());
        socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
          events.message(new Uint8Array(data)),
        );
        let closed = false;
        const end = () => {
          this.sockets.delete(socket);
          if (closed) return;
          closed = true;
          events.closed("closed");
        };
        socket.addEventListener("close", end);
        socket.addEventListener("error", end);
        return {
          send: (frame) => {
            if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
          },
          close: () => socket.close(),
        };
      },
      media: this.mediaThrough(recorder, origin, secrets),
      keyPackagesKept,
      vaultDelayMs: 200,
      nowMs: () => Date.now(),
      after: (ms, run) => {
        if (this.over) return () => undefined;
        const timer = setTimeout(() => {
          this.timers.delete(cancel);
          run();
        }, ms);
        const cancel = () => clearTimeout(timer);
        this.timers.add(cancel);
        return cancel;
      },
      chance: Math.random,
      persistent: true,
      report: (error) => this.bugs.push(error),
    });
  }

  /** Files in memory; requests through the recorder, from the same place and program as the socket. */
  private mediaThrough(recorder: Recorder, { userAgent, forwardedFor }: Origin, secrets: Secrets): MediaPorts {
    const { files } = this;
    return {
      cipher: secrets.watchCipher(createMediaCipher()),
      files: {
        write: async (name, offset, bytes) => {
          const before = files.get(name) ?? new Uint8Array();
          const all = new Uint8Array(Math.max(before.length, offset + bytes.length));
          all.set(before);
          all.set(bytes, offset);
          files.set(name, all);
        },
        read: async (name, offset, length) => (files.get(name) ?? new Uint8Array()).slice(offset, offset + length),
        remove: async (name) => void files.delete(name),
      },
      request: async (_server, { method, path, headers, body }) => {
        const answer = await fetch(`http://127.0.0.1:${recorder.port}${path ?? "/ws"}`, {
          method,
          headers: { ...headers, "user-agent": userAgent, "x-forwarded-for": forwardedFor },
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        });
        return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
      },
    };
  }

  async start(): Promise<this> {
    await this.client.start();
    return this;
  }

  get api(): ClientApi {
    return this.client.api;
  }

  view<N extends ViewName>(name: N, ...args: Views[N]["args"]): Views[N]["value"] {
    return this.client.view(name, args);
  }

  /** As when the phone's radio is switched. */
  network(online: boolean): void {
    this.client.network(online);
  }

  get account(): Hex {
    return this.view("status").me?.account ?? "";
  }

  reads(conversation: Hex): readonly string[] {
    const { items } = this.view("timeline", conversation, 1_000);
    return items.flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
  }

  has(conversation: Hex, text: string): boolean {
    return this.reads(conversation).some((one) => one.includes(text));
  }

  isOpen(conversation: Hex): boolean {
    return this.view("conversation", conversation)?.state === "open";
  }

  diagnostics(): Readonly<Record<string, number>> {
    return this.client.diagnostics();
  }

  get isSettled(): boolean {
    return !this.client.isBusy();
  }

  async end(): Promise<void> {
    this.over = true;
    this.client.stop();
    for (const cancel of this.timers) cancel();
    for (const socket of this.sockets) socket.close();
    await this.client.idle();
    await Bun.sleep(10);
    await this.client.idle();
    this.database.close();
  }
}

/** @throws when it does not come true in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, msMax = waitMsMax): Promise<void> {
  const endMs = performance.now() + msMax;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`never came true: ${what}`);
    await Bun.sleep(15);
  }
}
