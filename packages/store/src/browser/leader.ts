/**
 * Leader: of all the tabs of one person, one worker holds the database; the others ask it
 * (docs/spec/store.md ST10–ST12). A Web Lock elects it, and the browser passes the lock on when its
 * tab goes. Requests, answers and events travel over a BroadcastChannel, within the origin.
 */

/** What the leading tab does, made by `lead` once the lock is held. */
export type Leadership<Request, Answer> = {
  /** Answers one request, of this tab or another. Expected failures are part of `Answer`. */
  readonly serve: (request: Request) => Answer | Promise<Answer>;
  /** Runs before the lock is given up, when nothing is being served: closes the database. */
  readonly stop: () => void | Promise<void>;
};

export type RequestOptions = {
  /** True: done twice is the same as done once, so it is sent again when a leader dies over it. */
  readonly repeatable: boolean;
};

export type Tabs<Request, Answer, Event> = {
  readonly request: (request: Request, options?: RequestOptions) => Promise<Answer>;
  /** What the leader emits, in order. Returns what calls it off. */
  readonly onEvent: (listener: (event: Event) => void) => () => void;
  /**
   * Called when a leader is ready, at once if one is: events before it are missed, so a caller that shows
   * a live view asks for it afresh here. Returns what calls it off.
   */
  readonly onLeader: (listener: (leader: "this tab" | "another tab") => void) => () => void;
  /** Called at each try from which on what this tab asks is refused: nobody leads, and this tab cannot. */
  readonly onFailure: (listener: (error: Error) => void) => () => void;
  /** Leaves: the leadership passes on; what was asked and not answered is refused. */
  readonly close: () => Promise<void>;
};

/** The leader went while it served the request: it may have been done, or not. */
export class LeaderLostError extends Error {
  override readonly name = "LeaderLostError";

  constructor() {
    super("the tab that held the database closed before it answered");
  }
}

/** A leader holds the lock and does not react: its tab was suspended, or hangs. */
export class LeaderSilentError extends Error {
  override readonly name = "LeaderSilentError";

  constructor() {
    super("the tab that holds the database does not react");
  }
}

const takenMsMax = 10_000; // To be noticed at all, not to be answered.
/** A tab that could not lead tries again after so long, twice as long each time. */
const againMsMin = 250;
const againMsMax = 8_000;
/** What is asked waits for this many tries; then it is refused at once until one of them leads. */
const triesBeforeRefusal = 3;

type Message<Request, Answer, Event> =
  | { readonly kind: "who-leads" }
  | { readonly kind: "leading"; readonly leader: string }
  | { readonly kind: "request"; readonly leader: string; readonly id: string; readonly request: Request }
  | { readonly kind: "taken"; readonly id: string }
  | { readonly kind: "answered"; readonly id: string; readonly answer: Answer }
  | { readonly kind: "failed"; readonly id: string; readonly reason: string }
  | { readonly kind: "event"; readonly leader: string; readonly event: Event };

/** A request of this tab that has no answer yet. */
type Pending<Request, Answer> = {
  readonly request: Request;
  readonly repeatable: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  taken: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
};

/**
 * Joins the tabs that share `name`. When this one is to lead, `lead` opens the database; `emit`
 * sends an event to every tab, this one included. A tab whose `lead` throws stands back, so that
 * another can try, and tries again later; what it asks after a few tries fails with that error.
 */
export function holdLeadership<Request, Answer, Event>(
  name: string,
  lead: (emit: (event: Event) => void) => Promise<Leadership<Request, Answer>>,
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

  /** Runs `serve` and hands its outcome on; counted, for `stop` waits until nothing is served. */
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

  function emit(event: Event): void {
    if (leader !== self || closed) return;
    post({ kind: "event", leader: self, event });
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

  /** Stands for election until this tab has led, and given it up. */
  async function stand(): Promise<void> {
    let hasLed = false;
    for (let waitMs = againMsMin; !hasLed && !closed; waitMs = Math.min(2 * waitMs, againMsMax)) {
      hasLed = await navigator.locks.request(`yanshu:${name}`, { signal: stopWaiting.signal }, reign);
      if (!hasLed) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Returns whether it led. */
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
