/**
 * Peers: which servers this one speaks with, under which keys, and the line that it has with each
 * (docs/spec/peers.md PE3–PE12).
 */
import {
  type Bytes,
  type CallResult,
  decodeStreamFrame,
  isServerName,
  type LineRefusal,
  MalformedError,
  type ServerCard,
  type TunnelFrame,
  tunnelVersion,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import { accept, type Refusal, refuse, tooOften } from "../../core/outcome.ts";
import type { Cancel, Clock, Random, SyncPrimitives } from "../../core/ports.ts";
import { dayOf, hourMs, minuteMs, RateLimit } from "../../core/rate.ts";
import { unlessUnavailable } from "../../core/unless-unavailable.ts";
import type { ActPorts, Carry, Far, FarPart } from "../../feature.ts";
import { judgeCard, relayPath } from "./card.ts";
import { type Admitted, Line, type LineEvents, type LinePorts } from "./line.ts";
import { makesWay } from "./makes-way.ts";
import type { Beside, PeersPort, Wire, WireEvents } from "./port.ts";
import { Shares } from "./shares.ts";
import { Since } from "./since.ts";
import { Stream, type StreamAt, streamRates } from "./stream.ts";
import { type StreamState, waitingBytesOf } from "./stream-tables.ts";
import type { PeerRow, PeerTables } from "./tables.ts";

export type PeersAt = {
  readonly tables: PeerTables;
  readonly port: PeersPort;
  readonly name: string;
  readonly incarnation: Bytes;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly faults: Faults;
  readonly committed: ActPorts["committed"];
  readonly limits: {
    readonly linesMax: number;
    /** What may have come of all servers that the operator did not allow, and is not on disk yet. */
    readonly comingBytesAll: number;
    readonly newPeersPerHour: { readonly all: number; readonly prefix: number };
    readonly rowsPerMinute: number;
    readonly backlogBytes: number;
    readonly backlogBytesAll: number;
  };
  readonly far: Far;
  readonly mayGrow: () => boolean;
  readonly tunnelled: (line: Line, frame: TunnelFrame) => void;
  readonly lineOver: (line: Line) => void;
  readonly carriesTunnels: (line: Line) => boolean;
  /** Absent: this process alone has the database. */
  readonly beside: Beside | undefined;
};

/** What a line is for: all that two servers say, or tunnels alone, beside the one that another process has. */
export type Role = "stream" | "relay";

/** How a server stands to this one just now. */
export type PeerState = "open" | "away" | "another-key";
/** Why no line came about. */
export type CallFault = LineRefusal | "another-key" | "not-a-card" | "cut";

/** Between two calls of a server for which something waits: doubling. */
const againMs = 1_000;
const againMsMax = 5 * minuteMs;
/** At the start servers are called so long one after another. */
const apartMs = 100;
/** A server that is known for so many days has so many times the rows and the room of a new one. */
const knownDays = 7;
const knownShare = 20;
/** A card is looked at anew for a key that is not the known one, at most so often for a name. */
const keysAnewPerHour = 6;
/** A name that gave no card is not asked again for so long, and then for twice as long each time. */
const failedMs = 5 * minuteMs;
const failedMsMax = 6 * hourMs;
const failedKept = 4_096;
/** Lines of others on which both have not shown their keys yet. */
const greetingsMax = 256;
/** Of all lines. */
const allowedShare = 1 / 4;
/** Of what may wait for a server, for what came from one place. */
const placeShare = 1 / 8;
/** Until somebody of a place whose share is full tries again. */
const shareWaitMs = 30_000;
/** A server that was just called in vain is not called again for a client. */
const inVainMs = 5_000;
/** Lines of one server that carry tunnels alone: one of each of its processes. */
const relaysMax = 4;
/** What a server says before this process has the line. */
const earlyMax = { messages: 512, bytes: 64 * 1024 } as const;
/** A server with a line that has taken no row for so long counts as away. */
const takesNothingMs = 5_000;

export class Peers {
  /** Since the start. */
  opened = 0;
  refused = 0;
  private readonly lines = new Map<string, Line>();
  private readonly streams = new Map<Line, Stream>();
  /** When a server is called next for which something waits. */
  private readonly calls = new Map<string, Cancel>();
  /** Lines for tunnels alone, which servers called or this one did. */
  private readonly relays = new Set<Line>();
  /** Servers whose line another process over this database has, by its number. */
  private readonly elsewhere = new Map<string, number>();
  /** For which a post that is being taken has something. */
  private readonly touched = new Set<string>();
  readonly rows = { rowsOut: 0, rowsIn: 0, rowsRefused: 0, rowsGivenUp: 0 };
  /** Not open yet, the oldest first, and from where; none: this one called. */
  private readonly greeting = new Map<Line, string | undefined>();
  /** How long a server is waited for when its line ends, while it takes nothing. */
  private readonly waits = new Map<string, number>();
  private readonly strange = new Set<string>();
  private readonly shares = new Shares();
  private readonly since = new Since();
  /** Since when a server is away, and whether it, or this one, refused the last line. */
  private readonly away = new Map<string, { readonly sinceMs: number; readonly refuses: boolean }>();
  /** Calls that are on their way. */
  private readonly calling = new Map<string, Promise<"open" | CallFault>>();
  private readonly inVain = new Map<string, { readonly untilMs: number; readonly why: CallFault }>();
  private readonly failed = new Map<string, { readonly untilMs: number; readonly waitMs: number }>();
  private readonly newAll: RateLimit;
  private readonly newByPlace: RateLimit;
  private readonly anew = new RateLimit(keysAnewPerHour, hourMs);
  private readonly at: PeersAt;
  private readonly linePorts: LinePorts;
  private readonly streamAt: StreamAt;
  private isStopped = false;

  constructor(at: PeersAt) {
    this.at = at;
    this.newAll = new RateLimit(at.limits.newPeersPerHour.all, hourMs);
    this.newByPlace = new RateLimit(at.limits.newPeersPerHour.prefix, hourMs);
    this.streamAt = {
      ...at,
      ...streamRates(at.limits.rowsPerMinute),
      share: (peer) => this.shareOf(peer),
      room: (peer) => this.roomOf(peer).one,
      counts: this.rows,
      coming: { streams: new Set(), maxBytes: at.limits.comingBytesAll },
      taken: (peer) => this.waits.delete(peer.name),
      tunnelled: at.tunnelled,
      done: ({ ref }, n) => this.shares.done(ref, n),
      holds: (peer) => this.isHolder(peer),
    };
    this.linePorts = {
      ...at,
      keys: at.port.keys,
      admits: (name, prefix) => this.admits(name, prefix),
      keyAnew: (name) => this.keyAnew(name),
    };
  }

  /**
   * What a server left that was here before over the same database is handed on, and what waits for this one elsewhere
   * is fetched (PE71).
   */
  start(): void {
    const { clock, tables, beside } = this.at;
    // Of several processes each looks by then which has a line (`called`).
    clock.after(beside === undefined ? againMs : 2 * againMs, () => {
      if (this.isStopped) return;
      unlessUnavailable(() => {
        // `called` does so each second.
        const waiting = beside === undefined ? tables.waiting() : [];
        for (const ref of waiting) {
          const row = tables.byRef(ref);
          if (row !== undefined) this.callLater(row.name, 0);
        }
        for (const [i, ref] of tables.heard().entries()) clock.after(i * apartMs, () => this.fetchFrom(ref));
      });
    });
  }

  private fetchFrom(ref: number): void {
    unlessUnavailable(() => {
      const name = this.at.tables.byRef(ref)?.name;
      if (name === undefined || this.isStopped || this.elsewhere.has(name) || this.calls.has(name)) return;
      this.callFor(name, "stream").catch((error: unknown) => this.at.faults.caught("calling a server", error));
    });
  }

  /** All who wait for the same server wait for one call. */
  private callFor(name: string, role: Role): Promise<"open" | CallFault> {
    const calling = this.calling.get(name) ?? this.call(name, role).finally(() => this.calling.delete(name));
    this.calling.set(name, calling);
    return calling;
  }

  /** Whether lists may name addresses there: it was met, or the operator allowed it. */
  isReachable(name: string): boolean {
    return this.mayGet(this.at.tables.of(name));
  }

  /** How it stands to this server just now. */
  stateFor(name: string): CallResult<"peerStates">["states"][number] {
    const row = this.at.tables.of(name);
    const away = this.away.get(name);
    const nowMs = this.at.clock.nowMs();
    const waits = row && this.waitsSince(row);
    const isTaking = waits === undefined || nowMs - waits < takesNothingMs;
    const state =
      this.lines.has(name) || this.elsewhere.has(name)
        ? isTaking
          ? "open"
          : "away"
        : this.strange.has(name)
          ? "forgotten"
          : !this.mayCome(row) || away?.refuses === true
            ? "refuses"
            : this.mayGet(row)
              ? "away"
              : "unmet";
    const sinceMs = Math.min(waits ?? nowMs, away?.sinceMs ?? nowMs);
    const isAway = state === "away" && (waits !== undefined || away !== undefined);
    return {
      server: name,
      state,
      ...(isAway ? { awayMs: Math.max(0, nowMs - sinceMs) } : {}),
      ...(waits === undefined ? {} : { waitsMs: Math.max(0, nowMs - waits) }),
    };
  }

  private waitsSince({ ref }: PeerRow): number | undefined {
    const { outDone, outN } = this.at.tables.state(ref);
    return this.since.of(ref, outDone, outN);
  }

  /** Before a post is stored: what of it must be reached is at servers that are spoken with, and its place has room. */
  carryRefusal(
    reached: readonly FarPart[],
    single: readonly FarPart[],
    bytes: number,
    place: string | undefined,
  ): Refusal | undefined {
    const { tables } = this.at;
    // @checks PE43
    if (reached.some(({ server }) => !this.isReachable(server))) return refuse("peer-refused");
    if (place === undefined) return undefined;
    for (const server of new Set(single.map((part) => part.server))) {
      const peer = tables.of(server);
      if (peer === undefined) continue; // not a check: no list names a server that has no row.
      // @checks PE49
      if (!this.hasShare(peer, tables.state(peer.ref), place, bytes)) return tooOften(shareWaitMs);
    }
    return undefined;
  }

  /** Of what came from there, what is done with, by whatever word or by its age, counts no more. */
  private hasShare(peer: PeerRow, { outDone }: StreamState, place: string, bytes: number): boolean {
    this.shares.done(peer.ref, outDone);
    return this.shares.of(peer.ref, place) + bytes <= this.roomOf(peer).one * placeShare;
  }

  eachMinute(): void {
    this.shares.forget(this.at.clock.nowMs());
    for (const line of this.relays) if (line.caller === this.at.name && !this.at.carriesTunnels(line)) line.end("busy");
  }

  /** Another process over this database called, or a second has passed. */
  called(): void {
    const { beside, tables } = this.at;
    if (beside === undefined || this.isStopped) return;
    unlessUnavailable(() => {
      const own = beside.number();
      const rows = tables.lines();
      const others = [...new Set(rows.flatMap(({ gateway }) => ((gateway ?? own) === own ? [] : [gateway as number])))];
      const living = others.length === 0 ? [] : beside.living(others);
      const before = new Set(this.elsewhere.keys());
      for (const { name, gateway, outN, isWaiting } of rows) {
        if (name === undefined) continue; // not a check: rows are of servers that have one.
        const line = this.lines.get(name);
        const isElsewhere = gateway !== undefined && gateway !== own && living.includes(gateway);
        if (isElsewhere) {
          before.delete(name);
          this.elsewhere.set(name, gateway);
          // It came there. @checks PE61
          if (line !== undefined && this.streams.has(line)) line.end("superseded");
        } else {
          this.elsewhere.delete(name);
          if (line !== undefined) this.streams.get(line)?.more(outN);
          else if (isWaiting) this.callLater(name, this.chanceMs());
        }
      }
      for (const name of before) this.elsewhere.delete(name);
      this.lookAgain();
    });
  }

  /** Processes that find the same waiting at the same time do not call at the same time. */
  private chanceMs(): number {
    return this.at.beside === undefined ? 0 : ((this.at.random(1)[0] ?? 0) * againMs) / 256;
  }

  /** Inside a transaction. A line that nobody has becomes this process's again. */
  private isHolder({ ref }: PeerRow): boolean {
    const { beside, tables } = this.at;
    if (beside === undefined) return true;
    const holder = tables.holder(ref);
    if (holder === undefined) tables.hold(ref, beside.number());
    return holder === undefined || holder === beside.number();
  }

  /** For a client of that place: an open line on which tunnels go. */
  async lineTo(name: string, prefix: string | undefined): Promise<Line | CallFault> {
    const open = this.tunnelLine(name);
    if (open !== undefined) return open;
    const { tables, clock } = this.at;
    const row = tables.of(name);
    // @checks PE10
    if (!this.mayCome(row)) return "refused";
    const vain = this.inVain.get(name);
    // @checks PE47
    if (vain !== undefined && vain.untilMs > clock.nowMs()) return vain.why;
    // @checks PE11
    if (row?.signKey === undefined && row?.policy !== "allowed" && !this.mayMeet(name, prefix)) return "busy";
    const found = await this.callFor(name, this.elsewhere.has(name) ? "relay" : "stream");
    const line = this.tunnelLine(name);
    if (line !== undefined) return line;
    const why = found === "open" ? (this.lines.has(name) ? "unsupported-version" : "cut") : found;
    remember(this.inVain, name, { untilMs: clock.nowMs() + inVainMs, why });
    return why;
  }

  networkOf(name: string): string | undefined {
    if (this.at.tables.of(name)?.policy === "allowed") return `home ${name}`;
    return (this.lines.get(name) ?? [...this.relays].find(({ peer }) => peer === name))?.network;
  }

  private tunnelLine(name: string): Line | undefined {
    const line = this.lines.get(name) ?? [...this.relays].find(({ peer }) => peer === name);
    return line !== undefined && line.version >= tunnelVersion ? line : undefined;
  }

  /** Inside the commit that takes a post. */
  readonly carry: Carry = (to, row, place, isForList) => {
    const { tables, clock } = this.at;
    let envelope: number | undefined;
    let waitingAll = tables.waitingOfAll();
    for (const part of to) {
      const peer = tables.of(part.server);
      if (peer === undefined) continue; // not a check: no list names a server that has no row.
      const bytes = waitingBytesOf(row.envelope.length, part.addresses.length);
      const { one, all } = this.roomOf(peer);
      const state = tables.state(peer.ref);
      // Else who takes nothing would silence all its groups. @checks PE49
      const isOver = place !== undefined && isForList && !this.hasShare(peer, state, place, bytes);
      // @checks PE39
      // @checks PE38
      if (isOver || !this.mayGet(peer) || state.waitingBytes + bytes > one || waitingAll + bytes > all) {
        tables.drop(peer.ref, part, 1, dayOf(clock.nowMs()));
        this.rows.rowsGivenUp++;
      } else {
        envelope ??= tables.keepEnvelope(row.envelope);
        const n = tables.put(peer.ref, part, row, envelope, dayOf(clock.nowMs()));
        this.since.put(peer.ref, n, clock.nowMs());
        if (place !== undefined) this.shares.add(peer.ref, n, place, bytes, clock.nowMs());
        waitingAll += bytes;
      }
      if (this.mayCome(peer)) this.touched.add(part.server);
    }
  };

  /** That is on disk. */
  carried(): void {
    for (const name of this.touched) {
      const line = this.lines.get(name);
      const holder = this.elsewhere.get(name);
      if (line !== undefined) this.streams.get(line)?.more();
      else if (holder !== undefined) this.at.beside?.call(holder);
      else this.callLater(name, 0);
    }
    this.touched.clear();
  }

  get lineCount(): number {
    return this.lines.size;
  }

  stateOf(name: string): PeerState {
    // not a check: it tells how it is.
    if (this.lines.has(name) || this.elsewhere.has(name)) return "open";
    return this.strange.has(name) ? "another-key" : "away";
  }

  /** A server calls. */
  connect(wire: Wire, prefix: string | undefined, role: Role): WireEvents {
    const mayGreet = this.makeRoom(prefix ?? "");
    const line = this.lineOn(wire, () => undefined, prefix ?? "", role);
    if (this.isStopped || !mayGreet) line.end("busy");
    return { receive: (message) => line.receive(message), closed: () => line.closed() };
  }

  /** Calls a server, which the operator or a post has named; the line that is open already is as good. */
  async call(name: string, role: Role = "stream"): Promise<"open" | CallFault> {
    if (!isServerName(name)) return "refused"; // not a check: an operator's word and a client's are looked at before.
    // @checks PE9
    if (name === this.at.name) return "refused";
    if (this.lines.has(name)) return "open"; // not a check: it is there already.
    const row = this.at.tables.of(name);
    // @checks PE10
    if (!this.mayCome(row)) return "refused";
    // @checks PE8
    if (this.isFull(row)) return "busy";
    const looked = await this.look(name, row);
    if (!("card" in looked)) {
      this.isAway(name, false);
      return looked.why;
    }
    const { card } = looked;
    // @checks PE9
    if (card.reach === "out") return "unreachable";
    const found = await this.dial(name, card, row?.policy === "allowed", role);
    if (found !== "open" && !this.lines.has(name) && role === "stream") this.isAway(name, found === "refused");
    return found;
  }

  /** It was called in vain, or its line ended. */
  private isAway(name: string, refuses: boolean): void {
    const sinceMs = this.away.get(name)?.sinceMs ?? this.at.clock.nowMs();
    remember(this.away, name, { sinceMs, refuses });
  }

  /** The operator's word has changed: of a server that may not come the line ends. */
  lookAgain(): void {
    for (const line of [...this.lines.values(), ...this.relays])
      if (!this.mayCome(this.at.tables.of(line.peer))) line.end("refused");
  }

  /** The operator trusts the key that it shows next. */
  forget(name: string): void {
    this.strange.delete(name);
    this.failed.delete(name);
    this.away.delete(name);
    this.inVain.delete(name);
    for (const line of [...this.lines.values(), ...this.relays]) if (line.peer === name) line.end("refused");
  }

  stop(): void {
    this.isStopped = true;
    for (const cancel of this.calls.values()) cancel();
    this.calls.clear();
    for (const line of [...this.lines.values(), ...this.relays, ...this.greeting.keys()]) line.end("busy");
  }

  /** A part of the lines is for servers that the operator allowed. */
  private isFull(row: PeerRow | undefined): boolean {
    const { linesMax } = this.at.limits;
    const reserved = row?.policy === "allowed" ? 0 : Math.floor(linesMax * allowedShare);
    return this.isStopped || this.lines.size + this.relays.size >= linesMax - reserved;
  }

  /** For one more line of that place on which both are to show their keys; as DS181 does. */
  private makeRoom(place: string): boolean {
    const ofOthers = [...this.greeting.values()].filter((of) => of !== undefined);
    if (ofOthers.length < greetingsMax) return true;
    const line = makesWay(this.greeting, place);
    // @checks PE41
    if (line === undefined) return false;
    line.end("busy");
    return true;
  }

  private mayCome(row: PeerRow | undefined): boolean {
    const policy = row?.policy ?? "none";
    return this.at.port.mode === "open" ? policy !== "denied" : policy === "allowed";
  }

  private mayGet(row: PeerRow | undefined): boolean {
    return this.mayCome(row) && (row?.policy === "allowed" || row?.signKey !== undefined);
  }

  private async admits(name: string, prefix: string | undefined): Promise<Admitted> {
    const row = this.at.tables.of(name);
    // @checks PE10
    if (!this.mayCome(row)) return this.refuse("refused");
    // Of a server that has a line the newer may take its place. @checks PE41
    if (this.isFull(row) && !this.lines.has(name)) return this.refuse("busy");
    if (row?.signKey !== undefined) return { ok: true, signKey: row.signKey };
    // @checks PE11
    if (row?.policy !== "allowed" && !this.mayMeet(name, prefix)) return this.refuse("busy");
    const looked = await this.look(name, row);
    if ("card" in looked) return { ok: true, signKey: looked.card.signKey };
    return this.refuse(looked.why === "unreachable" ? "unreachable" : "refused");
  }

  private refuse(why: LineRefusal): Admitted {
    this.refused++;
    return { ok: false, why };
  }

  /** Whether a server that nobody here knows may be looked up for somebody of that place. */
  private mayMeet(name: string, prefix: string | undefined): boolean {
    const nowMs = this.at.clock.nowMs();
    // @checks PE11
    if ((this.failed.get(name)?.untilMs ?? 0) > nowMs) return false;
    // @checks PE11
    if (!this.newAll.has("all", nowMs)) return false;
    // @checks PE11
    if (prefix !== undefined && !this.newByPlace.take(prefix, nowMs)) return false;
    return this.newAll.take("all", nowMs);
  }

  private async keyAnew(name: string): Promise<Bytes | undefined> {
    // @checks PE11
    if (!this.anew.take(name, this.at.clock.nowMs())) return undefined;
    const looked = await this.look(name, this.at.tables.of(name));
    return "card" in looked ? looked.card.signKey : undefined;
  }

  /** Its card, and from then on it is known by the key in it. */
  private async look(
    name: string,
    row: PeerRow | undefined,
  ): Promise<{ readonly card: ServerCard } | { readonly why: CallFault }> {
    const { port, primitives, committed, tables, clock } = this.at;
    const bytes = await port.fetchCard(name, row?.policy === "allowed");
    if (bytes === undefined) {
      this.noCard(name);
      return { why: "unreachable" };
    }
    const judged = judgeCard(primitives, name, row?.signKey, bytes);
    if (!judged.ok) {
      this.noCard(name);
      if (judged.why === "another-key") this.strange.add(name);
      return { why: judged.why === "another-key" ? "another-key" : "not-a-card" };
    }
    const { card } = judged;
    // Judged again: the operator, or another line, may have been quicker.
    const pinned = await committed(() => {
      const now = tables.of(name);
      const again = judgeCard(primitives, name, now?.signKey, bytes);
      if (again.ok && this.mayCome(now)) tables.pin(name, card.signKey, dayOf(clock.nowMs()));
      return accept({ isPinned: again.ok && this.mayCome(now) });
    });
    if (!pinned.ok) return { why: "busy" };
    if (!pinned.value.isPinned) return { why: "refused" };
    this.strange.delete(name);
    this.failed.delete(name);
    return { card };
  }

  private noCard(name: string): void {
    const waitMs = Math.min(failedMsMax, 2 * (this.failed.get(name)?.waitMs ?? failedMs / 2));
    remember(this.failed, name, { untilMs: this.at.clock.nowMs() + waitMs, waitMs });
  }

  private dial(name: string, card: ServerCard, isListed: boolean, role: Role): Promise<"open" | CallFault> {
    const path = role === "stream" ? card.peer : `${card.peer}${relayPath}`;
    return new Promise((resolve) => {
      let line: Line | undefined;
      const events: WireEvents = {
        receive: (message) => line?.receive(message),
        closed: () => line?.closed(),
      };
      void this.at.port.dial(name, path, isListed, events).then((wire) => {
        if (wire === undefined) {
          resolve("unreachable");
          return;
        }
        line = this.lineOn(wire, resolve, undefined, role);
        if (this.isStopped) line.end("busy");
        else line.greet(name, card.signKey);
      });
    });
  }

  private lineOn(
    wire: Wire,
    settled: (what: "open" | CallFault) => void,
    prefix: string | undefined,
    role: Role,
  ): Line {
    const events: LineEvents = {
      opened: (line) => {
        this.greeting.delete(line);
        try {
          if (role === "stream") this.begin(line);
          else this.beginRelay(line);
        } catch (error) {
          this.at.faults.caught("a line of another server", error);
          line.end("busy"); // With a database that is away nothing is known of it.
        }
        settled("open"); // Where it was ended instead, that was said before.
      },
      ended: (line, why) => {
        this.greeting.delete(line);
        this.streams.get(line)?.over();
        this.streams.delete(line);
        this.at.lineOver(line);
        this.relays.delete(line);
        if (this.lines.get(line.peer) === line) {
          this.lines.delete(line.peer);
          this.isAway(line.peer, why === "refused");
          this.letGo(line.peer);
          this.callIfWaiting(line.peer);
        }
        settled(why ?? "cut");
      },
    };
    const line = new Line(this.linePorts, wire, events, prefix === "" ? undefined : prefix);
    this.greeting.set(line, prefix);
    return line;
  }

  /** Of two lines with one server one stays, and both sides choose the same. */
  private begin(line: Line): void {
    // What the operator said while it greeted.
    // @checks PE10
    const row = this.at.tables.of(line.peer);
    if (row === undefined || !this.mayCome(row)) {
      line.end("refused");
      return;
    }
    const older = this.lines.get(line.peer);
    // Others may have opened while it greeted.
    // @checks PE8
    if (older === undefined && this.isFull(row)) {
      line.end("busy");
      return;
    }
    if (older !== undefined && older.caller < line.caller) {
      line.end("superseded");
      return;
    }
    this.lines.set(line.peer, line);
    this.away.delete(line.peer);
    this.inVain.delete(line.peer);
    this.opened++;
    older?.end("superseded");
    this.calls.get(line.peer)?.();
    this.calls.delete(line.peer);
    if (this.at.beside === undefined) this.stream(line, row);
    else void this.takeOver(line, row, this.at.beside);
  }

  private stream(line: Line, row: PeerRow): void {
    const stream = new Stream(this.streamAt, line, row);
    this.streams.set(line, stream);
    line.traffic = stream;
    stream.begin();
  }

  /** Of the processes over one database the one to which a line came last has it. @checks PE61 */
  private async takeOver(line: Line, row: PeerRow, beside: Beside): Promise<void> {
    const { tables, committed, faults } = this.at;
    const early: Bytes[] = [];
    let earlyBytes = 0;
    line.traffic = {
      receive: (message) => {
        earlyBytes += message.length;
        // @checks PE61
        if (early.push(message) > earlyMax.messages || earlyBytes > earlyMax.bytes) line.end("busy");
      },
    };
    const held = await committed(() => {
      tables.hold(row.ref, beside.number());
      return accept({});
    });
    if (!line.isOpen) return; // not a check: it has ended meanwhile.
    if (!held.ok) {
      line.end("busy");
      return;
    }
    this.elsewhere.delete(line.peer);
    const hasBegun = faults.guarded("a line of another server", () => this.stream(line, row));
    if (!hasBegun) line.end("busy");
    for (const message of early) line.receive(message);
  }

  private letGo(name: string): void {
    const { beside, tables, committed, faults } = this.at;
    if (beside === undefined) return;
    committed(() => {
      const row = tables.of(name);
      // It may have come anew.
      if (row !== undefined && !this.lines.has(name)) tables.letGo(row.ref, beside.number());
      return accept({});
    }).catch((error: unknown) => faults.caught("letting go of a line", error));
  }

  /** For tunnels alone. */
  private beginRelay(line: Line): void {
    const row = this.at.tables.of(line.peer);
    // @checks PE10
    if (!this.mayCome(row)) {
      line.end("refused");
      return;
    }
    const ofPeer = [...this.relays].filter(({ peer }) => peer === line.peer).length;
    // @checks PE62
    if (ofPeer >= relaysMax || line.version < tunnelVersion || this.isFull(row)) {
      line.end("busy");
      return;
    }
    this.relays.add(line);
    line.traffic = {
      receive: (message) => {
        const frame = decodeStreamFrame(message);
        const isOfTunnels = frame.type === "tunnel" || frame.type === "through" || frame.type.startsWith("tunnel-");
        // @checks PE62
        if (!isOfTunnels) throw new MalformedError("a line for tunnels alone");
        this.at.tunnelled(line, frame as TunnelFrame);
      },
    };
  }

  private shareOf({ sinceDay }: PeerRow): number {
    return sinceDay !== undefined && dayOf(this.at.clock.nowMs()) - sinceDay >= knownDays ? knownShare : 1;
  }

  /** In bytes: of what waits for it, and of what waits for all when something comes for it. */
  private roomOf(peer: PeerRow): { readonly one: number; readonly all: number } {
    const { backlogBytes, backlogBytesAll } = this.at.limits;
    const share = this.shareOf(peer);
    return { one: backlogBytes * share, all: share > 1 ? backlogBytesAll : backlogBytesAll / 2 };
  }

  private callIfWaiting(name: string): void {
    unlessUnavailable(() => {
      const row = this.at.tables.of(name);
      if (row === undefined || this.at.tables.state(row.ref).waitingRows === 0) return;
      const waitMs = this.waits.get(name) ?? againMs;
      this.waits.set(name, Math.min(againMsMax, 2 * waitMs));
      this.callLater(name, waitMs + this.chanceMs());
    });
  }

  /** Calls a server for which something waits, again and again, ever more seldom; it may call itself at any time. */
  private callLater(name: string, waitMs: number): void {
    if (this.isStopped || this.calls.has(name) || this.lines.has(name)) return;
    const { clock, faults } = this.at;
    const cancel = clock.after(waitMs, () => {
      if (this.elsewhere.has(name)) {
        this.calls.delete(name);
        return;
      }
      const failed = () => {
        this.calls.delete(name);
        this.callLater(name, Math.min(againMsMax, Math.max(againMs, 2 * waitMs)));
      };
      this.call(name).then(
        (found) => {
          if (found === "open") this.calls.delete(name);
          else failed();
        },
        (error: unknown) => {
          faults.caught("calling a server", error);
          failed();
        },
      );
    });
    this.calls.set(name, cancel);
  }
}

/** Keeps `failedKept` names at most: the one that was kept longest ago is forgotten. */
function remember<V>(names: Map<string, V>, name: string, value: V): void {
  names.delete(name);
  names.set(name, value);
  const [oldest] = names.keys();
  if (names.size > failedKept && oldest !== undefined) names.delete(oldest);
}
