/**
 * Carrier: the one worker that reaches another home (docs/spec/web.md WE140). It passes on what the client says and
 * hears, and holds nothing: no key, no database. Its own address names the home, and the policy of its answer allows
 * that home alone (packages/release/src/carrier.ts).
 */
import type { CarrierAsk, CarrierSaid } from "./carrier-messages.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;
let socket: WebSocket | undefined;

const say = (said: CarrierSaid, ...transfer: Transferable[]) => scope.postMessage(said, transfer);

scope.addEventListener("message", ({ data }: MessageEvent<CarrierAsk>) => {
  switch (data.kind) {
    case "open":
      open(data.url);
      return;
    case "send":
      if (socket?.readyState === WebSocket.OPEN) socket.send(data.frame);
      return;
    case "close":
      socket?.close(); // Then it is told that it is closed.
      return;
    case "request":
      void request(data);
  }
});

function open(url: string): void {
  try {
    socket = new WebSocket(url);
  } catch {
    // not a check: the network's answer.
    say({ kind: "closed", reason: "" });
    return;
  }
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => say({ kind: "opened" }));
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
    say({ kind: "frame", frame: data }, data),
  );
  // "error" is always followed by "close", which is told once.
  socket.addEventListener("close", ({ reason }) => say({ kind: "closed", reason }));
}

async function request({ id, url, method, headers, body }: CarrierAsk & { readonly kind: "request" }): Promise<void> {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    const whole = await answer.arrayBuffer();
    say({ kind: "answer", id, status: answer.status, body: whole }, whole);
  } catch {
    say({ kind: "answer", id });
  }
}
