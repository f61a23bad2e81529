/** Reading holes (docs/spec/moments.md MO5): many names in one question, and when what is not there is tried again. */
import { readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { type FeatureContext, pack, unpack } from "../../feature.ts";
import { type HomeOf, readHolesAt } from "./server.ts";
import { dayMs } from "./values.ts";

/** Bodies that are looked for, of one author, in one look; and words of one author on one post that did not open. */
export const wantedMax = 200;
/** Bodies of one author that wait: where as many do, no more of theirs are told (MO109). */
export const waitingMax = 2_000;
/** What is not there, or does not open, is looked for at so many looks, then after an hour, two, and so on. */
export const triesAtLooks = 3;
const againMs = { first: 3_600_000, max: 7 * dayMs } as const;
/** A word whose post is not here rests until one comes that it may be about (MO98). */
export const restsMs = Number.MAX_SAFE_INTEGER;
export const none = new Uint8Array();

/** Names of holes at one home. */
export type At<T> = { readonly row: T; readonly at: HomeOf; readonly names: readonly Bytes[] };

/** Leaves out what is at another home that is not asked now, or does not answer: nothing is known of it (MO78). */
export async function readEach<T>(
  context: FeatureContext,
  asked: readonly At<T>[],
): Promise<readonly (At<T> & { readonly values: readonly (Bytes | undefined)[] })[]> {
  return eachOf(asked, (at, names) => readHolesAt(context, at, names));
}

/** By one question to each home. Rejects as that to home. */
export async function eachOf<T, V>(
  asked: readonly At<T>[],
  ask: (at: HomeOf, names: readonly Bytes[]) => Promise<readonly V[] | undefined>,
): Promise<readonly (At<T> & { readonly values: readonly V[] })[]> {
  const answers = new Map<At<T>, readonly V[]>();
  const homes = new Set(asked.map(({ at }) => at));
  await Promise.all(
    Array.from(homes, async (home) => {
      const there = asked.filter(({ at }) => at === home);
      const values = await ask(
        home,
        there.flatMap(({ names }) => names),
      );
      if (values === undefined) return;
      let from = 0;
      for (const one of there) {
        answers.set(one, values.slice(from, from + one.names.length));
        from += one.names.length;
      }
    }),
  );
  return asked.flatMap((one) => {
    const values = answers.get(one);
    return values === undefined ? [] : [{ ...one, values }];
  });
}

/**
 * By a listed device; of own ones also by one that was, while what it said before is read (MO173). @param metMs when
 * this device read what is signed; absent: it holds it, or an own device told it whole.
 */
export async function isSigned(
  context: FeatureContext,
  by: AccountId,
  bytes: Bytes,
  signature: Bytes,
  metMs = 0,
): Promise<boolean> {
  const former = equalBytes(by, context.own()) ? formerKeys(context, metMs) : [];
  for (const key of [...(await context.keysOf(by)), ...former])
    if (await context.rooms.crypto.verify(key, bytes, signature)) return true;
  return false;
}

/** Of a device that begins: it reads for so long what own devices said that were put out before. */
const beginsMs = dayMs;

/** Until when something was met that a device said which is listed no more, by its key in hex. */
type Until = Readonly<Record<string, number>>;
const formerUntil = ({ db }: Pick<FeatureContext, "db">): Until | undefined => {
  const bytes = readMeta(db, "moments-former-keys");
  return bytes && unpack<Until>(bytes);
};

/** It knows where own devices spoke, and could speak there for ever. @checks MO173 */
function formerKeys(context: FeatureContext, metMs: number): readonly Bytes[] {
  const until = formerUntil(context) ?? {};
  return context.ownKeysEver().filter((key) => metMs <= (until[toHex(key)] ?? metMs));
}

/** Keys of own devices that are listed no more. */
export async function keysNotListed({ own, keysOf, ownKeysEver }: FeatureContext): Promise<readonly Bytes[]> {
  const listed = await keysOf(own());
  if (listed.length === 0) return []; // Of a frozen account nobody knows.
  return ownKeysEver().filter((key) => !listed.some((one) => equalBytes(one, key)));
}

/** What stood at home was read to its end, after these were listed no more. Opens a transaction where any is new. */
export function noteRead({ db, nowMs }: FeatureContext, keys: readonly Bytes[]): void {
  const held = formerUntil({ db });
  const untilMs = nowMs() + (held === undefined ? beginsMs : 0);
  const fresh = keys.map(toHex).filter((key) => held?.[key] === undefined);
  if (held !== undefined && fresh.length === 0) return;
  const until: Until = { ...held, ...Object.fromEntries(fresh.map((key) => [key, untilMs])) };
  db.transaction(() => writeMeta(db, "moments-former-keys", pack(until)));
}

/** When what was tried so often in vain is tried again. */
export function triedAgainAt({ nowMs }: FeatureContext, tries: number): number {
  if (tries < triesAtLooks) return 0;
  return nowMs() + Math.min(againMs.max, againMs.first * 2 ** (tries - triesAtLooks));
}

/** What a clock that ran ahead and was put right since put off for longer than any try does (MO87). */
const putOffTooFar = `again_ms > ?1 + min(?2, ?3 << max(0, min(tries - ${triesAtLooks}, 20)))`;
const putOffSql = {
  moments: `state = 'wanted' AND ${putOffTooFar}`,
  moment_closed: `again_ms < ${restsMs} AND ${putOffTooFar}`,
} as const;

/** It is looked for now. Opens a transaction where there is any. */
export function lookForPutOff({ db, nowMs }: Pick<FeatureContext, "db" | "nowMs">): void {
  const times = [nowMs(), againMs.max, againMs.first];
  for (const [table, which] of Object.entries(putOffSql))
    if (db.get(`SELECT 1 FROM ${table} WHERE ${which} LIMIT 1`, ...times) !== undefined)
      db.transaction(() => db.run(`UPDATE ${table} SET again_ms = 0 WHERE ${which}`, ...times));
}
