/**
 * Delivery's half of the PostgreSQL log (DS19, DS72–DS74). A transaction fetches what it needs together at its
 * beginning, caches it until its end, and gathers its writes (gathered.ts), which are sent with the commit.
 */
import type { Address, Bytes, GateId } from "@yanshu/wire";
import { keyOf } from "../../core/recent.ts";
import { runsOf } from "../../core/runs.ts";
import type { Ahead, DeliveryLog, DeviceRef, Elsewhere, GateRow, QueuedFrame } from "../log.ts";
import { pack, unpack } from "../sql/packed.ts";
import type { Result, Step } from "./channel.ts";
import { type Gathering, lockClass, messagesLock, type PostgresDatabase, type Self } from "./database.ts";
import { gateOf, gatesStep, shardOf } from "./gate-rows.ts";
import { Gathered, stepsOf } from "./gathered.ts";
import { idsInBlock, type Place, type PostgresPeers } from "./peers.ts";
import { numbers, pieces } from "./statements.ts";

type End = { readonly device: DeviceRef; readonly wakes: boolean };
/**
 * `isList`: another server accepted the envelope and wrote a list for this one. `isAlone`: only this server's own
 * packed list refers to the envelope.
 */
type Known = Place & { readonly isList: boolean; isAlone: boolean };
type Size = { count: number; bytes: number };

export class PostgresDelivery implements Gathering {
  private readonly database: PostgresDatabase;
  private readonly self: Self;
  private readonly peers: PostgresPeers;
  private gathered = new Gathered();
  /** Caches, valid until the transaction ends. */
  private readonly gates = new Map<string, GateRow | undefined>();
  private readonly ends = new Map<string, End | undefined>();
  private readonly sizes = new Map<DeviceRef, Size>();
  /** Envelopes that this server is pushing, so that they need no query. */
  private readonly places = new Map<number, Known>();
  private readonly putNow: number[] = [];
  private readonly finishedNow: number[] = [];
  /** Ids that the transaction reserved and did not give out yet. */
  private ids: number[] = [];
  /** How the transaction holds the messages lock: not, shared, or exclusive. */
  private holds: "nothing" | "with others" | "alone" = "nothing";
  /** Another server ended: the next transaction takes the messages lock exclusively and cleans up after it. */
  private buriesNext = false;
  private looked = false;

  constructor(database: PostgresDatabase, self: Self, peers: PostgresPeers) {
    this.database = database;
    this.self = self;
    this.peers = peers;
    peers.spillWith((device, envelope, place) => this.gathered.spilled.push({ device, envelope, ...place }));
  }

  /**
   * Locks the gates first: later reads then see all that was posted to them before, and ids that are reserved later are
   * higher (DS76). Then takes the messages lock: shared, or exclusive if a device moves. So no server writes for a
   * device at a server that it has left, or misses that it has come.
   */
  lookAhead(ahead: Ahead): void {
    this.looked = true;
    const wanted = distinct(ahead.gates);
    const named = distinct(ahead.addresses);
    const asked: { readonly step: Step; readonly take: (result: Result) => void }[] = [];
    if (wanted.length > 0) asked.push({ step: gatesStep(wanted), take: ({ rows }) => this.takeGates(wanted, rows) });
    const isAlone = ahead.moves || this.buriesNext;
    if (isAlone) asked.push({ step: alone, take: () => undefined });
    if (ahead.envelopes > 0)
      asked.push({ step: idsTaken(ahead.envelopes, !isAlone), take: ({ rows }) => this.takeIds(rows) });
    if (named.length > 0)
      asked.push({ step: endsStep(named, this.self.number), take: ({ rows }) => this.takeEnds(named, rows) });
    asked.push(...this.peers.aheadOf(ahead));
    if (asked.length === 0) return;
    const results = this.database.askAll(asked.map(({ step }) => step));
    for (const [i, { take }] of asked.entries()) take(results[i] as Result);
    if (isAlone) this.holds = "alone";
    else if (ahead.envelopes > 0) this.holds = "with others";
    if (this.peers.isAnyElsewhere() || this.buriesNext) this.recover();
  }

  private takeGates(wanted: readonly GateId[], rows: Result["rows"]): void {
    for (const id of wanted) this.gates.set(keyOf(id), undefined);
    for (const row of rows) this.gates.set(keyOf(row[0] as Bytes), gateOf(row));
  }

  private takeEnds(named: readonly Address[], rows: Result["rows"]): void {
    for (const address of named) this.ends.set(keyOf(address), undefined);
    for (const [address, device, wakes, holders, gateway] of rows) {
      this.ends.set(keyOf(address as Bytes), { device: device as number, wakes: wakes === 1 });
      this.peers.holdersAre(device as number, holders as number, gateway as number);
    }
  }

  private takeIds(rows: Result["rows"]): void {
    this.ids = rows.flatMap(([block]) => idsOf(Number(block))).reverse();
    this.peers.begins(this.ids.at(-1) as number);
  }

  calling(): readonly Step[] {
    return this.peers.calling();
  }

  called(rows: Result["rows"]): void {
    this.peers.called(rows);
  }

  inDoubt(): readonly number[] {
    this.peers.inDoubt();
    return [...this.putNow];
  }

  undone(): void {
    this.peers.undone();
  }

  /** Other servers took this one for dead, and turned all that it was pushing into queue rows. */
  replaced(): void {
    this.places.clear();
  }

  revive(envelopes: readonly number[]): void {
    this.peers.revive();
    this.spread(`p.gateway = ${this.self.number} AND p.envelope = ANY($1::text::int8[])`, envelopes);
  }

  ended(isCommitted: boolean): void {
    this.gathered = new Gathered();
    this.gates.clear();
    this.forgetAddresses();
    this.ids = [];
    this.holds = "nothing";
    this.looked = false;
    if (isCommitted)
      for (const { id, place } of this.peers.heardNow())
        this.places.set(id, { ...place, isList: true, isAlone: false });
    this.peers.ended(isCommitted);
    for (const id of isCommitted ? this.finishedNow : this.putNow) this.places.delete(id);
    this.putNow.length = 0;
    this.finishedNow.length = 0;
  }

  drain(): readonly Step[] {
    const gathered = this.gathered;
    this.gathered = new Gathered();
    return [...stepsOf(gathered, this.self.number), ...this.peers.drain()];
  }

  /** The accounts' half of the log gave an address to a device. */
  addressAdded(address: Address, device: DeviceRef): void {
    if (this.database.isInTransaction()) this.ends.set(keyOf(address), { device, wakes: false });
  }

  /** The accounts' half of the log changes addresses or queues: drops what is cached of them. */
  forgetAddresses(): void {
    this.ends.clear();
    this.sizes.clear();
  }

  addressEnd(address: Address): End | undefined {
    const key = keyOf(address);
    if (this.database.isInTransaction() && this.ends.has(key)) return this.ends.get(key);
    const { rows } = this.database.ask({
      sql: "SELECT device, wakes FROM addresses WHERE address = $1",
      params: [address],
    });
    const row = rows[0];
    const end = row && { device: row[0] as number, wakes: row[1] === 1 };
    if (this.database.isInTransaction()) this.ends.set(key, end);
    return end;
  }

  readonly log: DeliveryLog = {
    gate: (id) => this.gate(id),
    putGate: (gate) => {
      const key = keyOf(gate.id);
      const isNew = this.gate(gate.id) === undefined || this.gathered.newGates.has(key);
      this.gates.set(key, gate);
      (isNew ? this.gathered.newGates : this.gathered.gates).set(key, gate);
    },
    dropGates: (usedBeforeDay) => {
      this.gates.clear();
      return this.run("DELETE FROM gates WHERE used_day < $1", usedBeforeDay);
    },
    reserveIds: (count) => {
      if (count === 1 && this.ids.length > 0) return this.ids.pop() as number;
      if (count > idsInBlock) throw new Error(`invariant: at most ${idsInBlock} ids follow one another`);
      return Number(this.database.ask(idsTaken(1)).rows[0]?.[0]) * idsInBlock;
    },
    markDay: (day, firstId) => {
      this.one("SELECT id FROM server FOR UPDATE");
      const known = this.one("SELECT min(first_id) FROM days WHERE day >= $1", day);
      this.run("DELETE FROM days WHERE day >= $1", day);
      this.run("INSERT INTO days (day, first_id) VALUES ($1, $2)", day, Math.min(Number(known ?? firstId), firstId));
    },
    lastDay: () => numberOrNone(this.one("SELECT max(day) FROM days")),
    put: (id, frame, packed, rows, by, elsewhere) => this.put(id, frame, packed, rows, by, elsewhere),
    finishPacked: (first, last) => {
      const ids = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      for (const [id, { shard, isList, isAlone }] of this.placesOf(ids)) {
        if (isList) this.gathered.finishedLists.push({ gateway: this.self.number, envelope: id, shard });
        else this.gathered.finished.push({ id, shard, isAlone });
        this.finishedNow.push(id);
      }
    },
    spill: (device, ids) => this.spill(device, ids),
    ack: (device, first, last, sent) => {
      this.sizes.clear();
      if (sent === undefined) {
        this.gathered.ackedBy.add(device);
        this.gathered.acked.push({ device, first, last });
      } else
        for (const { first: from, last: to } of runsOf(sent))
          this.gathered.acked.push({ device, first: from, last: to });
    },
    backlog: (device, afterId, limit) =>
      this.all(
        `SELECT q.envelope, e.frame FROM queue q JOIN envelopes e ON e.id = q.envelope AND e.shard = q.shard
         WHERE q.device = $1 AND q.envelope > $2 ORDER BY q.envelope LIMIT $3`,
        device,
        afterId,
        limit,
      ).map(([id, frame]): QueuedFrame => ({ id: id as number, frame: frame as Bytes })),
    queueLength: (device) => this.size(device).count,
    queueBytes: (device) => this.size(device).bytes,
    recover: () => this.recover(),
    expire: (day) => this.expire(day),
  };

  private gate(id: GateId): GateRow | undefined {
    const key = keyOf(id);
    if (this.gates.has(key)) return this.gates.get(key);
    const isInside = this.database.isInTransaction();
    const row = this.database.ask(gatesStep([id], isInside)).rows[0];
    const gate = row && gateOf(row);
    if (isInside) this.gates.set(key, gate);
    return gate;
  }

  private put(
    id: number,
    frame: Bytes,
    packed: readonly DeviceRef[],
    rows: readonly DeviceRef[],
    by?: Bytes,
    elsewhere: ReadonlyMap<number, Elsewhere> = nowhere,
  ): void {
    if (this.gathered.ackedBy.size > 0 && rows.some((device) => this.gathered.ackedBy.has(device))) this.runNow();
    const shard = by === undefined ? 0 : shardOf(by);
    const place = { shard, bytes: frame.length };
    const { envelopes, pending, lists, rows: queued } = this.gathered;
    envelopes.push({ id, shard, frame });
    const count = rows.length + elsewhere.size + Number(packed.length > 0);
    pending.push({ id, shard, count, devices: pack(packed) });
    for (const [gateway, { devices, waking }] of elsewhere) {
      lists.push({ gateway, envelope: id, shard, devices: pack(devices), waking });
      this.peers.pushesTo(gateway, id);
    }
    for (const device of rows) {
      queued.push({ device, envelope: id, ...place });
      const size = this.sizes.get(device);
      if (size !== undefined) this.sizes.set(device, { count: size.count + 1, bytes: size.bytes + frame.length });
    }
    if (packed.length === 0) return;
    this.places.set(id, { ...place, isList: false, isAlone: count === 1 });
    this.putNow.push(id);
  }

  private spill(device: DeviceRef, ids: readonly number[]): void {
    this.sizes.clear();
    const places = this.placesOf(ids);
    if (this.gathered.ackedBy.has(device)) this.runNow();
    for (const [envelope, place] of places) {
      place.isAlone = false;
      this.gathered.spilled.push({ device, envelope, shard: place.shard, bytes: place.bytes });
    }
  }

  /**
   * Where these envelopes are stored, for those that exist. Only envelopes that this server did not put are queried.
   */
  private placesOf(ids: readonly number[]): ReadonlyMap<number, Known> {
    const unknown = ids.filter((id) => !this.places.has(id));
    const looked = unknown.length === 0 ? undefined : this.look(unknown);
    const found = new Map<number, Known>();
    for (const id of ids) {
      const place = this.places.get(id) ?? looked?.get(id);
      if (place !== undefined) found.set(id, place);
    }
    return found;
  }

  /** Sends the gathered writes before those that follow. */
  private runNow(): void {
    for (const step of this.drain()) this.database.tell(step);
  }

  private look(ids: readonly number[]): ReadonlyMap<number, Known> {
    const rows = this.database.peek({
      sql: `SELECT p.envelope, p.shard, octet_length(e.frame), l.envelope IS NULL
       FROM pending p JOIN envelopes e ON e.id = p.envelope AND e.shard = p.shard
       LEFT JOIN lists l ON l.gateway = $2 AND l.envelope = p.envelope WHERE p.envelope = ANY($1::text::int8[])`,
      params: [numbers(ids), this.self.number],
    }).rows as readonly (readonly [number, number, number, boolean])[];
    return new Map(rows.map(([id, shard, bytes, isOwn]) => [id, { shard, bytes, isList: !isOwn, isAlone: false }]));
  }

  /** The size of a device's queue. Also counts all other devices looked up so far: they will be asked for next. */
  private size(device: DeviceRef): Size {
    const known = this.sizes.get(device);
    if (known !== undefined) return known;
    const isInside = this.database.isInTransaction();
    const wanted = new Set([device]);
    if (isInside) for (const end of this.ends.values()) if (end !== undefined) wanted.add(end.device);
    const { rows } = this.database.peek({
      sql: `SELECT device, count(*), sum(bytes)::int8 FROM queue WHERE device = ANY($1::text::int8[]) GROUP BY device`,
      params: [numbers([...wanted].filter((one) => !this.sizes.has(one)))],
    });
    const sizes = new Map(rows.map(([one, count, bytes]) => [one as number, { count, bytes } as Size]));
    for (const { device: one, bytes } of [...this.gathered.rows, ...this.gathered.spilled]) {
      const { count, bytes: before } = sizes.get(one) ?? nothing;
      sizes.set(one, { count: count + 1, bytes: before + bytes });
    }
    if (isInside) for (const one of wanted) if (!this.sizes.has(one)) this.sizes.set(one, sizes.get(one) ?? nothing);
    return sizes.get(device) ?? nothing;
  }

  /**
   * Cleans up after servers that ended (DS79). Does nothing just after the database was away: servers that live may not
   * have connected to it again yet.
   */
  private recover(): number {
    this.sizes.clear();
    this.buriesNext = false;
    if (this.database.wasAway(graceMs)) return 0;
    const dead = this.all(
      `SELECT number FROM gateways WHERE number <> $1 AND pg_try_advisory_xact_lock(${lockClass}, number) ORDER BY number`,
      this.self.number,
    ).map(([number]) => number as number);
    if (dead.length === 0) return 0;
    if (this.looked && this.holds !== "alone") {
      // Taking the lock exclusively while holding rows may deadlock, so the next transaction does it at its beginning.
      this.buriesNext = true;
      return 0;
    }
    if (this.holds === "nothing") this.database.ask(alone);
    this.holds = "alone";
    const count = this.spread("p.gateway = ANY($1::text::int4[])", dead) + this.spreadLists(dead);
    this.peers.bury(dead);
    return count;
  }

  /** Turns packed lists into queue rows. Returns the number of lists. */
  private spread(which: string, given: readonly number[]): number {
    const lists = this.all(
      `SELECT p.envelope, p.shard, octet_length(e.frame), p.devices
       FROM pending p JOIN envelopes e ON e.id = p.envelope AND e.shard = p.shard
       WHERE ${which} AND p.devices IS NOT NULL ORDER BY p.envelope FOR NO KEY UPDATE OF p`,
      numbers(given),
    );
    const { spilled, finished } = this.gathered;
    for (const [id, shard, bytes, devices] of lists as [number, number, number, Bytes][]) {
      for (const device of unpack(devices)) {
        spilled.push({ device, envelope: id, shard, bytes });
        this.peers.tells(device);
      }
      finished.push({ id, shard, isAlone: false });
    }
    return lists.length;
  }

  /**
   * Turns lists that others wrote for ended servers into queue rows. Devices that these messages wake are woken by the
   * server that cleans up.
   */
  private spreadLists(gateways: readonly number[]): number {
    const lists = this.all(
      `SELECT l.gateway, l.envelope, l.shard, octet_length(e.frame), l.devices, l.waking
       FROM lists l JOIN envelopes e ON e.id = l.envelope AND e.shard = l.shard
       WHERE l.gateway = ANY($1::text::int4[]) ORDER BY l.envelope FOR UPDATE OF l`,
      numbers(gateways),
    ) as readonly (readonly [number, number, number, number, Bytes, number])[];
    const { spilled, finishedLists } = this.gathered;
    for (const [gateway, envelope, shard, bytes, devices, waking] of lists) {
      for (const [i, device] of unpack(devices).entries()) {
        spilled.push({ device, envelope, shard, bytes });
        this.peers.tells(device);
        if (i < waking) this.peers.hears({ kind: "left", device });
      }
      finishedLists.push({ gateway, envelope, shard });
    }
    return lists.length;
  }

  private expire(day: number): { device: DeviceRef; count: number }[] {
    this.sizes.clear();
    const firstKept = this.one("SELECT first_id FROM days WHERE day >= $1 ORDER BY day LIMIT 1", day);
    if (firstKept === undefined) return [];
    const lost = this.all(
      `WITH gone AS (DELETE FROM queue WHERE envelope < $1 RETURNING device) SELECT device, count(*) FROM gone GROUP BY device`,
      firstKept as number,
    );
    this.run("DELETE FROM pending WHERE envelope < $1", firstKept as number);
    this.run("DELETE FROM lists WHERE envelope < $1", firstKept as number);
    this.run("DELETE FROM envelopes WHERE id < $1", firstKept as number);
    this.run("DELETE FROM days WHERE day < $1", day);
    return lost.map(([device, count]) => ({ device: device as number, count: count as number }));
  }

  private all(sql: string, ...params: (number | string)[]): readonly (readonly unknown[])[] {
    return this.database.ask({ sql, params }).rows;
  }

  private one(sql: string, ...params: (number | string)[]): unknown {
    return this.all(sql, ...params)[0]?.[0] ?? undefined;
  }

  private run(sql: string, ...params: number[]): number {
    return this.database.ask({ sql, params }).count;
  }
}

const nothing: Size = { count: 0, bytes: 0 };
const nowhere: ReadonlyMap<number, Elsewhere> = new Map();
/** Every live server queries the database at least once within this time. */
const graceMs = 5_000;

const alone: Step = { sql: `SELECT pg_advisory_xact_lock(${messagesLock})`, params: [] };

/**
 * Reserves blocks of ids from a sequence, which never waits.
 *
 * @param isWithOthers also takes the messages lock, shared.
 */
function idsTaken(count: number, isWithOthers = false): Step {
  const lock = isWithOthers ? `, pg_advisory_xact_lock_shared(${messagesLock})` : "";
  return {
    sql: `SELECT nextval('id_blocks')${lock} FROM generate_series(1, $1::int4)`,
    params: [Math.ceil(count / idsInBlock)],
  };
}

function idsOf(block: number): readonly number[] {
  return Array.from({ length: idsInBlock }, (_, i) => block * idsInBlock + i);
}

/** Looks up addresses, with the number of other servers that hold each device, and one of these servers. */
function endsStep(addresses: readonly Address[], own: number): Step {
  const [bytes, from, lengths] = pieces(addresses);
  return {
    sql: `SELECT a.address, a.device, a.wakes, h.count, h.gateway FROM unnest($2::text::int4[], $3::text::int4[]) AS w (at, length)
          JOIN addresses a ON a.address = substring($1::bytea FROM w.at FOR w.length)
          CROSS JOIN LATERAL (SELECT count(*)::int4 AS count, min(gateway) AS gateway FROM holds WHERE device = a.device AND gateway <> $4) AS h`,
    params: [bytes, from, lengths, own],
  };
}

function distinct(all: readonly Bytes[]): readonly Bytes[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function numberOrNone(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}
