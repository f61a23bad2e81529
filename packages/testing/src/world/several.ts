/**
 * Several: servers over one database in this process, as one service (docs/spec/simulation.md SIM13). Each asks the
 * database on a line of its own, which may break at any moment; what it commits, others may act upon before it knows
 * itself that it did; and that it was called by another it hears late, or not at all.
 */
import type { Log, ServerPorts } from "@yanshu/server";
import type { Ending, InsideDatabase, Line, PostgresInside } from "@yanshu/server/pglite";
import { concat } from "@yanshu/wire";
import type { Chance } from "./chance.ts";
import type { SimClock } from "./clock.ts";

export type SeveralOptions = {
  readonly count: number;
  readonly postgres: PostgresInside;
  /** A lie of each server's log (docs/spec/simulation.md SIM9). */
  readonly lie?: ((log: Log) => Log) | undefined;
};
type Ports = {
  readonly clock: SimClock;
  readonly chance: Chance;
  /** Lets another server than this do now what it is about to do. */
  readonly letOthersDo: (server: number) => void;
};
type Wake = NonNullable<ServerPorts["wake"]>;
type Cut = {
  readonly when: "before" | "after";
  /** Only one by which messages were taken. */
  readonly ofMessages: boolean;
  readonly awayMs: number;
};

/** How often another server comes between a commit and its answer, and how often nobody hears that they were called. */
const betweenShare = 0.2;
const unheardShare = 0.2;
const callMsMax = 400;

export class Several {
  readonly count: number;
  /** What stands in the database, seen from outside. */
  readonly log: Log;
  /** Nothing carries calls between the servers. */
  callsAreLost = false;
  private readonly database: InsideDatabase;
  private readonly ports: Ports;
  private readonly lie: (log: Log) => Log;
  private readonly lines = new Map<number, Line>();
  private readonly awayUntilMs = new Map<number, number>();
  private readonly cuts = new Map<number, Cut>();
  /** Objects in the servers' bucket. */
  private readonly objects = new Map<string, Uint8Array>();
  private readonly listening = new Map<number, () => void>();

  constructor({ count, postgres, lie = (log) => log }: SeveralOptions, ports: Ports) {
    this.count = count;
    this.ports = ports;
    this.lie = lie;
    this.database = postgres.database();
    this.log = this.database.open(this.options()).log;
  }

  /**
   * What a server is given that begins.
   *
   * @throws LogOpenError or LogAwayError while it does not reach the database.
   */
  portsOf(server: number): Pick<ServerPorts, "log" | "wake"> & { readonly blobs: NonNullable<ServerPorts["blobs"]> } {
    const { log, line } = this.database.open(this.options(), {
      trouble: (ending) => this.troubleOf(server, ending),
      committed: () => {
        if (this.ports.chance.next() < betweenShare) this.ports.letOthersDo(server);
      },
    });
    this.lines.set(server, line);
    return {
      log: this.lie(log),
      wake: this.wake(),
      blobs: { index: log.blobs, disk: this.bucket(log.blobs.parts), close: () => undefined },
    };
  }

  /** The server's process is gone. */
  ended(server: number): void {
    this.lines.get(server)?.close();
    this.lines.delete(server);
    this.cuts.delete(server);
  }

  /** The server's line breaks, and reaches the database no more for a while. */
  cut(server: number, awayMs: number): void {
    this.awayUntilMs.set(server, this.ports.clock.nowMs() + awayMs);
    this.lines.get(server)?.cut();
  }

  /** As `cut`, at the server's next commit: before the database has it, or before its answer is there. */
  cutAtCommit(server: number, cut: Cut): void {
    this.cuts.set(server, cut);
  }

  /** Every line is whole from now on. */
  mend(): void {
    this.awayUntilMs.clear();
    this.cuts.clear();
    this.callsAreLost = false;
  }

  rows(sql: string): readonly (readonly unknown[])[] {
    return this.database.rows(sql);
  }

  end(): void {
    for (const server of this.lines.keys()) this.ended(server);
    this.log.close();
    this.database.drop();
  }

  private options() {
    const { chance, clock } = this.ports;
    return { random: chance.bytes, nowMs: clock.nowMs };
  }

  private troubleOf(server: number, ending: Ending | undefined): Cut["when"] | undefined {
    const { clock } = this.ports;
    if (clock.nowMs() < (this.awayUntilMs.get(server) ?? 0)) return "before";
    const cut = this.cuts.get(server);
    if (cut === undefined || ending === undefined || (cut.ofMessages && !ending.takesMessages)) return undefined;
    this.cuts.delete(server);
    this.awayUntilMs.set(server, clock.nowMs() + cut.awayMs);
    return cut.when;
  }

  private wake(): Wake {
    const { clock, chance } = this.ports;
    let own: number | undefined;
    const leave = () => {
      if (own !== undefined) this.listening.delete(own);
    };
    return {
      call: (gateway) => {
        if (this.callsAreLost || chance.next() < unheardShare) return;
        clock.after(chance.below(callMsMax), () => this.listening.get(gateway)?.());
      },
      listen: (gateway, called) => {
        leave();
        own = gateway;
        this.listening.set(gateway, called);
      },
      close: async () => leave(),
    };
  }

  /** As a bucket is: an object a part, never written differently. */
  private bucket(partsOf: (id: string, from: number, to: number) => readonly { from: number; to: number }[]) {
    const nameOf = (id: string, from: number, to: number) => `${id}/${from}-${to}`;
    return {
      write: async (id: string, offset: number, bytes: Uint8Array) =>
        void this.objects.set(nameOf(id, offset, offset + bytes.length), Uint8Array.from(bytes)),
      read: async (id: string, offset: number, length: number) =>
        concat(
          ...partsOf(id, offset, offset + length).map(({ from, to }) =>
            (this.objects.get(nameOf(id, from, to)) ?? new Uint8Array()).slice(
              Math.max(offset, from) - from,
              Math.min(offset + length, to) - from,
            ),
          ),
        ),
      finish: async () => undefined,
      remove: async (id: string) => {
        for (const name of this.objects.keys()) if (name.startsWith(`${id}/`)) this.objects.delete(name);
      },
    };
  }
}
