/** Delivery's half of the SQLite log: gates, envelopes, packed lists and queue rows (DS19). */
import type { Bytes, GateId } from "@yanshu/wire";
import type { DeliveryLog, DeviceRef, GateRow } from "../log.ts";
import { pack, unpack } from "../sql/packed.ts";
import type { Prepare } from "../sql/prepared.ts";

type GateColumns = [id: GateId, epoch: number, postKey: Bytes, tokenHash: Bytes, lastHash: Bytes, usedDay: number];

export function deliveryLog(prepare: Prepare): DeliveryLog {
  return { ...gates(prepare), ...ids(prepare), ...queue(prepare) };
}

function gates(prepare: Prepare) {
  const find = prepare("SELECT id, epoch, post_key, token_hash, last_hash, used_day FROM gates WHERE id = ?");
  const put = prepare("INSERT OR REPLACE INTO gates VALUES (?, ?, ?, ?, ?, ?)");
  const drop = prepare("DELETE FROM gates WHERE used_day < ?");
  return {
    gate: (id): GateRow | undefined => {
      const row = find.get<GateColumns>(id);
      if (row === undefined) return undefined;
      const [gateId, epoch, postKey, tokenHash, lastHash, usedDay] = row;
      return { id: gateId, epoch, postKey, tokenHash, lastHash, usedDay };
    },
    putGate: (gate) => put.run(gate.id, gate.epoch, gate.postKey, gate.tokenHash, gate.lastHash, gate.usedDay),
    dropGates: (usedBeforeDay) => drop.run(usedBeforeDay),
  } satisfies Partial<DeliveryLog>;
}

function ids(prepare: Prepare) {
  const reserve = prepare("UPDATE server SET next_id = next_id + ? RETURNING next_id");
  const lastDay = prepare("SELECT max(day) FROM days");
  // If the clock went back: envelopes marked for later days count as of today.
  const firstFrom = prepare("SELECT min(first_id) FROM days WHERE day >= ?");
  const dropLaterDays = prepare("DELETE FROM days WHERE day >= ?");
  const putDay = prepare("INSERT INTO days (day, first_id) VALUES (?, ?)");
  return {
    reserveIds: (count) => (reserve.get<[number]>(count)?.[0] ?? count) - count,
    markDay: (day, firstId) => {
      const known = firstFrom.get<[number | null]>(day)?.[0] ?? firstId;
      dropLaterDays.run(day);
      putDay.run(day, Math.min(known, firstId));
    },
    lastDay: () => lastDay.get<[number | null]>()?.[0] ?? undefined,
  } satisfies Partial<DeliveryLog>;
}

function queue(prepare: Prepare) {
  const addEnvelope = prepare("INSERT INTO envelopes (id, frame) VALUES (?, ?)");
  const dropFinished = prepare(`
    DELETE FROM envelopes WHERE id BETWEEN ?1 AND ?2
    AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.envelope = envelopes.id)`);
  const addPacked = prepare("INSERT INTO packed (envelope, devices) VALUES (?, ?)");
  const dropPacked = prepare("DELETE FROM packed WHERE envelope BETWEEN ? AND ?");
  const allPacked = prepare("SELECT envelope, devices FROM packed");
  const addRow = prepare("INSERT INTO queue (device, envelope) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const ofRange = "SELECT envelope FROM queue WHERE device = ?1 AND envelope BETWEEN ?2 AND ?3";
  const countDown = prepare(`UPDATE waiting SET count = count - 1 WHERE envelope IN (${ofRange})`);
  const dropAcked = prepare(`
    DELETE FROM envelopes WHERE id IN (${ofRange})
    AND EXISTS (SELECT 1 FROM waiting WHERE waiting.envelope = envelopes.id AND count <= 0)
    AND NOT EXISTS (SELECT 1 FROM packed WHERE packed.envelope = envelopes.id)`);
  const dropCounted = prepare(`DELETE FROM waiting WHERE count <= 0 AND envelope IN (${ofRange})`);
  const dropRows = prepare("DELETE FROM queue WHERE device = ?1 AND envelope BETWEEN ?2 AND ?3");
  const dropOld = prepare("DELETE FROM queue WHERE envelope < ? RETURNING device");
  const more = prepare(`
    INSERT INTO waiting (envelope, count) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = count + ?2`);
  const backlog = prepare(`
    SELECT envelopes.id, envelopes.frame FROM queue JOIN envelopes ON envelopes.id = queue.envelope
    WHERE queue.device = ? AND queue.envelope > ? ORDER BY queue.envelope LIMIT ?`);
  const length = prepare("SELECT count(*) FROM queue WHERE device = ?");
  const bytes = prepare(`
    SELECT coalesce(sum(length(envelopes.frame)), 0) FROM queue JOIN envelopes ON envelopes.id = queue.envelope
    WHERE queue.device = ?`);
  const firstOfDay = prepare("SELECT first_id FROM days WHERE day >= ? ORDER BY day LIMIT 1");
  const dropOldDays = prepare("DELETE FROM days WHERE day < ?");
  const dropOldEnvelopes = ["envelopes WHERE id", "packed WHERE envelope", "waiting WHERE envelope"].map((of) =>
    prepare(`DELETE FROM ${of} < ?`),
  );

  function put(id: number, frame: Bytes, packed: readonly DeviceRef[], rows: readonly DeviceRef[]): void {
    addEnvelope.run(id, frame);
    if (packed.length > 0) addPacked.run(id, pack(packed));
    for (const device of rows) addRow.run(device, id);
    if (rows.length > 0) more.run(id, rows.length);
  }

  function finishPacked(first: number, last: number): void {
    dropPacked.run(first, last);
    dropFinished.run(first, last);
  }

  function ack(device: DeviceRef, first: number, last: number): void {
    for (const step of [countDown, dropAcked, dropCounted, dropRows]) step.run(device, first, last);
  }

  function recover(): number {
    const lists = allPacked.all<[number, Bytes]>();
    for (const [id, devices] of lists) {
      let added = 0;
      for (const device of unpack(devices)) added += addRow.run(device, id);
      if (added > 0) more.run(id, added);
      finishPacked(id, id);
    }
    return lists.length;
  }

  function expire(day: number): { device: DeviceRef; count: number }[] {
    const firstKept = firstOfDay.get<[number]>(day)?.[0];
    if (firstKept === undefined) return [];
    const lost = new Map<DeviceRef, number>();
    for (const [device] of dropOld.all<[number]>(firstKept)) lost.set(device, (lost.get(device) ?? 0) + 1);
    for (const drop of dropOldEnvelopes) drop.run(firstKept);
    dropOldDays.run(day);
    return Array.from(lost, ([device, count]) => ({ device, count }));
  }

  return {
    put,
    finishPacked,
    ack,
    recover,
    expire,
    spill: (device, envelopes) => {
      for (const id of envelopes) if (addRow.run(device, id) > 0) more.run(id, 1);
    },
    backlog: (device, afterId, limit) =>
      backlog.all<[number, Bytes]>(device, afterId, limit).map(([id, frame]) => ({ id, frame })),
    queueLength: (device) => length.get<[number]>(device)?.[0] ?? 0,
    queueBytes: (device) => bytes.get<[number]>(device)?.[0] ?? 0,
  } satisfies Partial<DeliveryLog>;
}
