/**
 * Carried: connections to another home go through a carrier worker (docs/spec/web.md WE140), because the policy of this
 * worker, like the page's, allows its own origin alone. Each socket has its own carrier; requests to a home share one.
 */
import type { MediaPorts, Socket, SocketEvents, SocketPath } from "@yanshu/client";
import { isLoopback } from "@yanshu/release/carrier";
import carrierUrl from "./carrier.ts?worker&url";
import type { CarrierAsk, CarrierSaid } from "./carrier-messages.ts";

/** The scheme is without TLS only for a loopback server, and only from a page without TLS. */
function originTo(server: string, scheme: "ws" | "http"): string {
  const isPlain = isLoopback(server) && self.location.protocol === "http:";
  return `${scheme}${isPlain ? "" : "s"}://${server}`;
}

function start(server: string): { readonly worker: Worker; readonly ask: (asked: CarrierAsk) => void } {
  const worker = new Worker(`${carrierUrl}?to=${encodeURIComponent(server)}`, {
    type: "module",
    name: "yanshu-carrier",
  });
  return { worker, ask: (asked) => worker.postMessage(asked) };
}

/** Opens a WebSocket to `server` (host and port) through a carrier of its own. */
export function connectCarried(server: string, events: SocketEvents, path: "/ws" | SocketPath = "/ws"): Socket {
  const { worker, ask } = start(server);
  let isOpen = false;
  let isOver = false;
  const end = (reason: string) => {
    if (isOver) return;
    isOver = true;
    isOpen = false;
    worker.terminate();
    events.closed(reason);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<CarrierSaid>) => {
    if (data.kind === "opened") {
      isOpen = true;
      events.open();
    } else if (data.kind === "frame") events.message(new Uint8Array(data.frame));
    else if (data.kind === "closed") end(data.reason);
  });
  // The carrier's script did not load, such as when neither home nor the cache has it.
  worker.addEventListener("error", () => end(""));
  ask({ kind: "open", url: `${originTo(server, "ws")}${path}` });
  return {
    send: (frame) => {
      if (isOpen) ask({ kind: "send", frame: Uint8Array.from(frame) });
    },
    close: () => ask({ kind: "close" }),
  };
}

type Answer = Awaited<ReturnType<MediaPorts["request"]>>;
type Requests = (asked: Parameters<MediaPorts["request"]>[1]) => Promise<Answer>;
const requests = new Map<string, Requests>();

/** Makes an HTTP request to `server` through the carrier of that home. Rejects when no answer came. */
export function requestCarried(server: string, asked: Parameters<Requests>[0]): Promise<Answer> {
  const known = requests.get(server) ?? requestsTo(server);
  requests.set(server, known);
  return known(asked);
}

function requestsTo(server: string): Requests {
  const { worker, ask } = start(server);
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let next = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<CarrierSaid>) => {
    if (data.kind !== "answer") return;
    const { id, status, body } = data;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (status === undefined || body === undefined) asked?.reject(new Error("no answer came"));
    else asked?.resolve({ status, body: new Uint8Array(body) });
  });
  worker.addEventListener("error", () => {
    requests.delete(server); // The next request starts another carrier.
    worker.terminate();
    for (const { reject } of waiting.values()) reject(new Error("no answer came"));
  });
  return ({ method, path, headers, body, bounds }) => {
    const asked = Promise.withResolvers<Answer>();
    const id = next++;
    waiting.set(id, asked);
    ask({
      kind: "request",
      id,
      url: `${originTo(server, "http")}${path}`,
      method,
      headers,
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      ...(bounds && { bounds }),
    });
    return asked.promise;
  };
}
