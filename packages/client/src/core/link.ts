/**
 * Link: the two connections to the home server (docs/spec/delivery.md DS30). One is signed in and
 * receives; the other is anonymous and posts, claims and uploads lists, so that the server does not
 * learn which account sends. Both come back by themselves, with backoff and jitter.
 *
 * What can go wrong is a value: a call answers `lost` when the connection went before the answer did.
 */
import {
  type AckRange,
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  decodeResult,
  decodeServerFrame,
  type ErrorCode,
  encodeAcks,
  encodeCall,
  encodePost,
  type PostHash,
  type PostHeader,
  type Push,
} from "@yanshu/wire";
import type { Cancel, Ports, Socket } from "../ports.ts";

export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "error"; readonly code: ErrorCode | "unknown" }
  | { readonly kind: "lost" };

export type PostAnswer =
  | { readonly kind: "ok" }
  | {
      readonly kind: "error";
      readonly code: ErrorCode | "unknown";
      readonly epoch: number;
      readonly lastHash: PostHash;
    }
  | { readonly kind: "lost" };

export type Hello = CallResult<"hello">;
export type Side = "signed" | "anonymous";

export type LinkEvents = {
  /** Asked on each new signed connection; answers whether it may be used. */
  readonly signIn: (hello: Hello, call: Connection["call"]) => Promise<boolean>;
  readonly push: (push: Push, side: Side) => void;
  readonly expired: (count: number) => void;
  /** Told whenever what `state` answers has changed. */
  readonly changed: () => void;
  /** A connection is ready: what waits for it can go. */
  readonly ready: () => void;
};

export type LinkState = "online" | "connecting" | "offline" | "unreachable";

const backoffMsMin = 500;
const backoffMsMax = 30_000;
const answerMsMax = 20_000;
const ackDelayMs = 100;
const acksMax = 64;
const readyMsMax = 5_000;
const readyStepMs = 100;
/** After so many failures in a row home counts as unreachable, not as slow. */
const failuresBeforeUnreachable = 2;

export type Link = ReturnType<typeof createLink>;

export function createLink(ports: Ports, server: () => string | undefined, events: LinkEvents) {
  let running = false;
  let hasNetwork = true;
  const sides = {
    signed: createConnection("signed"),
    anonymous: createConnection("anonymous"),
  };

  function createConnection(side: Side): Connection {
    return openConnection(ports, {
      server,
      mayOpen: () => running && hasNetwork,
      opened: async (hello, call) => {
        if (side === "signed") return events.signIn(hello, call);
        return true;
      },
      ready: () => {
        events.changed();
        events.ready();
      },
      push: (push) => events.push(push, side),
      expired: events.expired,
      changed: events.changed,
    });
  }

  return {
    start() {
      running = true;
      sides.anonymous.wake();
      sides.signed.wake();
    },
    stop() {
      running = false;
      sides.signed.drop();
      sides.anonymous.drop();
    },
    /** The signed connection is opened anew, for instance when there is an account now. */
    wake() {
      sides.anonymous.wake();
      sides.signed.wake();
    },
    network(online: boolean) {
      if (online === hasNetwork) return;
      hasNetwork = online;
      if (online) this.wake();
      else {
        sides.signed.drop();
        sides.anonymous.drop();
      }
      events.changed();
    },
    state(): LinkState {
      if (!hasNetwork) return "offline";
      if (sides.signed.isReady() && sides.anonymous.isReady()) return "online";
      const failures = Math.max(sides.signed.failures(), sides.anonymous.failures());
      return failures >= failuresBeforeUnreachable ? "unreachable" : "connecting";
    },
    isReady: (side: Side) => sides[side].isReady(),
    /** Waits a moment for a connection that is being opened: what a person asked for should not fail by being quick. */
    async whenReady(side: Side): Promise<boolean> {
      for (let waited = 0; waited < readyMsMax && hasNetwork && !sides[side].isReady(); waited += readyStepMs)
        await new Promise<void>((resolve) => ports.after(readyStepMs, resolve));
      return sides[side].isReady();
    },
    call: <N extends CallName>(side: Side, name: N, args: CallArgs<N>) => sides[side].call(name, args),
    post: (header: PostHeader, partsBytes: Bytes) => sides.anonymous.post(header, partsBytes),
    /** To be called for each push once it is stored, in the order of arrival. */
    stored: (id: number) => sides.signed.stored(id),
    flushAcks: () => sides.signed.flushAcks(),
  };
}

type Waiter = {
  readonly answered: (
    frame: Exclude<ReturnType<typeof decodeServerFrame>, { type: "push" | "expired" }> | "lost",
  ) => void;
  readonly cancel: Cancel;
};

type ConnectionHooks = {
  readonly server: () => string | undefined;
  readonly mayOpen: () => boolean;
  readonly opened: (hello: Hello, call: Connection["call"]) => Promise<boolean>;
  readonly ready: () => void;
  readonly push: (push: Push) => void;
  readonly expired: (count: number) => void;
  readonly changed: () => void;
};

type Connection = {
  readonly wake: () => void;
  readonly drop: () => void;
  readonly isReady: () => boolean;
  readonly failures: () => number;
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
  readonly post: (header: PostHeader, partsBytes: Bytes) => Promise<PostAnswer>;
  readonly stored: (id: number) => void;
  readonly flushAcks: () => void;
};

function openConnection(ports: Ports, hooks: ConnectionHooks): Connection {
  let socket: Socket | undefined;
  /** A socket that is still connecting takes nothing: what is given to it is lost without a word. */
  let isOpen = false;
  let ready = false;
  let failures = 0;
  let nextRequest = 1;
  let retry: Cancel | undefined;
  const waiters = new Map<number, Waiter>();
  // Ids in order of arrival on this connection; the first `acked` of `received` are acknowledged.
  let received: number[] = [];
  let storedCount = 0;
  let ackTimer: Cancel | undefined;

  function open(): void {
    const server = hooks.server();
    if (socket !== undefined || server === undefined || !hooks.mayOpen()) return;
    retry?.();
    retry = undefined;
    received = [];
    storedCount = 0;
    let mine: Socket | undefined;
    const isMine = () => mine !== undefined && socket === mine;
    mine = ports.connect(server, {
      open: () => {
        if (!isMine()) return;
        isOpen = true;
        void greet();
      },
      message: (frame) => {
        if (isMine()) take(frame);
      },
      closed: () => {
        if (isMine()) lost();
      },
    });
    socket = mine;
  }

  async function greet(): Promise<void> {
    const current = socket;
    const hello = await call("hello", { versions: [1] });
    if (socket !== current) return;
    const accepted = hello.kind === "ok" && (await hooks.opened(hello.value, call));
    if (socket !== current) return;
    if (!accepted) {
      current?.close();
      lost();
      return;
    }
    ready = true;
    failures = 0;
    hooks.ready();
  }

  function lost(): void {
    ackTimer?.();
    ackTimer = undefined;
    socket = undefined;
    isOpen = false;
    ready = false;
    failures++;
    const abandoned = [...waiters.values()];
    waiters.clear();
    for (const waiter of abandoned) {
      waiter.cancel();
      waiter.answered("lost");
    }
    hooks.changed();
    if (!hooks.mayOpen() || hooks.server() === undefined) return;
    const backoffMs = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(failures - 1, 10));
    retry?.();
    retry = ports.after(backoffMs * (0.5 + ports.chance() / 2), open);
  }

  function take(frame: Bytes): void {
    let decoded: ReturnType<typeof decodeServerFrame>;
    try {
      decoded = decodeServerFrame(frame);
    } catch {
      socket?.close();
      lost();
      return;
    }
    if (decoded.type === "push") {
      received.push(decoded.push.id);
      hooks.push(decoded.push);
    } else if (decoded.type === "expired") {
      hooks.expired(decoded.count);
      socket?.send(encodeAcks([])); // Heard: it need not be told again (DS23).
    } else {
      const waiter = waiters.get(decoded.request);
      waiters.delete(decoded.request);
      waiter?.cancel();
      waiter?.answered(decoded);
    }
  }

  function send(frame: (request: number) => Bytes, answered: Waiter["answered"]): void {
    if (socket === undefined || !isOpen) {
      answered("lost");
      return;
    }
    const request = nextRequest;
    nextRequest = nextRequest === 0xffff_ffff ? 1 : nextRequest + 1;
    const bytes = frame(request); // May throw: then nothing waits.
    // A server that keeps silent is as good as a lost one: the same bytes are safe to repeat.
    const cancel = ports.after(answerMsMax, () => {
      socket?.close();
      if (socket !== undefined) lost();
    });
    waiters.set(request, { answered, cancel });
    socket.send(bytes);
  }

  function call<N extends CallName>(name: N, args: CallArgs<N>): Promise<Answer<CallResult<N>>> {
    return new Promise((resolve) => {
      send(
        (request) => encodeCall(request, name, args),
        (frame) => {
          if (frame === "lost") resolve({ kind: "lost" });
          else if (frame.type === "result") resolve(resultOf(name, frame.body));
          else if (frame.type === "error") resolve({ kind: "error", code: frame.code });
          else resolve({ kind: "error", code: "unknown" });
        },
      );
    });
  }

  function flushAcks(): void {
    ackTimer?.();
    ackTimer = undefined;
    if (socket === undefined || storedCount === 0) return;
    const done = received.splice(0, storedCount);
    storedCount = 0;
    socket.send(encodeAcks(rangesOf(done)));
  }

  return {
    wake: () => {
      failures = Math.min(failures, 1);
      open();
    },
    drop: () => {
      retry?.();
      retry = undefined;
      const current = socket;
      if (current === undefined) return;
      current.close();
      if (socket === current) lost();
    },
    isReady: () => ready,
    failures: () => failures,
    call,
    post: (header, partsBytes) =>
      new Promise((resolve) => {
        if (!ready) return resolve({ kind: "lost" });
        send(
          (request) => encodePost(request, header, partsBytes),
          (frame) => {
            if (frame === "lost") resolve({ kind: "lost" });
            else if (frame.type === "ok") resolve({ kind: "ok" });
            else if (frame.type === "error")
              resolve({ kind: "error", code: frame.code, epoch: frame.epoch, lastHash: frame.lastHash });
            else resolve({ kind: "error", code: "unknown", epoch: 0, lastHash: new Uint8Array(32) });
          },
        );
      }),
    stored: (id) => {
      if (received[storedCount] !== id) return; // Of a connection before this one: it will come again.
      storedCount++;
      if (storedCount >= acksMax) flushAcks();
      else ackTimer ??= ports.after(ackDelayMs, flushAcks);
    },
    flushAcks,
  };
}

function resultOf<N extends CallName>(name: N, body: Bytes): Answer<CallResult<N>> {
  try {
    return { kind: "ok", value: decodeResult(name, body) };
  } catch {
    return { kind: "error", code: "unknown" };
  }
}

/** Everything between the first and the last of `ids` was received, so one range says it all. */
function rangesOf(ids: readonly number[]): readonly AckRange[] {
  const ranges: AckRange[] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    // Ids rise while a connection lives; a step back starts a new range.
    if (last !== undefined && id >= last.last) ranges[ranges.length - 1] = { first: last.first, last: id };
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}
