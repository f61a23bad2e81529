/**
 * Connection: one WebSocket to a home server that reconnects with backoff and jitter. It sends frames, receives
 * answers, and acknowledges what was stored (docs/spec/wire.md WI4–WI7, DS20).
 *
 * Failures are values: a call returns `lost` if the connection closed before its answer came.
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
  idBytes,
  limits,
  messagesOf,
  numberedCall,
  type PostHash,
  type PostHeader,
  type Push,
  type UploadToken,
} from "@yanshu/wire";
import type { Cancel, Ports, Socket, SocketEvents } from "../ports.ts";

export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  /** `waitMs`: how long the server asks us to wait before the next try (WI24). */
  | { readonly kind: "error"; readonly code: ErrorCode | "unknown"; readonly waitMs?: number | undefined }
  | { readonly kind: "lost" };

export type PostAnswer =
  | { readonly kind: "ok" }
  | {
      readonly kind: "error";
      readonly code: ErrorCode | "unknown";
      readonly epoch: number;
      readonly lastHash: PostHash;
      readonly waitMs?: number | undefined;
    }
  | { readonly kind: "lost" };

export type Hello = CallResult<"hello">;

/** Calls that may be larger than a message; they are paid for with tokens then (docs/spec/wire.md WI23). */
const largeCalls: ReadonlySet<CallName> = new Set([
  "uploadList",
  "uploadFarList",
  "putHoles",
  "lookHoles",
  "readHoles",
  "clearHoles",
  "channelOpen",
  "channelAppend",
  "filmBegin",
  "filmChunks",
]);

const backoffMsMin = 500;
/**
 * A server sends many clients elsewhere at once: each waits a random time of at most this (docs/spec/delivery.md DS82).
 */
const elsewhereMsMax = 3_000;
const going = "going";
const backoffMsMax = 30_000;
const answerMsMax = 20_000;
const ackDelayMs = 100;
/**
 * Interval of acknowledgements in a stream of messages (SY53). After two seconds home writes a row for each message
 * that is not acknowledged (DS19), so this is shorter.
 */
const ackEveryMs = 1_000;
const acksMax = 64;
/** The most that may be received and not yet stored here. A server that keeps its own limits stays far below it. */
const waitingMax = { pushes: 16_384, bytes: 128 * 1024 * 1024 } as const;

/** The most bytes of a post's header, before its parts. */
const headBytes = 256;

type Waiter = {
  readonly answered: (
    frame: Exclude<ReturnType<typeof decodeServerFrame>, { type: "push" | "expired" | "family" }> | "lost",
  ) => void;
  readonly cancel: Cancel;
};

export type ConnectionHooks = {
  readonly server: () => string | undefined;
  readonly mayOpen: () => boolean;
  /** Judges the key that home shows for `asked`, before anything else is said (HM74). Absent: none is asked for. */
  readonly isHome?: ((server: string, hello: Hello, asked: Bytes) => Promise<boolean>) | undefined;
  readonly opened: (hello: Hello, call: Connection["call"]) => Promise<boolean>;
  readonly ready: () => void;
  readonly push: (push: Push) => void;
  readonly gone: () => void;
  readonly expired: (count: number) => void;
  /** The state of recovery by the family changed at home. */
  readonly family: () => void;
  readonly changed: () => void;
  /** Pays for large frames on an anonymous connection (WI23); absent on one that signs in. */
  readonly payment?: Payment | undefined;
  readonly failed: (error: unknown) => void;
};

export type Payment = {
  readonly token: () => Promise<UploadToken | undefined>;
  readonly spent: (token: UploadToken) => void;
};

export type Connection = {
  readonly wake: () => void;
  /** Opens at once, without waiting for the backoff, which goes on from where it is. */
  readonly hurry: () => void;
  readonly drop: () => void;
  readonly isReady: () => boolean;
  readonly failures: () => number;
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
  readonly post: (header: PostHeader, partsBytes: Bytes) => Promise<PostAnswer>;
  readonly stored: (id: number) => void;
  readonly flushAcks: () => void;
};

export function openConnection(ports: Ports, hooks: ConnectionHooks): Connection {
  let socket: Socket | undefined;
  /** A frame given to a socket that is still connecting is lost without an error. */
  let isOpen = false;
  /** It has not shown yet that it is the server that was meant: only the greeting is said to it (HM74). */
  let isStranger = hooks.isHome !== undefined;
  let ready = false;
  let failures = 0;
  let nextRequest = 1;
  let retry: Cancel | undefined;
  /** The socket that accepts large frames from us, or is being paid to. */
  let wide: { readonly socket: Socket; readonly paid: Promise<void> } | undefined;
  const waiters = new Map<number, Waiter>();
  // Ids in order of arrival on this connection; the first `acked` of `received` are acknowledged.
  let received: { readonly id: number; readonly bytes: number }[] = [];
  let receivedBytes = 0;
  let storedCount = 0;
  let ackTimer: Cancel | undefined;
  /** When the last acknowledgement was sent, in Unix milliseconds. */
  let ackedMs = Number.NEGATIVE_INFINITY;

  function open(): void {
    const server = hooks.server();
    if (socket !== undefined || server === undefined || !hooks.mayOpen()) return;
    retry?.();
    retry = undefined;
    received = [];
    receivedBytes = 0;
    storedCount = 0;
    let mine: Socket | undefined;
    const isMine = () => mine !== undefined && socket === mine;
    const events: SocketEvents = {
      open: () => {
        if (!isMine()) return;
        isOpen = true;
        const greeted = mine;
        greet().catch((error: unknown) => {
          hooks.failed(error);
          if (socket !== greeted) return;
          greeted?.close();
          if (socket === greeted) lost();
        });
      },
      message: (frame) => {
        if (isMine()) take(frame);
      },
      closed: (reason) => {
        if (isMine()) lost(reason === going);
      },
    };
    try {
      mine = ports.connect(server, events);
    } catch {
      // No URL can be made of the server's name (HM1): it cannot be reached.
      lost();
      return;
    }
    socket = mine;
  }

  async function greet(): Promise<void> {
    const current = socket;
    const { isHome } = hooks;
    const server = hooks.server() ?? "";
    const asked = isHome && ports.crypto.random(idBytes.nonce);
    const hello = await call("hello", { versions: [1], ...(asked && { asked }) });
    if (socket !== current) return;
    const isMeant =
      hello.kind === "ok" && (asked === undefined || (await isHome?.(server, hello.value, asked)) === true);
    if (socket !== current) return;
    isStranger = !isMeant;
    const accepted = isMeant && (await hooks.opened(hello.value, call));
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

  function lost(isSentElsewhere = false): void {
    ackTimer?.();
    ackTimer = undefined;
    socket = undefined;
    isOpen = false;
    isStranger = hooks.isHome !== undefined;
    ready = false;
    if (!isSentElsewhere) failures++;
    hooks.gone();
    const abandoned = [...waiters.values()];
    waiters.clear();
    for (const waiter of abandoned) {
      waiter.cancel();
      waiter.answered("lost");
    }
    hooks.changed();
    if (!hooks.mayOpen() || hooks.server() === undefined) return;
    retry?.();
    retry = ports.after(isSentElsewhere ? elsewhereMsMax * ports.chance() : backoffMs(), open);
  }

  function backoffMs(): number {
    return Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(failures - 1, 10)) * (0.5 + ports.chance() / 2);
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
    const isAnswer = decoded.type === "result" || decoded.type === "ok" || decoded.type === "error";
    // @checks HM74
    if (isStranger && !isAnswer) {
      socket?.close();
      lost();
    } else if (decoded.type === "push") {
      received.push({ id: decoded.push.id, bytes: frame.length });
      receivedBytes += frame.length;
      if (received.length > waitingMax.pushes || receivedBytes > waitingMax.bytes) {
        socket?.close();
        lost(); // A server that sends without end is read no further; what was not stored comes again.
        return;
      }
      hooks.push(decoded.push);
    } else if (decoded.type === "expired") {
      hooks.expired(decoded.count);
      socket?.send(encodeAcks([])); // Acknowledges the notice, so that it is not sent again (DS23).
    } else if (decoded.type === "family") {
      hooks.family();
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
    const bytes = frame(request); // May throw; then no waiter is left.
    // A silent server counts as lost; the same bytes can be sent again safely.
    const cancel = ports.after(answerMsMax, () => {
      socket?.close();
      if (socket !== undefined) lost();
    });
    waiters.set(request, { answered, cancel });
    for (const message of messagesOf(bytes)) socket.send(message);
  }

  /** Resolves once a frame of `bytes` bytes may be sent, or paying failed. */
  function widen(bytes: number): Promise<void> | undefined {
    if (bytes <= limits.messageBytesMax || hooks.payment === undefined || socket === undefined) return undefined;
    if (wide?.socket !== socket) wide = { socket, paid: pay(hooks.payment, socket) };
    return wide.paid;
  }

  async function pay({ token, spent }: Payment, on: Socket): Promise<void> {
    const shown = await token();
    if (shown === undefined || socket !== on) return forgetWide(on);
    const answer = await call("pay", { token: shown });
    if (answer.kind === "ok") return spent(shown);
    if (answer.kind === "error" && answer.code === "bad-token") spent(shown);
    // A server without tokens asks for no payment.
    if (answer.kind !== "error" || answer.code !== "unavailable") forgetWide(on);
  }

  /** The next large frame pays again. */
  function forgetWide(on: Socket): void {
    if (wide?.socket === on) wide = undefined;
  }

  async function call<N extends CallName>(name: N, args: CallArgs<N>): Promise<Answer<CallResult<N>>> {
    // Five hundred holes are encoded once, though their length is asked for before.
    const large = largeCalls.has(name) ? encodeCall(0, name, args) : undefined;
    const widening = large && widen(large.length);
    if (widening !== undefined) await widening;
    return new Promise((resolve) => {
      send(
        (request) => (large === undefined ? encodeCall(request, name, args) : numberedCall(large, request)),
        (frame) => {
          if (frame === "lost") resolve({ kind: "lost" });
          else if (frame.type === "result") resolve(resultOf(name, frame.body));
          else if (frame.type === "error") resolve({ kind: "error", code: frame.code, waitMs: frame.waitMs });
          else resolve({ kind: "error", code: "unknown" });
        },
      );
    });
  }

  /** Milliseconds until the next acknowledgement: at most one interval, even if the clock was set back. */
  function ackWaitMs(): number {
    return Math.max(ackDelayMs, Math.min(ackEveryMs, ackedMs + ackEveryMs - ports.nowMs()));
  }

  function flushAcks(): void {
    ackTimer?.();
    ackTimer = undefined;
    if (socket === undefined || storedCount === 0) return;
    ackedMs = ports.nowMs();
    const done = received.splice(0, storedCount);
    storedCount = 0;
    for (const { bytes } of done) receivedBytes -= bytes;
    socket.send(encodeAcks(rangesOf(done.map(({ id }) => id))));
  }

  return {
    wake: () => {
      failures = Math.min(failures, 1);
      open();
    },
    hurry: open,
    drop: () => {
      retry?.();
      retry = undefined;
      const current = socket;
      if (current === undefined) return;
      flushAcks(); // Otherwise home would wake this device for messages that it has.
      current.close();
      if (socket === current) lost();
    },
    isReady: () => ready,
    failures: () => failures,
    call: (name, args) => (isStranger ? Promise.resolve({ kind: "lost" }) : call(name, args)),
    post: async (header, partsBytes) => {
      const widening = widen(partsBytes.length + headBytes);
      if (widening !== undefined) await widening;
      return new Promise((resolve) => {
        if (!ready) return resolve({ kind: "lost" });
        send(
          (request) => encodePost(request, header, partsBytes),
          (frame) => {
            if (frame === "lost") resolve({ kind: "lost" });
            else if (frame.type === "ok") resolve({ kind: "ok" });
            else if (frame.type === "error")
              resolve({
                kind: "error",
                code: frame.code,
                epoch: frame.epoch,
                lastHash: frame.lastHash,
                waitMs: frame.waitMs,
              });
            else resolve({ kind: "error", code: "unknown", epoch: 0, lastHash: new Uint8Array(32) });
          },
        );
      });
    },
    stored: (id) => {
      if (received[storedCount]?.id !== id) return; // From an earlier connection: it comes again.
      storedCount++;
      if (storedCount >= acksMax) flushAcks();
      else ackTimer ??= ports.after(ackWaitMs(), flushAcks);
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

/** Everything between the first and the last of `ids` was received, so one range covers it. */
function rangesOf(ids: readonly number[]): readonly AckRange[] {
  const ranges: AckRange[] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    // Ids rise on one connection; a lower one starts a new range.
    if (last !== undefined && id >= last.last) ranges[ranges.length - 1] = { first: last.first, last: id };
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}
