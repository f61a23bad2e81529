/**
 * Carrier: the only kind of worker that reaches another home (docs/spec/web.md WE140). It relays frames and requests of
 * the client, and holds no key and no database. The URL of its script names the home, and the Content Security Policy
 * with which the script is served allows that home alone (packages/release/src/carrier.ts).
 */
import { wholeWithin } from "./answers.ts";
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
      socket?.close(); // Its "close" event then reports that.
      return;
    case "request":
      void request(data);
  }
});

function open(url: string): void {
  try {
    socket = new WebSocket(url);
  } catch {
    // not a check: a URL that the browser refuses counts as a closed connection.
    say({ kind: "closed", reason: "" });
    return;
  }
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => say({ kind: "opened" }));
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
    say({ kind: "frame", frame: data }, data),
  );
  // "close" always follows "error", so it alone is reported.
  socket.addEventListener("close", ({ reason }) => say({ kind: "closed", reason }));
}

type Request = CarrierAsk & { readonly kind: "request" };

async function request({ id, url, method, headers, body, bounds }: Request): Promise<void> {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      ...(bounds && { signal: AbortSignal.timeout(bounds.msMax) }),
    });
    const { buffer } = await wholeWithin(answer, bounds);
    say({ kind: "answer", id, status: answer.status, body: buffer }, buffer);
  } catch {
    say({ kind: "answer", id });
  }
}
