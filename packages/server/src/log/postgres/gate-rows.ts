/**
 * Gate rows: how PostgreSQL reads, locks and writes many gates in one statement (docs/spec/delivery.md DS73, DS76). A
 * gate orders the posts of one group (DS10).
 *
 * Byte strings of all gates are one parameter, with the start (from 1) and the length of each (`pieces`). Arrays of
 * numbers are sent as text, which PostgreSQL casts.
 */
import type { Bytes, GateId } from "@yanshu/wire";
import type { GateRow } from "../log.ts";
import type { Step } from "./channel.ts";
import { numbers, pieces } from "./statements.ts";

const gateColumns = "g.id, g.epoch, g.post_key, g.token_hash, g.last_hash, g.used_day";

/**
 * Reads gates. Their rows are locked in the order of their ids, so that two servers that want the same gates cannot
 * deadlock.
 *
 * @param isHeld whether the rows are locked until the transaction ends.
 */
export function gatesStep(ids: readonly GateId[], isHeld = true): Step {
  const [bytes, from, lengths] = pieces(ids);
  return {
    sql: `SELECT ${gateColumns} FROM unnest($2::text::int4[], $3::text::int4[], $4::text::int4[]) AS w (at, length, shard)
          JOIN gates g ON g.id = substring($1::bytea FROM w.at FOR w.length) AND g.shard = w.shard
          ORDER BY g.id ${isHeld ? "FOR NO KEY UPDATE OF g" : ""}`,
    params: [bytes, from, lengths, numbers(ids.map(shardOf))],
  };
}

/** The gates of the parameters, as rows. */
const gatesGiven = `SELECT substring($1::bytea FROM w.id FOR w.id_length) AS id, w.shard, w.epoch,
    substring($1::bytea FROM w.post FOR w.post_length) AS post_key, substring($1::bytea FROM w.token FOR w.token_length) AS token_hash,
    substring($1::bytea FROM w.last FOR w.last_length) AS last_hash, w.day
  FROM unnest($2::text::int4[], $3::text::int8[], $4::text::int4[], $5::text::int4[], $6::text::int4[], $7::text::int4[], $8::text::int4[],
    $9::text::int4[], $10::text::int4[], $11::text::int4[], $12::text::int4[])
    AS w (shard, epoch, day, id, id_length, post, post_length, token, token_length, last, last_length)`;
const insertGates = `INSERT INTO gates (id, shard, epoch, post_key, token_hash, last_hash, used_day) ${gatesGiven}`;
const updateGates = `UPDATE gates g SET epoch = n.epoch, post_key = n.post_key, token_hash = n.token_hash, last_hash = n.last_hash,
  used_day = n.day FROM (${gatesGiven}) AS n WHERE g.id = n.id AND g.shard = n.shard`;

/** @param sql a statement over `gatesGiven`. */
function gatesWritten(sql: string, gates: readonly GateRow[]): Step {
  const fields = ["id", "postKey", "tokenHash", "lastHash"] as const;
  const [bytes, from, lengths] = pieces(fields.flatMap((field) => gates.map((gate) => gate[field])));
  const [starts, sizes] = [listed(from), listed(lengths)];
  const part = (all: readonly string[], n: number) =>
    `{${all.slice(n * gates.length, (n + 1) * gates.length).join(",")}}`;
  const places = fields.flatMap((_, n) => [part(starts, n), part(sizes, n)]);
  const own = [
    gates.map(({ id }) => shardOf(id)),
    gates.map(({ epoch }) => epoch),
    gates.map(({ usedDay }) => usedDay),
  ];
  return { sql, params: [bytes, ...own.map(numbers), ...places] };
}

/** Inserts new gates. */
export function gatesMade(gates: readonly GateRow[]): Step {
  return gatesWritten(insertGates, gates);
}

/** Updates gates that exist. */
export function gatesChanged(gates: readonly GateRow[]): Step {
  return gatesWritten(updateGates, gates);
}

/** The numbers of an array that is written as PostgreSQL writes it, `{1,2}`. */
function listed(array: string): readonly string[] {
  return array.slice(1, -1).split(",");
}

/** @param row the columns in the order of `gateColumns`. */
export function gateOf(row: readonly unknown[]): GateRow {
  const [id, epoch, postKey, tokenHash, lastHash, usedDay] = row as [Bytes, number, Bytes, Bytes, Bytes, number];
  return { id, epoch, postKey, tokenHash, lastHash, usedDay };
}

/** The shard of a gate or an address: the first four bytes of its id, big-endian, as a signed `int4`. */
export function shardOf(id: Bytes): number {
  return ((id[0] ?? 0) << 24) | ((id[1] ?? 0) << 16) | ((id[2] ?? 0) << 8) | (id[3] ?? 0);
}
