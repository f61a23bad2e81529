/**
 * The worker's end of the connection to the page: answers calls and subscriptions from a running client. Requests that
 * arrive before the store is open wait, in order.
 */
import type { ClientApi, ClientErrorCode, ViewName, Views } from "@yanshu/client";
import { leanOf } from "../lean.ts";
import { type BrokenCode, isForPages, type Port, type ToPage, type ToWorker } from "../rpc-messages.ts";

/** `atWork`: somebody touches, scrolls or types now. */
export type Surroundings = { readonly online: boolean; readonly visible: boolean; readonly atWork: boolean };

/** A running client: its API, its live views, and its inputs from the page. */
export type RunningClient = {
  readonly api: ClientApi;
  readonly subscribe: <N extends ViewName>(
    name: N,
    args: Views[N]["args"],
    callback: (value: Views[N]["value"]) => void,
  ) => () => void;
  readonly setSurroundings?: (surroundings: Surroundings) => void;
  /** `listener` is called when the store cannot be opened, or with why there is no client any more. */
  readonly onBroken?: (listener: (why?: unknown) => void) => void;
};

export function serveClient(port: Port, starting: Promise<RunningClient>): void {
  const open = new Map<number, () => void>();
  const send = (message: ToPage) => port.postMessage(message);
  const sendBroken = (error?: unknown) => send({ kind: "broken", code: brokenCodeOf(error) });
  // One chain keeps the page's order, also of requests from before the store was open.
  let ready: Promise<unknown> = starting.then((client) => client.onBroken?.(sendBroken), sendBroken);

  function handle(client: RunningClient, message: Exclude<ToWorker, { kind: "ping" }>): void {
    switch (message.kind) {
      case "call":
        void answer(client, message.id, message.method, message.args);
        return;
      case "hand": {
        if (isForPages(message.name)) return;
        const { port } = message;
        open.set(
          message.id,
          client.subscribe(message.name, [], (value) => port.postMessage(value)),
        );
        return;
      }
      case "open": {
        if (!isForPages(message.name)) return;
        let sent: unknown;
        open.set(
          message.id,
          client.subscribe(message.name, message.args as Views[typeof message.name]["args"], (value) => {
            send({ kind: "view", id: message.id, ...leanOf(value, sent) });
            sent = value;
          }),
        );
        return;
      }
      case "close":
        open.get(message.id)?.();
        open.delete(message.id);
        return;
      case "surroundings":
        client.setSurroundings?.({ online: message.online, visible: message.visible, atWork: message.atWork });
        return;
      default:
        message satisfies never;
    }
  }

  async function answer(client: RunningClient, id: number, method: keyof ClientApi, args: readonly unknown[]) {
    try {
      const work = client.api[method] as (...args: readonly unknown[]) => Promise<unknown>;
      send({ kind: "answer", id, value: await work(...args) });
    } catch (error) {
      // An error without a code is a bug: the worker's console shows where; the person reads "refused".
      const code = codeOf(error);
      if (code === undefined) console.error("The client failed while answering", method, error);
      send({ kind: "refusal", id, code: code ?? "refused" });
    }
  }

  port.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === "ping") {
      send({ kind: "answer", id: data.id, value: undefined });
      return;
    }
    ready = ready.then(() =>
      starting.then(
        (client) => handle(client, data),
        () => undefined,
      ),
    );
  });
}

function brokenCodeOf(error: unknown): BrokenCode {
  return error instanceof Error && error.name === "CoreEnded" ? "ended" : (codeOf(error) ?? "storage");
}

/** The code of a ClientError. Recognized by its name, because two bundles may hold two copies of the class. */
function codeOf(error: unknown): ClientErrorCode | undefined {
  return error instanceof Error && error.name === "ClientError" && "code" in error
    ? (error.code as ClientErrorCode)
    : undefined;
}
