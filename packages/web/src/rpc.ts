/**
 * The page's end of the line to the worker: calls as promises, views as signals.
 *
 * A view is subscribed to while somebody looks at its signal and for a moment after, so that going back
 * finds the old content in place. The last value stays: a list never becomes empty while it reloads.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ClientApi, ClientErrorCode, Views } from "@yanshu/client";
import type { ApiMethod, PageView, Port, ToPage, ToWorker, WorkerView } from "./rpc-messages.ts";

/** A refusal, with the client's own code. (The class of the client itself stays in the worker.) */
export class CallError extends Error {
  override name = "CallError";
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode) {
    super(code);
    this.code = code;
  }
}

export type Connection = {
  readonly api: ClientApi;
  readonly view: <N extends PageView>(
    name: N,
    ...args: Views[N]["args"]
  ) => ReadonlySignal<Views[N]["value"] | undefined>;
  /** From now on that view is told by this port, which goes to another worker. Returns what ends it. */
  readonly hand: (name: WorkerView, port: MessagePort) => () => void;
  /** Whether a view has told its value, which may be undefined; of a view that is looked at. */
  readonly isHere: (view: ReadonlySignal<unknown>) => ReadonlySignal<boolean>;
  /** Resolves when the worker has heard it: one that stands still never does. */
  readonly ping: () => Promise<void>;
  readonly tellSurroundings: (surroundings: { online: boolean; visible: boolean; atWork: boolean }) => void;
  /** Set when the worker cannot run at all, such as without storage. */
  readonly broken: ReadonlySignal<ClientErrorCode | undefined>;
};

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: CallError) => void };

const never = signal(false);
const lingerMs = 5_000; // Long enough for a push and a pop; short enough that idle views cost nothing.
const keptViewsMax = 200;

export function connectClient(worker: Port): Connection {
  let nextId = 1;
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<number, (value: unknown) => void>();
  const views = new Map<string, ReadonlySignal<unknown>>();
  const here = new WeakMap<ReadonlySignal<unknown>, Signal<boolean>>();
  const broken = signal<ClientErrorCode | undefined>(undefined);
  const send = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);

  worker.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
    switch (data.kind) {
      case "answer":
        waiting.get(data.id)?.resolve(data.value as never);
        waiting.delete(data.id);
        return;
      case "refusal":
        waiting.get(data.id)?.reject(new CallError(data.code));
        waiting.delete(data.id);
        return;
      case "view":
        listeners.get(data.id)?.(data.value);
        return;
      case "broken":
        broken.value = data.code;
        for (const { reject } of waiting.values()) reject(new CallError(data.code));
        waiting.clear();
        return;
      default:
        data satisfies never;
    }
  });

  function call(method: ApiMethod, args: readonly unknown[]): Promise<never> {
    if (broken.value !== undefined) return Promise.reject(new CallError(broken.value));
    return answered((id) => ({ kind: "call", id, method, args }));
  }

  function answered(asks: (id: number) => ToWorker): Promise<never> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      send(asks(id));
    });
  }

  const api = new Proxy({} as ClientApi, {
    get:
      (_, method: ApiMethod) =>
      (...args: readonly unknown[]) =>
        call(method, args),
  });

  function open(name: PageView, args: readonly unknown[]): ReadonlySignal<unknown> {
    let id = 0;
    let closing: ReturnType<typeof setTimeout> | undefined;
    const isHere = signal(false);
    const shown = signal<unknown>(undefined, {
      watched() {
        clearTimeout(closing);
        closing = undefined;
        if (id !== 0) return;
        id = nextId++;
        listeners.set(id, (value) => {
          shown.value = value;
          isHere.value = true;
        });
        send({ kind: "open", id, name, args });
      },
      unwatched() {
        closing = setTimeout(() => {
          listeners.delete(id);
          send({ kind: "close", id });
          id = 0;
          isHere.value = false; // Its last value may be over when it is looked at again.
        }, lingerMs);
      },
    });
    here.set(shown, isHere);
    return shown;
  }

  function view(name: PageView, ...args: readonly unknown[]): ReadonlySignal<unknown> {
    const key = JSON.stringify([name, ...args]);
    const known = views.get(key);
    const found = known ?? open(name, args);
    // Most recently used last. Dropping one only forgets its last value: a screen that shows it still does.
    views.delete(key);
    views.set(key, found);
    const oldest = views.keys().next().value;
    if (views.size > keptViewsMax && oldest !== undefined) views.delete(oldest);
    return found;
  }

  return {
    api,
    hand: (name, port) => {
      const id = nextId++;
      send({ kind: "hand", id, name, port }, [port]);
      return () => send({ kind: "close", id });
    },
    view: view as Connection["view"],
    isHere: (shown) => here.get(shown) ?? never,
    ping: () => answered((id) => ({ kind: "ping", id })),
    tellSurroundings: (surroundings) => send({ kind: "surroundings", ...surroundings }),
    broken,
  };
}
