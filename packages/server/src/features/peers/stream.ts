/**
 * Streams: what a server hands on to another, each row once and in its order, whatever dies (docs/spec/peers.md
 * PE20–PE27). Each direction of a line is a stream of its own; this is both, for as long as one line is open.
 */
import {
  type Bytes,
  decodeStreamFrame,
  decodeStreamRow,
  type ErrorCode,
  encodeAcked,
  encodeFarList,
  encodeHeld,
  encodeRows,
  equalBytes,
  limits,
  MalformedError,
  messagesOf,
  type StreamFrame,
  type StreamRow,
  streamChainOf,
  streamLimits,
  type TunnelFrame,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import { accept, refuse } from "../../core/outcome.ts";
import type { Clock, Random, SyncPrimitives } from "../../core/ports.ts";
import { dayOf, minuteMs, RateLimit } from "../../core/rate.ts";
import type { ActPorts, Far } from "../../feature.ts";
import type { Line } from "./line.ts";
import type { WaitingRow } from "./stream-tables.ts";
import type { PeerRow, PeerTables } from "./tables.ts";

export type StreamAt = {
  readonly tables: PeerTables;
  readonly far: Far;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: Pick<SyncPrimitives, "sha256">;
  readonly faults: Faults;
  readonly committed: ActPorts["committed"];
  /** Inside a transaction: whether the line of that server is this process's, among those over one database. */
  readonly holds: (peer: PeerRow) => boolean;
  /** Whether the disk has room for what comes. */
  readonly mayGrow: () => boolean;
  /** Rows a minute from one server; counted by its name, however often it calls. */
  readonly rate: RateLimit;
  /** Lists of which one server tells, the same. */
  readonly lists: RateLimit;
  /** How many times as many, for that server. */
  readonly share: (peer: PeerRow) => number;
  /** Bytes that may wait for it. */
  readonly room: (peer: PeerRow) => number;
  /** It has taken something. */
  readonly taken: (peer: PeerRow) => void;
  readonly counts: { rowsOut: number; rowsIn: number; rowsRefused: number };
  /** Open streams of servers which the operator did not allow, and bytes that may have come on all of them. */
  readonly coming: { readonly streams: Set<Stream>; readonly maxBytes: number };
  /** What is said of tunnels. @throws MalformedError */
  readonly tunnelled: (line: Line, frame: TunnelFrame) => void;
  /** Its rows up to there have left. */
  readonly done: (peer: PeerRow, n: number) => void;
};

type Sent = { readonly n: number; readonly chain: Bytes; readonly bytes: number };
type Rows = Omit<Extract<StreamFrame, { type: "rows" }>, "type">;
/** Its bytes as they came, and what they say; undefined where that is no row. */
type ReadRow = { readonly bytes: Bytes; readonly row: StreamRow | undefined };
/** Those that a frame in pieces may hold, too. */
type WholeFrame = Exclude<StreamFrame, { type: "begin" | "more" }>;

const noBytes: Bytes = new Uint8Array(streamLimits.idBytes);
const rowsRead = 128;
/** In one transaction: so many, or up to the larger number where all their lists together have few addresses. */
const rowsTaken = { always: 32, most: 256, addresses: 4_096 };
/** Lists of which the other side was told on this line. */
const toldMax = 4_096;
/** What came and is not on disk yet: the window, and what is larger by itself. */
const comingBytesMax = streamLimits.windowBytes + 2 * limits.frameBytesMax;

export class Stream {
  private stream: Bytes = noBytes;
  private sentUpTo = 0;
  private chain: Bytes = noBytes;
  private sent: Sent[] = [];
  private sentBytes = 0;
  private isReady = false;
  private isHeard = false;
  private isOver = false;
  private isTaking = false;
  /** The next row has no room until some are acknowledged. */
  private isFull = false;
  private readonly coming: { readonly frame: Rows; readonly length: number }[] = [];
  private comingBytes = 0;
  private stopWaiting: () => void = () => undefined;
  private readonly told = new Set<string>();
  private whole: { readonly bytes: Bytes; at: number } | undefined;
  private readonly at: StreamAt;
  private readonly line: Line;
  private readonly peer: PeerRow;

  constructor(at: StreamAt, line: Line, peer: PeerRow) {
    this.at = at;
    this.line = line;
    this.peer = peer;
    if (peer.policy !== "allowed") at.coming.streams.add(this);
  }

  /** Says how far it is with what the other side sends. @throws LogAwayError */
  begin(): void {
    const { inStream = noBytes, inN, inChain = noBytes } = this.at.tables.state(this.peer.ref);
    this.line.send(encodeHeld(inStream, inN, inChain));
  }

  /** There may be more to send; all up to `n` is, if it is given. */
  more(n = Number.POSITIVE_INFINITY): void {
    if (this.isReady && !this.isOver && n > this.sentUpTo) this.settled(async () => this.pump());
  }

  over(): void {
    this.isOver = true;
    this.at.coming.streams.delete(this);
    // Else what came would be kept until its turn, and the next line brings as much (PE92).
    this.coming.length = 0;
    this.whole = undefined;
    this.stopWaiting();
  }

  /** What came, until it is on disk. */
  private comes(bytes: number): void {
    this.comingBytes += bytes;
    // @checks PE35
    if (this.comingBytes > comingBytesMax) throw new MalformedError("more than the window");
    this.makeRoom();
  }

  /** Of all together no more waits than there is room for: the line ends of which most does. */
  private makeRoom(): void {
    const { streams, maxBytes } = this.at.coming;
    if (!streams.has(this)) return; // not a check: of servers that the operator allowed it does not count.
    let [bytes, most] = [0, this.comingBytes];
    let fuller: Stream | undefined;
    for (const one of streams) {
      bytes += one.comingBytes;
      if (one.comingBytes > most) [fuller, most] = [one, one.comingBytes];
    }
    // @checks PE91
    if (bytes > maxBytes) (fuller ?? this).line.end("busy");
  }

  /** @throws MalformedError */
  receive(message: Bytes): void {
    const frame = decodeStreamFrame(message);
    if (frame.type === "begin") {
      // @checks PE24
      if (this.whole !== undefined || frame.length > limits.frameBytesMax) throw new MalformedError("a frame too long");
      this.comes(frame.length);
      if (this.isOver) return;
      this.whole = { bytes: new Uint8Array(frame.length), at: 0 };
      this.piece(frame.piece);
    } else if (frame.type === "more") this.piece(frame.piece);
    else this.heard(frame, message.length);
  }

  private heard(frame: WholeFrame, length: number): void {
    switch (frame.type) {
      case "held":
        // @checks PE24
        if (this.isHeard) throw new MalformedError("not in its turn");
        this.isHeard = true;
        this.settled(() => this.open(frame));
        break;
      case "list":
        // @checks PE40
        if (this.mayTell()) this.at.far.know(frame.addresses);
        else this.line.end("busy");
        break;
      case "acked":
        this.acked(frame);
        break;
      case "rows":
        this.comes(length);
        if (this.isOver) break;
        this.coming.push({ frame, length });
        this.settled(() => this.takeAll());
        break;
      default:
        this.at.tunnelled(this.line, frame);
    }
  }

  /** No more lists than rows: as many as can be on their way, and those of a minute. */
  private mayTell(): boolean {
    const { clock, lists, share } = this.at;
    return lists.take(this.peer.name, clock.nowMs(), 1 / share(this.peer));
  }

  private piece(piece: Bytes): void {
    const { whole } = this;
    // @checks PE24
    if (whole === undefined || whole.at + piece.length > whole.bytes.length)
      throw new MalformedError("a piece of none");
    whole.bytes.set(piece, whole.at);
    whole.at += piece.length;
    if (whole.at < whole.bytes.length) return;
    this.whole = undefined;
    this.comingBytes -= whole.bytes.length;
    const frame = decodeStreamFrame(whole.bytes);
    // @checks PE34
    if (frame.type === "begin" || frame.type === "more") throw new MalformedError("pieces of pieces");
    this.heard(frame, whole.bytes.length);
  }

  /** What fails by a fault of ours ends the line: it is tried anew from what is on disk. */
  private settled(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (error instanceof MalformedError) {
        this.line.end("malformed");
        return;
      }
      this.at.faults.caught("what goes to another server", error);
      this.line.end("busy");
    });
  }

  // ---- what goes out ----

  /** The other side has said how far it is: go on after that, or begin anew with what is not done. */
  private async open({ stream, n, chain }: Extract<StreamFrame, { type: "held" }>): Promise<void> {
    const { tables, committed, clock, random, room } = this.at;
    const { ref } = this.peer;
    const fresh = random(streamLimits.idBytes);
    const opened = await committed(() => {
      // @checks PE61
      if (!this.at.holds(this.peer)) return refuse("moved");
      tables.tellDrops(ref, dayOf(clock.nowMs()), room(this.peer));
      const { outStream, outDone, outN, outChain } = tables.state(ref);
      const isSame = outStream !== undefined && outChain !== undefined && equalBytes(outStream, stream);
      const isWithin = n >= outDone && n <= outN && n - outDone <= streamLimits.windowRows;
      if (isSame && isWithin && equalBytes(this.chainAt(outChain, outDone, n), chain)) {
        tables.done(ref, n, chain);
        return accept({ stream: outStream, n, chain });
      }
      tables.restart(ref, fresh, noBytes);
      return accept({ stream: fresh, n: outDone, chain: noBytes });
    });
    if (this.isOver) return;
    if (!opened.ok) {
      this.stop(opened.code);
      return;
    }
    this.stream = opened.value.stream;
    this.sentUpTo = opened.value.n;
    this.chain = opened.value.chain;
    this.isReady = true;
    this.pump();
  }

  /** None where more rows were to be hashed than can have been on their way. */
  private chainAt(from: Bytes, after: number, upTo: number): Bytes {
    let chain = from;
    let bytes = 0;
    for (let n = after; n < upTo; ) {
      const rows = this.at.tables.rows(this.peer.ref, n, Math.min(rowsRead, upTo - n), streamLimits.frameBytes);
      for (const row of rows) {
        bytes += row.bytes.length;
        // @checks PE40
        if (bytes > streamLimits.windowBytes + limits.frameBytesMax) return noBytes;
        chain = streamChainOf(this.at.primitives.sha256, chain, row.bytes);
        n = row.n;
      }
      if (rows.length === 0) return noBytes;
    }
    return chain;
  }

  private pump(): void {
    while (!this.isOver && !this.isFull && this.sent.length < streamLimits.windowRows) {
      const room = this.sent.length === 0 ? Number.POSITIVE_INFINITY : streamLimits.windowBytes - this.sentBytes;
      const most = Math.min(rowsRead, streamLimits.windowRows - this.sent.length);
      const { tables } = this.at;
      const waiting = tables.rows(this.peer.ref, this.sentUpTo, most, Math.min(room, streamLimits.frameBytes));
      const rows = frameOf(waiting, room);
      const [first] = rows;
      this.isFull = first === undefined && waiting.length > 0;
      if (first === undefined) return;
      for (const { list } of rows) this.tell(list);
      for (const { n, bytes } of rows) {
        this.chain = streamChainOf(this.at.primitives.sha256, this.chain, bytes);
        this.sent.push({ n, chain: this.chain, bytes: bytes.length });
        this.sentBytes += bytes.length;
        this.sentUpTo = n;
      }
      this.say(
        encodeRows(
          this.stream,
          first.n,
          rows.map(({ bytes }) => bytes),
        ),
      );
    }
  }

  /** Of whom a list is, before the first row that names it. */
  private tell(list: Bytes): void {
    const key = toHex(list);
    if (this.told.has(key)) return;
    const addresses = this.at.tables.addresses(list);
    if (addresses === undefined) return;
    if (this.told.size >= toldMax) this.told.clear();
    this.told.add(key);
    this.say(encodeFarList(addresses));
  }

  private say(frame: Bytes): void {
    for (const message of messagesOf(frame)) this.line.send(message);
  }

  private acked({ stream, n, chain, refused }: Extract<StreamFrame, { type: "acked" }>): void {
    const place = this.sent.findIndex((one) => one.n === n);
    const of = this.sent[place];
    // Who says that it has what was not sent, or something else than that, is not believed. @checks PE22
    if (of === undefined || !equalBytes(stream, this.stream) || !equalBytes(chain, of.chain))
      throw new MalformedError("an acknowledgement of nothing");
    const done = this.sent.splice(0, place + 1);
    for (const { bytes } of done) this.sentBytes -= bytes;
    this.isFull = false;
    this.at.taken(this.peer);
    this.at.done(this.peer, n);
    this.at.counts.rowsOut += done.length;
    this.at.counts.rowsRefused += refused.length;
    const { tables, committed, clock, room } = this.at;
    const { ref } = this.peer;
    this.settled(async () => {
      const outcome = await committed(() => {
        // @checks PE61
        if (!this.at.holds(this.peer)) return refuse("moved");
        tables.done(ref, n, chain);
        if (tables.state(ref).waitingRows === 0) tables.tellDrops(ref, dayOf(clock.nowMs()), room(this.peer));
        return accept({});
      });
      if (!outcome.ok) this.stop(outcome.code);
      else this.more();
    });
  }

  // ---- what comes in ----

  private async takeAll(): Promise<void> {
    if (this.isTaking) return;
    this.isTaking = true;
    try {
      for (let next = this.coming[0]; next !== undefined && !this.isOver; next = this.coming[0]) {
        const { stream, first } = next.frame;
        const rows = next.frame.rows.map((bytes): ReadRow => ({ bytes, row: readRow(bytes) }));
        for (let i = 0; i < rows.length; ) {
          const some = rows.slice(i, i + this.taken(rows, i));
          for (let left = some.length; left > 0; left -= rowsTaken.always)
            await this.budget(Math.min(left, rowsTaken.always));
          if (!(await this.take(stream, first + i, some))) return;
          i += some.length;
        }
        this.coming.shift();
        this.comingBytes -= next.length;
      }
    } finally {
      this.isTaking = false;
    }
  }

  /** How many rows from there on one transaction takes: of each all addresses of its list are looked up. */
  private taken(rows: readonly ReadRow[], from: number): number {
    let count = 0;
    let addresses = 0;
    for (const { row } of rows.slice(from, from + rowsTaken.most)) {
      addresses += row === undefined ? 0 : this.at.far.addressesOf(row.list);
      if (count >= rowsTaken.always && addresses > rowsTaken.addresses) break;
      count++;
    }
    return count;
  }

  /** Nothing is refused for coming too fast: it is taken later, and until then the window is full. */
  private async budget(rows: number): Promise<void> {
    const { clock, rate, share } = this.at;
    const weight = rows / share(this.peer);
    while (!this.isOver && !rate.take(this.peer.name, clock.nowMs(), weight))
      await new Promise<void>((resolve) => {
        const cancel = clock.after(rate.waitMs(clock.nowMs()), resolve);
        this.stopWaiting = () => {
          cancel();
          resolve();
        };
      });
  }

  /** Returns whether the line goes on. */
  private async take(stream: Bytes, first: number, rows: readonly ReadRow[]): Promise<boolean> {
    const { tables, far, committed, primitives, mayGrow, counts } = this.at;
    const { ref, name } = this.peer;
    if (this.isOver) return false; // not a check: there is no line any more.
    // @checks PE25
    if (!mayGrow()) return this.stop("storage-full");
    const taken = await committed(
      () => {
        // @checks PE61
        if (!this.at.holds(this.peer)) return refuse("moved");
        const { inStream, inN, inChain } = tables.state(ref);
        const goesOn = inStream !== undefined && inChain !== undefined && equalBytes(inStream, stream);
        // @checks PE21
        if (goesOn && first !== inN + 1) return refuse("malformed");
        // The list comes before the row; what was forgotten since comes again with the next line. @checks PE31
        if (rows.some(({ row }) => row !== undefined && !far.isKnown(row.list))) return refuse("unknown-list");
        let chain = goesOn ? inChain : noBytes;
        const refused: number[] = [];
        const after: (() => void)[] = [];
        for (const [i, { bytes, row }] of rows.entries()) {
          chain = streamChainOf(primitives.sha256, chain, bytes);
          if (row === undefined) refused.push(first + i);
          else if (row.kind === "envelope") after.push(far.take(name, row.list, row));
          else after.push(far.lost(row.list, row.count));
        }
        const n = first + rows.length - 1;
        tables.took(ref, stream, n, chain);
        return accept({ n, chain, refused, after });
      },
      (ahead) => {
        for (const { row } of rows) if (row?.kind === "envelope") far.lookAhead(row.list, ahead);
      },
    );
    if (!taken.ok) return this.stop(taken.code);
    const { n, chain, refused, after } = taken.value;
    for (const work of after) this.at.faults.guarded("what came from another server", work);
    counts.rowsIn += rows.length;
    if (!this.isOver) this.line.send(encodeAcked(stream, n, chain, refused));
    return true;
  }

  private stop(code: ErrorCode): false {
    this.line.end(code === "malformed" ? "malformed" : code === "moved" ? "superseded" : "busy");
    return false;
  }
}

/** As many rows as share a frame, and have room. */
function frameOf(waiting: readonly WaitingRow[], room: number): readonly WaitingRow[] {
  let bytes = 0;
  let count = 0;
  for (const row of waiting) {
    bytes += 4 + row.bytes.length;
    if (bytes > room || (count > 0 && bytes > streamLimits.frameBytes)) break;
    count++;
  }
  return waiting.slice(0, count);
}

/** Undefined for one that is none: it is refused by its number, and the stream goes on. @checks PE23 */
function readRow(bytes: Bytes): StreamRow | undefined {
  return unlessMalformed(() => decodeStreamRow(bytes));
}

/** Rows a minute, and lists. */
export function streamRates(rowsPerMinute: number): Pick<StreamAt, "rate" | "lists"> {
  const lists = rowsPerMinute + streamLimits.windowRows;
  return { rate: new RateLimit(rowsPerMinute, minuteMs), lists: new RateLimit(lists, minuteMs) };
}
