/**
 * The page's end of the connection to the worker: calls as promises, views as signals.
 *
 * A view stays subscribed while its signal has subscribers and for `lingerMs` after, so that going back finds the
 * content. Its last value is kept: a list is never empty while it reloads.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ClientApi, ClientErrorCode, Views } from "@yanshu/client";
import { type Lean, wholeOf } from "./lean.ts";
import type { ApiMethod, BrokenCode, PageView, Port, ToPage, ToWorker, WorkerView } from "./rpc-messages.ts";

/** A refusal of the client, with the code of its ClientError. (That class exists only in the worker.) */
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
  /** Sends the values of a view to another worker by this port. Returns a function that ends it. */
  readonly hand: (name: WorkerView, port: MessagePort) => () => void;
  /** Whether the first value of a view has arrived; it may be undefined. Only for a view that is subscribed to. */
  readonly isHere: (view: ReadonlySignal<unknown>) => ReadonlySignal<boolean>;
  /** Resolves when the worker responds; never, if it is blocked. */
  readonly ping: () => Promise<void>;
  readonly tellSurroundings: (surroundings: { online: boolean; visible: boolean; atWork: boolean }) => void;
  /** The reason why the worker cannot run, such as without storage; undefined: it runs. */
  readonly broken: ReadonlySignal<BrokenCode | undefined>;
  /** The client and its store are in another process, so this browser keeps no store. */
  readonly isBeside: ReadonlySignal<boolean>;
};

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: CallError) => void };

const never = signal(false);
const lingerMs = 5_000; // Long enough for a push and a pop; short enough that idle views cost nothing.
const keptViewsMax = 200;

export function connectClient(worker: Port): Connection {
  let nextId = 1;
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<number, (told: Lean) => void>();
  const views = new Map<string, ReadonlySignal<unknown>>();
  const here = new WeakMap<ReadonlySignal<unknown>, Signal<boolean>>();
  const broken = signal<BrokenCode | undefined>(undefined);
  const isBeside = signal(false);
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
        listeners.get(data.id)?.(data);
        return;
      case "broken":
        broken.value = data.code;
        for (const { reject } of waiting.values()) reject(new CallError(refusalOf(data.code)));
        waiting.clear();
        return;
      case "beside":
        isBeside.value = true;
        return;
      default:
        data satisfies never;
    }
  });

  function call(method: ApiMethod, args: readonly unknown[]): Promise<never> {
    if (broken.value !== undefined) return Promise.reject(new CallError(refusalOf(broken.value)));
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
        let last: unknown; // Of this subscription: what was shown before it is of another.
        listeners.set(id, (told) => {
          last = wholeOf(told, last);
          shown.value = last;
          isHere.value = true;
        });
        send({ kind: "open", id, name, args });
      },
      unwatched() {
        closing = setTimeout(() => {
          listeners.delete(id);
          send({ kind: "close", id });
          id = 0;
          isHere.value = false; // By the next subscription the last value may be stale.
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
    // Most recently used last. Dropping a view forgets its last value only: a screen that shows it keeps its signal.
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
    isBeside,
  };
}

const refusalOf = (code: BrokenCode): ClientErrorCode => (code === "ended" ? "refused" : code);
