/**
 * Gathered: the writes of one transaction to messages, and the statements for them: one for each kind of write, however
 * many rows (DS72).
 *
 * They run in the order: puts, spills, acknowledgements, finished lists. They may have been made in another order, but
 * then for different envelopes. Where the order matters, for a device that acknowledged all that it had, the gathered
 * writes are run before more are gathered.
 */
import type { Bytes } from "@yanshu/wire";
import type { DeviceRef, GateRow } from "../log.ts";
import type { Step } from "./channel.ts";
import { gatesChanged, gatesMade } from "./gate-rows.ts";
import { idsInBlock, type Place } from "./peers.ts";
import { numbers, pieces } from "./statements.ts";

type Finished = { readonly id: number; readonly shard: number; readonly isAlone: boolean };
type QueueRow = { readonly device: DeviceRef; readonly envelope: number } & Place;
type Envelope = { readonly id: number; readonly shard: number; readonly frame: Bytes };
type ListRow = { readonly gateway: number; readonly envelope: number; readonly shard: number };
type List = ListRow & { readonly devices: Bytes; readonly waking: number };
type Packed = { readonly id: number; readonly shard: number; readonly count: number; readonly devices: Bytes };
type Acked = { readonly device: DeviceRef; readonly first: number; readonly last: number };

export class Gathered {
  readonly newGates = new Map<string, GateRow>();
  readonly gates = new Map<string, GateRow>();
  readonly envelopes: Envelope[] = [];
  readonly pending: Packed[] = [];
  readonly lists: List[] = [];
  readonly rows: QueueRow[] = [];
  readonly spilled: QueueRow[] = [];
  readonly acked: Acked[] = [];
  readonly ackedBy = new Set<DeviceRef>();
  readonly finished: Finished[] = [];
  readonly finishedLists: ListRow[] = [];
}

export function stepsOf(all: Gathered, gateway: number): readonly Step[] {
  const steps: Step[] = [];
  if (all.newGates.size > 0) steps.push(gatesMade([...all.newGates.values()]));
  if (all.gates.size > 0) steps.push(gatesChanged([...all.gates.values()]));
  if (all.envelopes.length > 0) steps.push(...envelopesPut(all, gateway));
  if (all.lists.length > 0) steps.push(listsPut(all.lists));
  steps.push(...heldInOrder(all));
  if (all.spilled.length > 0) steps.push(rowsSpilled(all.spilled));
  if (all.acked.length > 0) steps.push(rowsAcked(all.acked));
  if (all.finished.length > 0) steps.push(...listsFinished(all.finished));
  if (all.finishedLists.length > 0) steps.push(...otherListsFinished(all.finishedLists));
  const others = all.finished.filter(({ isAlone }) => !isAlone).length;
  if (all.acked.length + others + all.finishedLists.length > 0) steps.push(sweep);
  return steps;
}

/**
 * Locks the `pending` rows that several statements change, in the order of envelopes: otherwise two servers that each
 * finish what the other accepted would deadlock. Also locks those of spilled envelopes, so that none is deleted while
 * its queue rows are added.
 */
function heldInOrder({ spilled, acked, finished, finishedLists }: Gathered): readonly Step[] {
  const kinds = [
    spilled.map(({ envelope }) => envelope),
    acked.flatMap(({ first, last }) =>
      last - first < idsInBlock ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [],
    ),
    finished.flatMap(({ id, isAlone }) => (isAlone ? [] : [id])),
    finishedLists.map(({ envelope }) => envelope),
  ].filter(({ length }) => length > 0);
  if (kinds.length < 2 && spilled.length === 0) return [];
  return [
    {
      sql: "SELECT 1 FROM pending WHERE envelope = ANY($1::text::int8[]) ORDER BY envelope FOR NO KEY UPDATE",
      params: [numbers(kinds.flat())],
    },
  ];
}

function envelopesPut({ envelopes, pending, rows }: Gathered, gateway: number): readonly Step[] {
  const [frames, from, lengths] = pieces(envelopes.map(({ frame }) => frame));
  const [devices, at, size] = pieces(pending.map((one) => one.devices));
  const counts = numbers(pending.map(({ count }) => count));
  const ids = numbers(envelopes.map(({ id }) => id));
  const shards = numbers(envelopes.map(({ shard }) => shard));
  return [
    {
      sql: `WITH w AS (SELECT id, shard, starts, length, count, at, size FROM unnest($4::text::int8[], $5::text::int4[], $6::text::int4[], $7::text::int4[], $8::text::int4[],
              $9::text::int4[], $10::text::int4[]) AS u (id, shard, starts, length, count, at, size)),
            kept AS (INSERT INTO envelopes (id, shard, frame)
              SELECT w.id, w.shard, substring($1::bytea FROM w.starts FOR w.length) FROM w)
            INSERT INTO pending (envelope, shard, count, gateway, devices)
            SELECT w.id, w.shard, w.count, CASE WHEN w.size > 0 THEN $3::int4 END,
              CASE WHEN w.size > 0 THEN substring($2::bytea FROM w.at FOR w.size) END FROM w`,
      params: [frames, devices, gateway, ids, shards, from, lengths, counts, at, size],
    },
    ...(rows.length === 0
      ? []
      : [{ sql: `INSERT INTO queue (device, envelope, shard, bytes) ${rowsGiven}`, params: rowParams(rows) }]),
  ];
}

const rowsGiven = `SELECT device, envelope, shard, bytes
  FROM unnest($1::text::int8[], $2::text::int8[], $3::text::int4[], $4::text::int4[]) AS w (device, envelope, shard, bytes)`;

function rowParams(rows: readonly QueueRow[]): readonly string[] {
  return [
    numbers(rows.map(({ device }) => device)),
    numbers(rows.map(({ envelope }) => envelope)),
    numbers(rows.map(({ shard }) => shard)),
    numbers(rows.map(({ bytes }) => bytes)),
  ];
}

/** SQL that changes `pending.count` by the rows in `from`. Rows are locked in the order of envelopes, as everywhere. */
function counted(change: string, from: string): string {
  return `changed AS (SELECT envelope, shard, count(*)::int AS n FROM ${from} GROUP BY envelope, shard),
    held AS MATERIALIZED (SELECT p.envelope, p.shard, c.n FROM pending p JOIN changed c ON c.envelope = p.envelope AND c.shard = p.shard
      ORDER BY p.envelope FOR NO KEY UPDATE OF p)
    UPDATE pending p SET count = p.count ${change} h.n FROM held h WHERE p.envelope = h.envelope AND p.shard = h.shard`;
}

/**
 * Adds queue rows, but none for an envelope that no longer exists: the device may have fetched it at another server
 * after a commit whose outcome this server did not learn (DS212).
 */
function rowsSpilled(rows: readonly QueueRow[]): Step {
  return {
    sql: `WITH added AS (INSERT INTO queue (device, envelope, shard, bytes) ${rowsGiven}
            WHERE EXISTS (SELECT 1 FROM pending p WHERE p.envelope = w.envelope AND p.shard = w.shard)
            ON CONFLICT (device, envelope) DO NOTHING RETURNING envelope, shard), ${counted("+", "added")}`,
    params: rowParams(rows),
  };
}

function rowsAcked(acked: readonly Acked[]): Step {
  return {
    sql: `WITH gone AS (DELETE FROM queue q
            USING unnest($1::text::int8[], $2::text::int8[], $3::text::int8[]) AS w (device, first, last)
            WHERE q.device = w.device AND q.envelope BETWEEN w.first AND w.last RETURNING q.envelope, q.shard),
          ${counted("-", "gone")}`,
    params: [
      numbers(acked.map(({ device }) => device)),
      numbers(acked.map(({ first }) => first)),
      numbers(acked.map(({ last }) => last)),
    ],
  };
}

function listsFinished(finished: readonly Finished[]): readonly Step[] {
  const paramsOf = (all: readonly Finished[]) => [
    numbers(all.map(({ id }) => id)),
    numbers(all.map(({ shard }) => shard)),
  ];
  const shared = finished.filter(({ isAlone }) => !isAlone);
  const given = "unnest($1::text::int8[], $2::text::int4[]) AS w (id, shard)";
  return [
    {
      sql: `WITH gone AS (DELETE FROM pending p USING ${given}
              WHERE p.envelope = w.id AND p.shard = w.shard AND p.count = 1 AND p.devices IS NOT NULL RETURNING p.envelope, p.shard)
            DELETE FROM envelopes e USING gone g WHERE e.id = g.envelope AND e.shard = g.shard`,
      params: paramsOf(finished),
    },
    {
      sql: `WITH held AS MATERIALIZED (SELECT p.envelope, p.shard FROM pending p JOIN ${given} ON p.envelope = w.id AND p.shard = w.shard
              WHERE p.devices IS NOT NULL ORDER BY p.envelope FOR NO KEY UPDATE OF p)
            UPDATE pending p SET count = p.count - 1, gateway = NULL, devices = NULL
            FROM held h WHERE p.envelope = h.envelope AND p.shard = h.shard`,
      params: paramsOf(shared),
    },
  ].slice(0, shared.length > 0 ? 2 : 1);
}

function listsPut(lists: readonly List[]): Step {
  const [devices, at, size] = pieces(lists.map((one) => one.devices));
  return {
    sql: `INSERT INTO lists (gateway, envelope, shard, devices, waking)
          SELECT w.gateway, w.envelope, w.shard, substring($1::bytea FROM w.at FOR w.length), w.waking
          FROM unnest($2::text::int4[], $3::text::int8[], $4::text::int4[], $5::text::int4[], $6::text::int4[], $7::text::int4[])
            AS w (gateway, envelope, shard, at, length, waking)`,
    params: [devices, ...listParams(lists), at, size, numbers(lists.map(({ waking }) => waking))],
  };
}

function listParams(lists: readonly ListRow[]): readonly string[] {
  return [
    numbers(lists.map(({ gateway }) => gateway)),
    numbers(lists.map(({ envelope }) => envelope)),
    numbers(lists.map(({ shard }) => shard)),
  ];
}

/** Deletes lists that another server wrote. The last list of an envelope is deleted together with the envelope. */
function otherListsFinished(lists: readonly ListRow[]): readonly Step[] {
  const given = "unnest($1::text::int4[], $2::text::int8[], $3::text::int4[]) AS w (gateway, envelope, shard)";
  return [
    {
      sql: `WITH gone AS (DELETE FROM pending p USING ${given}
              WHERE p.envelope = w.envelope AND p.shard = w.shard AND p.count = 1
              AND EXISTS (SELECT 1 FROM lists l WHERE l.gateway = w.gateway AND l.envelope = w.envelope) RETURNING p.envelope, p.shard)
            DELETE FROM envelopes e USING gone g WHERE e.id = g.envelope AND e.shard = g.shard`,
      params: listParams(lists),
    },
    {
      sql: `WITH gone AS (DELETE FROM lists l USING ${given} WHERE l.gateway = w.gateway AND l.envelope = w.envelope
              RETURNING l.envelope, l.shard), ${counted("-", "gone")}`,
      params: listParams(lists),
    },
  ];
}

/** Deletes envelopes for which no device waits any more. */
const sweep: Step = {
  sql: `WITH gone AS (DELETE FROM pending WHERE count <= 0 RETURNING envelope, shard)
        DELETE FROM envelopes e USING gone g WHERE e.id = g.envelope AND e.shard = g.shard`,
  params: [],
};
