/**
 * Peers: what servers that share one PostgreSQL database know of each other (docs/spec/delivery.md DS76–DS97). Table
 * `holds` has which server holds which device, table `calls` the messages between servers. Both are written in the
 * transaction that they are about, so that none is missing.
 */
import type { Address, Bytes, PostHash } from "@yanshu/wire";
import { keyOf } from "../../core/recent.ts";
import type { Ahead, CallKind, DeviceRef, Heard, HeardPush, PeerLog } from "../log.ts";
import { unpack } from "../sql/packed.ts";
import type { Result, Step } from "./channel.ts";
import { lockClass, type PostgresDatabase, type Self } from "./database.ts";
import { numbers, pieces } from "./statements.ts";

/** The shard of an envelope, and the bytes of its frame. */
export type Place = { readonly shard: number; readonly bytes: number };
type PlacedPush = HeardPush & { readonly place: Place };

/** Each number of the sequence stands for this many envelope ids. */
export const idsInBlock = 256;

type Asked = { readonly step: Step; readonly take: (result: Result) => void };

/** Bytes of a post's hash that are stored: enough to tell the posts of a quarter of an hour apart. */
const hashBytes = 16;

export class PostgresPeers {
  private readonly database: PostgresDatabase;
  private readonly self: Self;
  /** Caches, valid until the transaction ends. */
  private readonly taken = new Set<string>();
  private readonly elsewhere = new Map<DeviceRef, Set<number>>();
  private readonly calls = new Map<string, { readonly device: DeviceRef; readonly kind: CallKind }>();
  private deposits: Step[] = [];
  private readonly holders = new Map<DeviceRef, number | "many" | undefined>();
  /** By the number of another server: envelopes for which a list was written for it. */
  private readonly pushes = new Map<number, number[]>();
  private released: DeviceRef[] = [];
  private held: DeviceRef[] = [];
  private takes: Bytes[] = [];
  private waiting: Step[] = [];
  private hearing: Heard[] = [];
  /** Read by transactions of which it is not known whether they were committed. */
  private maybeHeard: Heard[] = [];
  /** How many of `maybeHeard` were read before the last of those transactions. */
  private surelyHeard = 0;
  private calledNow: readonly number[] = [];
  private idNow = 0;
  /** Read by committed transactions. */
  private heard: Heard[] = [];
  private toCall = new Set<number>();
  private respill: (device: DeviceRef, envelope: number, place: Place) => void = () => undefined;
  private forget: () => void = () => undefined;

  constructor(database: PostgresDatabase, self: Self) {
    this.database = database;
    this.self = self;
  }

  readonly log: PeerLog = {
    number: () => this.self.number,
    hold: (device) => {
      this.held.push(device);
      this.call(device, "superseded");
    },
    release: (device) => {
      this.released.push(device);
      for (const heard of this.hearing) {
        if (heard.kind !== "push" || !heard.devices.includes(device)) continue;
        heard.devices = heard.devices.filter((one) => one !== device);
        this.respill(device, heard.id, (heard as PlacedPush).place);
      }
      this.call(device, "messages");
    },
    isFree: (device) => (this.elsewhere.get(device)?.size ?? 0) === 0,
    isElsewhere: (device) =>
      this.ask("SELECT 1 FROM holds WHERE device = $1 AND gateway <> $2 LIMIT 1", device, this.self.number).length > 0,
    holder: (device) => (this.holders.has(device) ? this.holders.get(device) : "many"),
    call: (device, kind) => this.call(device, kind),
    living: (gateways) =>
      this.ask(
        `SELECT w.number FROM unnest($1::text::int4[]) AS w (number) WHERE NOT pg_try_advisory_xact_lock(${lockClass}, w.number)`,
        numbers(gateways),
      ).map(([number]) => number as number),
    openRendezvous: (address) =>
      void this.waiting.push({
        sql: "INSERT INTO rendezvous (address, gateway) VALUES ($1, $2) ON CONFLICT (address) DO UPDATE SET gateway = excluded.gateway",
        params: [address, this.self.number],
      }),
    closeRendezvous: (address) =>
      void this.waiting.push({
        sql: "DELETE FROM rendezvous WHERE address = $1 AND gateway = $2",
        params: [address, this.self.number],
      }),
    deposit: (address, frame) =>
      void this.deposits.push({
        sql: `INSERT INTO calls (gateway, what, address, frame) SELECT gateway, 'deposit', address, $2::bytea
              FROM rendezvous WHERE address = $1 AND gateway <> $3 RETURNING gateway`,
        params: [address, frame, this.self.number],
      }),
    isCalled: () =>
      this.ask(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM calls WHERE gateway = $1) OR NOT EXISTS (SELECT 1 FROM gateways WHERE number = $1)",
        this.self.number,
      ).length > 0,
    takeHeard: () => {
      const { heard } = this;
      this.heard = [];
      return heard;
    },
    takeCalled: () => {
      const { toCall } = this;
      this.toCall = new Set();
      return [...toCall];
    },
    unsent: (device, sent, limit) =>
      this.ask(
        `SELECT q.envelope, e.frame FROM queue q JOIN envelopes e ON e.id = q.envelope AND e.shard = q.shard
         WHERE q.device = $1 AND q.envelope <> ALL($2::text::int8[]) ORDER BY q.envelope LIMIT $3`,
        device,
        numbers(sent),
        limit,
      ).map(([id, frame]) => ({ id: id as number, frame: frame as Bytes })),
    wasTaken: (post) => this.taken.has(keyOf(shortened(post))),
    take: (post) => void this.takes.push(shortened(post)),
    forgetTaken: (beforeId) => void this.waiting.push({ sql: "DELETE FROM repeats WHERE id < $1", params: [beforeId] }),
    nextId: () => Number(this.ask("SELECT last_value FROM id_blocks")[0]?.[0]) * idsInBlock,
    secret: (name, made) =>
      this.database.transaction(() => {
        const insert = "INSERT INTO secrets (name, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        this.database.tell({ sql: insert, params: [name, made] });
        return this.ask("SELECT bytes FROM secrets WHERE name = $1", name)[0]?.[0] as Bytes;
      }),
    replaceSecret: (name, made) =>
      this.database.transaction(() =>
        this.database.tell({
          sql: "INSERT INTO secrets (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
          params: [name, made],
        }),
      ),
    onReplaced: (forget) => {
      this.forget = forget;
    },
  };

  aheadOf({ posts, arriving, envelopes, hears }: Ahead): readonly Asked[] {
    const asked: Asked[] = [];
    if (posts.length > 0) asked.push({ step: takenStep(posts), take: ({ rows }) => this.takeTaken(rows) });
    if (arriving.length > 0)
      asked.push({
        step: {
          sql: "SELECT device, gateway FROM holds WHERE device = ANY($1::text::int8[]) AND gateway <> $2",
          params: [numbers(arriving), this.self.number],
        },
        take: ({ rows }) => this.takeElsewhere(rows),
      });
    if (hears || envelopes + arriving.length > 0)
      asked.push({
        step: {
          sql: `WITH heard AS (DELETE FROM calls WHERE gateway = $1 RETURNING n, what, device, address, frame, envelopes)
                SELECT h.what, h.device, h.address, coalesce(e.frame, h.frame), l.envelope, l.shard, l.devices, l.waking
                FROM heard h LEFT JOIN LATERAL unnest(h.envelopes) AS w (id) ON true
                LEFT JOIN lists l ON l.gateway = $1 AND l.envelope = w.id
                LEFT JOIN envelopes e ON e.id = l.envelope AND e.shard = l.shard ORDER BY h.n, w.id`,
          params: [this.self.number],
        },
        take: ({ rows }) => {
          for (const row of rows) {
            const heard = heardOf(row);
            if (heard !== undefined) this.hearing.push(heard);
          }
        },
      });
    return asked;
  }

  /** @param first the first envelope id that the transaction reserved. */
  begins(first: number): void {
    this.idNow = first;
  }

  /**
   * @param spills adds a queue row for a message that was read from another server for a device that leaves this one.
   */
  spillWith(spills: (device: DeviceRef, envelope: number, place: Place) => void): void {
    this.respill = spills;
  }

  holdersAre(device: DeviceRef, count: number, gateway: number): void {
    this.holders.set(device, count === 0 ? undefined : count === 1 ? gateway : "many");
  }

  /** Notes that a list of this envelope was written for another server. */
  pushesTo(gateway: number, envelope: number): void {
    const known = this.pushes.get(gateway);
    if (known === undefined) this.pushes.set(gateway, [envelope]);
    else known.push(envelope);
  }

  /** The pushes that this transaction read; this server has their lists now. */
  heardNow(): readonly PlacedPush[] {
    return this.hearing.filter((heard): heard is PlacedPush => heard.kind === "push");
  }

  isAnyElsewhere(): boolean {
    return this.elsewhere.size > 0;
  }

  hears(heard: Heard): void {
    this.hearing.push(heard);
  }

  /** A queue row was added for a device that may be connected to any server: tells all that hold it, and this one. */
  tells(device: DeviceRef): void {
    this.hears({ kind: "messages", device });
    this.call(device, "messages");
  }

  inDoubt(): void {
    this.surelyHeard = this.maybeHeard.length;
    this.maybeHeard.push(...this.hearing);
  }

  /** The last transaction in doubt was not committed: what it read is still in the table, and is read again. */
  undone(): void {
    this.maybeHeard = this.maybeHeard.slice(0, this.surelyHeard);
  }

  /** The transactions in doubt were committed: what they read is deleted from the table, so it is kept here. */
  revive(): void {
    this.hearing.push(...this.maybeHeard);
  }

  /** Deletes ended servers with what they held and the messages to them, and passes on what those were about. */
  bury(dead: readonly number[]): void {
    const gone = (table: string, column: string, returning: string): Step => ({
      sql: `DELETE FROM ${table} WHERE ${column} = ANY($1::text::int4[]) RETURNING ${returning}`,
      params: [numbers(dead)],
    });
    const [calls, holds] = this.database.askAll([
      gone("calls", "gateway", "what, device"),
      gone("holds", "gateway", "device, gateway"),
      gone("rendezvous", "gateway", "1"),
      gone("gateways", "number", "1"),
    ]);
    // Corrects what this transaction looked up before.
    for (const [device, holder] of this.holders)
      if (typeof holder === "number" && dead.includes(holder)) this.holders.set(device, undefined);
    for (const [what, device] of calls?.rows ?? [])
      if (what === "waking") this.hears({ kind: "left", device: device as number });
    for (const [device, gateway] of (holds?.rows ?? []) as readonly (readonly [number, number])[]) {
      this.elsewhere.get(device)?.delete(gateway);
      this.call(device, "messages");
      this.hears({ kind: "messages", device });
    }
  }

  drain(): readonly Step[] {
    const own = this.self.number;
    const steps = [...this.waiting];
    const device = "unnest($1::text::int8[])";
    if (this.released.length > 0)
      steps.push({
        sql: `DELETE FROM holds h USING ${device} AS w (device) WHERE h.device = w.device AND h.gateway = $2`,
        params: [numbers(this.released), own],
      });
    if (this.held.length > 0)
      steps.push({
        sql: `INSERT INTO holds (device, gateway) SELECT DISTINCT w.device, $2::int4 FROM ${device} AS w (device) ON CONFLICT DO NOTHING`,
        params: [numbers(this.held), own],
      });
    if (this.takes.length > 0) steps.push(takes(this.takes, this.idNow));
    this.letGo();
    return steps;
  }

  private letGo(): void {
    this.waiting = [];
    this.released = [];
    this.held = [];
    this.takes = [];
  }

  calling(): readonly Step[] {
    const others = Array.from(
      this.pushes,
      ([gateway, envelopes]): Step => ({
        sql: "INSERT INTO calls (gateway, what, envelopes) VALUES ($1, 'pushes', $2::text::int8[]) RETURNING gateway",
        params: [gateway, numbers(envelopes)],
      }),
    );
    const deposits = [...this.deposits, ...others];
    if (this.calls.size === 0) return deposits;
    const all = [...this.calls.values()];
    const step: Step = {
      sql: `INSERT INTO calls (gateway, device, what) SELECT h.gateway, w.device, w.what
            FROM unnest($1::text::int8[], $2::text::text[]) AS w (device, what)
            JOIN holds h ON h.device = w.device AND h.gateway <> $3 ORDER BY h.device RETURNING gateway`,
      params: [numbers(all.map((each) => each.device)), `{${all.map(({ kind }) => kind).join(",")}}`, this.self.number],
    };
    return [...deposits, step];
  }

  called(rows: Result["rows"]): void {
    this.calledNow = rows.map(([gateway]) => gateway as number);
  }

  ended(isCommitted: boolean): void {
    if (isCommitted) {
      this.maybeHeard = [];
      this.heard.push(...this.hearing);
      for (const gateway of this.calledNow) this.toCall.add(gateway);
    }
    for (const memory of [this.taken, this.elsewhere, this.calls, this.holders, this.pushes]) memory.clear();
    this.letGo();
    this.deposits = [];
    this.hearing = [];
    this.calledNow = [];
    this.idNow = 0;
  }

  /** Other servers took this one for dead. */
  replaced(): void {
    this.heard = [];
    this.forget();
  }

  private call(device: DeviceRef, kind: CallKind): void {
    this.calls.set(`${kind} ${device}`, { device, kind });
  }

  private takeTaken(rows: Result["rows"]): void {
    for (const [hash] of rows) this.taken.add(keyOf(hash as Bytes));
  }

  private takeElsewhere(rows: Result["rows"]): void {
    for (const [device, gateway] of rows as readonly (readonly [number, number])[]) {
      const known = this.elsewhere.get(device);
      if (known === undefined) this.elsewhere.set(device, new Set([gateway]));
      else known.add(gateway);
    }
  }

  private ask(sql: string, ...params: (number | string)[]): Result["rows"] {
    return this.database.ask({ sql, params }).rows;
  }
}

function shortened(post: PostHash): Bytes {
  return post.slice(0, hashBytes);
}

/** A row of `calls` as read; undefined if its envelope was deleted meanwhile. */
function heardOf([what, device, address, frame, id, shard, devices, waking]: readonly unknown[]): Heard | undefined {
  if (what === "deposit") return { kind: "deposit", address: address as Address, frame: frame as Bytes };
  if (what !== "pushes") return { kind: what as CallKind, device: device as number };
  if (frame === null || id === null) return undefined;
  const place: Place = { shard: shard as number, bytes: (frame as Bytes).length };
  const push = {
    id: id as number,
    frame: frame as Bytes,
    devices: [...unpack(devices as Bytes)],
    waking: waking as number,
  };
  return { kind: "push", ...push, place } satisfies PlacedPush as Heard;
}

function takenStep(posts: readonly PostHash[]): Step {
  const [bytes, from, lengths] = pieces(posts.map(shortened));
  return {
    sql: `SELECT r.hash FROM unnest($2::text::int4[], $3::text::int4[]) AS w (at, length)
          JOIN repeats r ON r.hash = substring($1::bytea FROM w.at FOR w.length)`,
    params: [bytes, from, lengths],
  };
}

function takes(posts: readonly Bytes[], id: number): Step {
  const [bytes, from, lengths] = pieces(posts);
  return {
    sql: `INSERT INTO repeats (hash, id) SELECT substring($1::bytea FROM w.at FOR w.length), $4::int8
          FROM unnest($2::text::int4[], $3::text::int4[]) AS w (at, length)`,
    params: [bytes, from, lengths, id],
  };
}
