/**
 * Tunnels: clients of this server speak to others through it, and clients of others to this one (docs/spec/peers.md
 * PE44–PE48). Between two servers their records go on the line; this server reads none of those that it passes on.
 */
import {
  type Bytes,
  isServerName,
  type LineRefusal,
  MalformedError,
  type TunnelFrame,
  tunnelLimits,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Cancel, Clock, Sink } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import type { FarRooms, Strangers } from "../../feature.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import type { Line } from "./line.ts";
import { makesWay } from "./makes-way.ts";
import type { CallFault } from "./peers.ts";
import type { ServerKeys } from "./port.ts";
import { TunnelEnd } from "./tunnel-end.ts";

export const tunnelPath = "/tunnel";

export type TunnelsAt = {
  readonly name: string;
  readonly card: Bytes;
  readonly keys: ServerKeys;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly strangers: Strangers;
  /** Absent where this server has no calls. */
  readonly rooms: FarRooms | undefined;
  /** An open line to that server, called for somebody of that place if need be. */
  readonly lineTo: (name: string, prefix: string | undefined) => Promise<Line | CallFault>;
  readonly limits: {
    /** Of one place, on the other side of one line, and in all. */
    readonly open: { readonly prefix: number; readonly peer: number; readonly all: number };
    /** Begun by one place here, and by one other server. */
    readonly perMinute: { readonly prefix: number; readonly peer: number };
    /** That one place says to one other server. */
    readonly recordsPerMinute: { readonly prefix: number };
    readonly bytesPerMinute: { readonly prefix: number };
  };
};

/** Why a client's tunnel ended, as its socket's close says (docs/spec/wire.md WI7). */
export type TunnelFault = "peer-refused" | "peer-unreachable" | "peer-busy" | "peer-forgotten";
const closeCodes: Readonly<Record<TunnelFault, number>> = {
  "peer-refused": 4_010,
  "peer-unreachable": 4_011,
  "peer-busy": 4_012,
  "peer-forgotten": 4_013,
};
const faultOf: Readonly<Record<CallFault, TunnelFault>> = {
  refused: "peer-refused",
  malformed: "peer-refused",
  "unsupported-version": "peer-refused",
  unreachable: "peer-unreachable",
  cut: "peer-unreachable",
  busy: "peer-busy",
  superseded: "peer-busy",
  "another-key": "peer-forgotten",
  "not-a-card": "peer-forgotten",
};

/** For the name of the server that a client wants. */
const namedMsMax = 20_000;
/** A tunnel in which nothing is said. */
const idleMsMax = 5 * minuteMs;
/** What a client has not read keeps the other server from sending more. */
const unreadMax = 256 * 1024;
const lookAgainMs = 200;
/** What came for clients that do not read, of all on a line: half of what the other side lets be on its way. */
const owedBytesMax = tunnelLimits.allBytes / 2;

/** One end of a tunnel on a line. */
type End = {
  /** @throws MalformedError */
  readonly receive: (bytes: Bytes) => void;
  readonly over: (why: LineRefusal) => void;
  /** Of a client here, from where it comes. Of another server's it is not known. */
  readonly place?: string;
  /** Ends it by this side's will. */
  readonly stop: (why: LineRefusal) => void;
  /** That left here and has not left there. */
  unread: number;
  /** That came for a client here, and for which no room was given yet. */
  owed: number;
  heardMs: number;
};
type OnLine = { readonly ends: Map<number, End>; next: number; unread: number; owed: number };

export class Tunnels {
  private readonly at: TunnelsAt;
  private readonly lines = new Map<Line, OnLine>();
  private readonly open: ConnectionLimits;
  private readonly rate: RateLimit;
  /** What a server begins here; by its name, however often it calls. */
  private readonly begun: RateLimit;
  private readonly records: RateLimit;
  private readonly bytes: RateLimit;

  constructor(at: TunnelsAt) {
    this.at = at;
    this.open = new ConnectionLimits(at.limits.open);
    this.rate = new RateLimit(at.limits.perMinute.prefix, minuteMs);
    this.begun = new RateLimit(at.limits.perMinute.peer, minuteMs);
    this.records = new RateLimit(at.limits.recordsPerMinute.prefix, minuteMs);
    this.bytes = new RateLimit(at.limits.bytesPerMinute.prefix, minuteMs);
  }

  get count(): number {
    return this.open.count;
  }

  /** Whether any goes on that line. */
  isOn(line: Line): boolean {
    return (this.lines.get(line)?.ends.size ?? 0) > 0;
  }

  /** A client of this server comes, and says first to which server. */
  connect(sink: Sink, prefix: string | undefined): { receive: (bytes: Bytes) => void; closed: () => void } {
    const { clock } = this.at;
    let through: ((bytes: Bytes) => void) | undefined;
    let leave: (() => void) | undefined;
    let isOver = false;
    let isNamed = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      stopWaiting();
      leave?.();
      if (isNamed) this.open.leave(prefix);
    };
    const end = (why: TunnelFault) => {
      if (isOver) return;
      over();
      sink.close(closeCodes[why], why);
    };
    const stopWaiting: Cancel = clock.after(namedMsMax, () => end("peer-busy"));
    const begin = async (name: string) => {
      const line = await this.at.lineTo(name, prefix);
      if (isOver) return; // not a check: nobody is there any more.
      if (typeof line === "string") return end(faultOf[line]);
      if (!line.isOpen) return end("peer-unreachable"); // not a check: it has just ended, and takes no tunnel with it.
      const way = this.begin(line, prefix, {
        heard: (bytes) => sink.send(bytes),
        unread: () => sink.unread?.() ?? 0,
        over: (why) => end(faultOf[why]),
      });
      if (way === undefined) return end("peer-busy");
      through = way.send;
      leave = way.leave;
      sink.known?.();
    };
    return {
      receive: (bytes) => {
        if (isOver) return;
        if (through !== undefined) return through(bytes);
        // Once, and nothing before the other side has spoken. @checks PE44
        if (isNamed) return end("peer-refused");
        const name = String.fromCharCode(...bytes.subarray(0, 256));
        // @checks PE44
        if (!isServerName(name) || name === this.at.name) return end("peer-refused");
        // @checks PE47
        if (!this.open.has(prefix) || (prefix !== undefined && !this.rate.take(prefix, clock.nowMs())))
          return end("peer-busy");
        isNamed = true;
        stopWaiting();
        this.open.enter(prefix);
        begin(name).catch((error: unknown) => {
          this.at.faults.caught("a tunnel", error);
          end("peer-busy");
        });
      },
      closed: over,
    };
  }

  /** What is said on a line of tunnels. @throws MalformedError */
  heard(line: Line, frame: TunnelFrame): void {
    const on = this.on(line);
    if (frame.type === "tunnel") {
      this.host(line, on, frame.tunnel);
      return;
    }
    const end = on.ends.get(frame.tunnel);
    if (end === undefined) return; // It ended here, and the other side does not know yet.
    switch (frame.type) {
      case "through":
        end.heardMs = this.at.clock.nowMs();
        end.receive(frame.bytes);
        break;
      case "tunnel-room":
        // @checks PE48
        if (frame.bytes > end.unread) throw new MalformedError("more room than was taken");
        end.unread -= frame.bytes;
        on.unread -= frame.bytes;
        break;
      case "tunnel-over":
        this.forget(on, frame.tunnel);
        end.over(frame.why);
        break;
      default:
        frame satisfies never;
    }
  }

  /** The line is gone, and all its tunnels with it. */
  over(line: Line): void {
    const on = this.lines.get(line);
    this.lines.delete(line);
    for (const end of on?.ends.values() ?? []) this.at.faults.guarded("a tunnel's end", () => end.over("unreachable"));
  }

  /** Those in which nothing is said end. */
  eachMinute(): void {
    const before = this.at.clock.nowMs() - idleMsMax;
    for (const [line, on] of this.lines)
      for (const [tunnel, end] of on.ends)
        if (end.heardMs < before) {
          this.forget(on, tunnel);
          line.sendTunnel({ type: "tunnel-over", tunnel, why: "busy" });
          end.over("busy");
        }
  }

  private on(line: Line): OnLine {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const made: OnLine = { ends: new Map(), next: line.caller === this.at.name ? 1 : 2, unread: 0, owed: 0 };
    this.lines.set(line, made);
    return made;
  }

  private forget(on: OnLine, tunnel: number): void {
    const { unread, owed } = on.ends.get(tunnel) ?? { unread: 0, owed: 0 };
    on.unread -= unread;
    on.owed -= owed;
    on.ends.delete(tunnel);
  }

  /** For a client here. Undefined: there are too many. */
  private begin(
    line: Line,
    prefix: string | undefined,
    client: {
      readonly heard: (bytes: Bytes) => void;
      readonly unread: () => number;
      readonly over: (why: LineRefusal) => void;
    },
  ): { readonly send: (bytes: Bytes) => void; readonly leave: () => void } | undefined {
    const on = this.on(line);
    const place = prefix ?? "";
    // @checks PE47
    if (on.ends.size >= this.at.limits.open.peer && !makeRoom(on, place)) return undefined;
    const tunnel = on.next;
    on.next += 2;
    let isLooking = false;
    const giveRoom = () => {
      const { owed } = end;
      if (owed === 0 || !on.ends.has(tunnel)) return;
      if (client.unread() > unreadMax) {
        if (isLooking) return;
        isLooking = true;
        this.at.clock.after(lookAgainMs, () => {
          isLooking = false;
          giveRoom();
        });
        return;
      }
      line.sendTunnel({ type: "tunnel-room", tunnel, bytes: owed });
      end.owed = 0;
      on.owed -= owed;
    };
    const end: End = {
      place,
      stop: (why) => {
        this.endHere(line, on, tunnel, why);
        client.over(why);
      },
      receive: (bytes) => {
        client.heard(bytes);
        if (!on.ends.has(tunnel)) return;
        end.owed += bytes.length;
        on.owed += bytes.length;
        giveRoom();
        // Before the other side ends one that is not theirs. @checks PE48
        if (on.owed > owedBytesMax) fullest(on, (one) => one.owed)?.stop("busy");
      },
      over: client.over,
      unread: 0,
      owed: 0,
      heardMs: this.at.clock.nowMs(),
    };
    on.ends.set(tunnel, end);
    line.sendTunnel({ type: "tunnel", tunnel });
    return {
      send: (bytes) => {
        const nowMs = this.at.clock.nowMs();
        end.heardMs = nowMs;
        const from = `${line.peer} ${prefix}`;
        // To the other server all who come from here are one. @checks PE47, PE59
        const mayGo =
          prefix === undefined || (this.records.take(from, nowMs) && this.bytes.take(from, nowMs, bytes.length));
        if (!mayGo || !this.send(line, on, tunnel, end, bytes)) end.stop("busy");
      },
      leave: () => this.endHere(line, on, tunnel),
    };
  }

  /** For a client of the other side. @throws MalformedError */
  private host(line: Line, on: OnLine, tunnel: number): void {
    // @checks PE48
    if (on.ends.has(tunnel) || tunnel % 2 === on.next % 2) throw new MalformedError("not a number of the other side");
    // Before a card is sent for it, or a key of its client's is looked at. @checks PE47
    if (on.ends.size >= this.at.limits.open.peer || !this.begun.take(line.peer, this.at.clock.nowMs())) {
      line.sendTunnel({ type: "tunnel-over", tunnel, why: "busy" });
      return;
    }
    let inside: TunnelEnd | undefined; // Its card is sent while it is made.
    const end: End = {
      stop: (why) => {
        this.endHere(line, on, tunnel, why);
        inside?.over();
      },
      receive: (bytes) => {
        inside?.receive(bytes);
        if (on.ends.has(tunnel)) line.sendTunnel({ type: "tunnel-room", tunnel, bytes: bytes.length });
      },
      over: () => inside?.over(),
      unread: 0,
      owed: 0,
      heardMs: this.at.clock.nowMs(),
    };
    on.ends.set(tunnel, end);
    inside = new TunnelEnd(this.at, this.at.card, `peer ${line.peer}`, {
      send: (record) => {
        // It asked on without reading. @checks PE48
        if (!this.send(line, on, tunnel, end, record)) end.stop("busy");
      },
      unread: () => end.unread,
      end: () => this.endHere(line, on, tunnel, "refused"),
    });
  }

  /** False: more is on its way than may be. */
  private send(line: Line, on: OnLine, tunnel: number, end: End, bytes: Bytes): boolean {
    if (on.ends.get(tunnel) !== end) return true; // not a check: it has ended, and nothing more of it leaves.
    // @checks PE48
    if (end.unread + bytes.length > tunnelLimits.oneBytes) return false;
    // Who holds most makes way, and not who comes next. @checks PE48
    while (on.unread + bytes.length > tunnelLimits.allBytes) {
      const most = fullest(on, (one) => one.unread + (one === end ? bytes.length : 0));
      // @checks PE48
      if (most === undefined || most === end) return false;
      most.stop("busy");
    }
    end.unread += bytes.length;
    on.unread += bytes.length;
    line.sendTunnel({ type: "through", tunnel, bytes });
    return true;
  }

  private endHere(line: Line, on: OnLine, tunnel: number, why: LineRefusal = "superseded"): void {
    if (!on.ends.has(tunnel)) return;
    this.forget(on, tunnel);
    line.sendTunnel({ type: "tunnel-over", tunnel, why });
  }
}

/** Of the place that holds most the tunnel that does. Each of another server's clients counts by itself. */
function fullest({ ends }: OnLine, held: (end: End) => number): End | undefined {
  const byPlace = new Map<string | End, number>();
  const of = (end: End) => end.place ?? end;
  for (const end of ends.values()) byPlace.set(of(end), (byPlace.get(of(end)) ?? 0) + held(end));
  let most: End | undefined;
  for (const end of ends.values()) {
    const more = most && (byPlace.get(of(end)) ?? 0) - (byPlace.get(of(most)) ?? 0);
    if (most === undefined || more === undefined || more > 0 || (more === 0 && held(end) > held(most))) most = end;
  }
  return most;
}

/** For one more of that place. */
function makeRoom({ ends }: OnLine, place: string): boolean {
  const oldest = makesWay(
    Array.from(ends.values(), (end) => [end, end.place]),
    place,
  );
  oldest?.stop("busy");
  return oldest !== undefined;
}
