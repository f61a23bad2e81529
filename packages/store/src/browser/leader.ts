/**
 * Leader: one tab's worker holds the database, and the other tabs send it requests (docs/spec/store.md ST10–ST12). A
 * Web Lock elects it; the browser passes the lock on when the tab closes. Requests, responses and events go over a
 * BroadcastChannel, within the origin.
 */

/** The work of the leading tab; `lead` makes it once the tab has the lock. */
export type Leadership<Request, Answer> = {
  /** Handles one request of any tab. Expected failures are part of `Answer`. */
  readonly serve: (request: Request) => Answer | Promise<Answer>;
  /** Closes the database: runs before the lock is released, after all requests are served. */
  readonly stop: () => void | Promise<void>;
};

/** Sends an event of the leader to all tabs; or to its own alone, where no other shows what it is about. */
export type Emit<Event> = (event: Event, to?: "all" | "this tab") => void;

export type RequestOptions = {
  /** True for an idempotent request: it is sent again if the leader's tab closes before it responds. */
  readonly repeatable: boolean;
};

export type Tabs<Request, Answer, Event> = {
  readonly request: (request: Request, options?: RequestOptions) => Promise<Answer>;
  /** Listens to the leader's events, in order. Returns a function that removes the listener. */
  readonly onEvent: (listener: (event: Event) => void) => () => void;
  /**
   * Called when a leader is ready, at once if there is one. Events from before are missed, so a live view has to be
   * read again here. Returns a function that removes the listener.
   */
  readonly onLeader: (listener: (leader: "this tab" | "another tab") => void) => () => void;
  /** Called when no tab leads and this one has failed to, from the third try on: then its requests are refused. */
  readonly onFailure: (listener: (error: Error) => void) => () => void;
  /** Gives up leadership, and rejects requests without a response. */
  readonly close: () => Promise<void>;
};

/** The leader's tab closed during the request, which may or may not have been done. */
export class LeaderLostError extends Error {
  override readonly name = "LeaderLostError";

  constructor() {
    super("the tab that held the database closed before it answered");
  }
}

/** A tab holds the lock and does not react: it is suspended, or hangs. */
export class LeaderSilentError extends Error {
  override readonly name = "LeaderSilentError";

  constructor() {
    super("the tab that holds the database does not react");
  }
}

const takenMsMax = 10_000; // Until the leader confirms receipt, not until its response.
/** A tab that failed to lead tries again after this time, twice as long each time. */
const againMsMin = 250;
const againMsMax = 8_000;
/** Requests wait for this many failed tries; after that they are refused at once until a tab leads. */
const triesBeforeRefusal = 3;

type Message<Request, Answer, Event> =
  | { readonly kind: "who-leads" }
  | { readonly kind: "leading"; readonly leader: string }
  | { readonly kind: "request"; readonly leader: string; readonly id: string; readonly request: Request }
  | { readonly kind: "taken"; readonly id: string }
  | { readonly kind: "answered"; readonly id: string; readonly answer: Answer }
  | { readonly kind: "failed"; readonly id: string; readonly reason: string }
  | { readonly kind: "event"; readonly leader: string; readonly event: Event };

/** A request of this tab without a response so far. */
type Pending<Request, Answer> = {
  readonly request: Request;
  readonly repeatable: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  taken: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
};

/**
 * Joins the tabs that share `name`. `lead` opens the database once this tab has the lock; `emit` sends an event to all
 * tabs, including this one, or to this one alone: what is broadcast is copied, and leaves the process, though nobody
 * listens. If `lead` throws, the tab releases the lock, so that another can try, and tries again
 * later; after three failed tries its requests fail with that error.
 */
export function holdLeadership<Request, Answer, Event>(
  name: string,
  lead: (emit: Emit<Event>) => Promise<Leadership<Request, Answer>>,
): Tabs<Request, Answer, Event> {
  const self = crypto.randomUUID();
  const channel = new BroadcastChannel(`yanshu:${name}`);
  const pending = new Map<string, Pending<Request, Answer>>();
  const eventListeners = new Set<(event: Event) => void>();
  const leaderListeners = new Set<(leader: "this tab" | "another tab") => void>();
  const failureListeners = new Set<(error: Error) => void>();
  const serving = new Set<Promise<void>>();
  const stopWaiting = new AbortController();
  let leader: string | undefined;
  let leadership: Leadership<Request, Answer> | undefined;
  let failure: Error | undefined;
  let failedTries = 0;
  let closed = false;
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });

  function post(message: Message<Request, Answer, Event>): void {
    channel.postMessage(message);
  }

  function settle(id: string): Pending<Request, Answer> | undefined {
    const entry = pending.get(id);
    pending.delete(id);
    clearTimeout(entry?.timer);
    return entry;
  }

  function refuseAll(error: Error): void {
    for (const id of pending.keys()) settle(id)?.reject(error);
  }

  /** Runs `serve` and reports its outcome. Counted, because `stop` waits until no request is being served. */
  function serve(request: Request, answered: (answer: Answer) => void, failed: (error: Error) => void): void {
    const { serve: work } = leadership as Leadership<Request, Answer>;
    const task = (async () => {
      try {
        answered(await work(request));
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    })();
    serving.add(task);
    void task.finally(() => serving.delete(task));
  }

  function deliver(id: string, entry: Pending<Request, Answer>): void {
    if (leader === self) {
      entry.taken = true;
      serve(
        entry.request,
        (answer) => settle(id)?.resolve(answer),
        (error) => settle(id)?.reject(error),
      );
    } else if (leader !== undefined) {
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => settle(id)?.reject(new LeaderSilentError()), takenMsMax);
      post({ kind: "request", leader, id, request: entry.request });
    }
  }

  function follow(next: string): void {
    if (next === leader) return;
    leader = next;
    failure = undefined;
    failedTries = 0;
    for (const [id, entry] of pending) {
      if (entry.taken && !entry.repeatable) {
        settle(id)?.reject(new LeaderLostError());
      } else {
        entry.taken = false;
        deliver(id, entry);
      }
    }
    for (const listener of leaderListeners) listener(whoLeads());
  }

  function whoLeads(): "this tab" | "another tab" {
    return leader === self ? "this tab" : "another tab";
  }

  function take(id: string, request: Request): void {
    post({ kind: "taken", id });
    serve(
      request,
      (answer) => {
        post({ kind: "answered", id, answer });
      },
      (error) => {
        post({ kind: "failed", id, reason: error.message });
      },
    );
  }

  function receive(message: Message<Request, Answer, Event>): void {
    switch (message.kind) {
      case "who-leads":
        if (leadership !== undefined) post({ kind: "leading", leader: self });
        return;
      case "leading":
        follow(message.leader);
        return;
      case "request":
        if (message.leader === self && leadership !== undefined) take(message.id, message.request);
        return;
      case "taken": {
        const entry = pending.get(message.id);
        if (entry === undefined) return;
        entry.taken = true;
        clearTimeout(entry.timer);
        return;
      }
      case "answered":
        settle(message.id)?.resolve(message.answer);
        return;
      case "failed":
        settle(message.id)?.reject(new Error(message.reason));
        return;
      case "event":
        if (message.leader === leader) for (const listener of eventListeners) listener(message.event);
    }
  }

  function emit(event: Event, to: "all" | "this tab" = "all"): void {
    if (leader !== self || closed) return;
    if (to === "all") post({ kind: "event", leader: self, event });
    for (const listener of eventListeners) listener(event);
  }

  function cannotLead(error: Error): void {
    leader = undefined; // The holder of the lock leads, and this tab held it.
    failedTries++;
    if (failedTries < triesBeforeRefusal) return;
    failure = error;
    refuseAll(error);
    for (const listener of failureListeners) listener(error);
  }

  /** Waits for the lock, again and again, until this tab has led and released it. */
  async function stand(): Promise<void> {
    let hasLed = false;
    for (let waitMs = againMsMin; !hasLed && !closed; waitMs = Math.min(2 * waitMs, againMsMax)) {
      hasLed = await navigator.locks.request(`yanshu:${name}`, { signal: stopWaiting.signal }, reign);
      if (!hasLed) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Leads while this tab has the lock. Returns false if `lead` threw. */
  async function reign(): Promise<boolean> {
    if (closed) return true;
    try {
      leadership = await lead(emit);
    } catch (error) {
      cannotLead(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    if (!closed) {
      post({ kind: "leading", leader: self });
      follow(self);
      await givenUp;
    }
    const { stop } = leadership;
    leadership = undefined;
    await Promise.allSettled(serving);
    await stop();
    return true;
  }

  channel.onmessage = ({ data }: MessageEvent<Message<Request, Answer, Event>>) => {
    if (!closed || leadership !== undefined) receive(data);
  };
  post({ kind: "who-leads" });
  const candidacy = stand().catch((error: unknown) => {
    if (!closed) refuseAll(error instanceof Error ? error : new Error(String(error)));
  });

  return {
    request: (request, options) =>
      new Promise<Answer>((resolve, reject) => {
        if (closed) throw new Error("this tab has left");
        if (failure !== undefined) throw failure;
        const id = crypto.randomUUID();
        const repeatable = options?.repeatable ?? false;
        const entry = { request, repeatable, resolve, reject, taken: false, timer: undefined };
        pending.set(id, entry);
        try {
          deliver(id, entry);
        } catch (error) {
          settle(id);
          throw error; // What cannot be cloned cannot travel.
        }
      }),
    onEvent: (listener) => {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onLeader: (listener) => {
      leaderListeners.add(listener);
      if (leader !== undefined) listener(whoLeads());
      return () => leaderListeners.delete(listener);
    },
    onFailure: (listener) => {
      failureListeners.add(listener);
      return () => failureListeners.delete(listener);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      giveUp();
      stopWaiting.abort();
      refuseAll(new Error("this tab has left"));
      await candidacy;
      channel.close();
    },
  };
}
