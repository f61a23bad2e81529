/**
 * What is for good does not end at home (docs/spec/moments.md MO2): home keeps a hole for 400 days, and a file for as
 * long as it keeps any. Own devices put bodies again, and have files kept longer, a few at a look.
 */
import { type BlobRef, decodeAudience } from "@yanshu/content";
import {
  addMomentClear,
  addMomentHole,
  type MomentRow,
  readMoment,
  setMoment,
  toBeMended,
  toBeSigned,
} from "@yanshu/store";
import { type Bytes, concat, equalBytes } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { archiveRefs } from "./archive.ts";
import { wholeBody } from "./bodies.ts";
import { bodySecrets, refsOf } from "./jobs.ts";
import { momentItem } from "./own.ts";
import { isFirstDevice } from "./pull.ts";
import { isSigned } from "./reading.ts";
import { daysOf } from "./round.ts";
import { bodyToSign, holeName, sealBody } from "./sealed.ts";
import { type HoleToPut, putHoles, readHoles } from "./server.ts";
import { dayOf } from "./values.ts";
import { bodyOf } from "./views.ts";

/** Days after which a body is put again: each on a day of its own within a month, so that none goes with another. */
const agedDays = 330;
const spreadDays = 32;
/** Posts at one look. */
const atOnce = 4;

/** Whether others may come to read it: nothing that was withdrawn, and nothing that is for nobody, is kept at home. */
function isForOthers(row: MomentRow | undefined): boolean {
  return row?.state === "here" && row.audience !== null && decodeAudience(row.audience)?.who !== "me";
}

export const renewedSql = `SELECT * FROM moments WHERE author = ?1 AND kind <> 'status' AND state = 'here'
    AND state <> 'gone' AND (until_day = 0 OR until_day > ?2)
    AND (kept_day = ?3 OR kept_day <= ?5 OR (until_day = 0 AND max(day, kept_day) <= ?4))
  ORDER BY kept_day < 0 DESC, max(day, kept_day) LIMIT 64`;

/** Resolves when what is due was tried. Rejects where home cannot be reached. */
export async function renewDue(context: FeatureContext): Promise<void> {
  const { db, own, nowMs } = context;
  const today = dayOf(nowMs());
  const read = () => db.all<MomentRow>(renewedSql, own(), today, toBeSigned, today - agedDays, toBeMended);
  let due = read();
  // Else so many as are read at once would keep all others from it (MO176).
  while (passedOver(context, due, today) > 0) due = read();
  let left = atOnce;
  for (const row of due) {
    if (left === 0) break;
    if (row.kept_day === toBeSigned) left -= (await signAgain(context, row)) ? 1 : 0;
    else if ((row.kept_day ?? 0) <= toBeMended) {
      await mend(context, row);
      left--;
    } else if (isForOthers(row) && Math.max(row.day, row.kept_day ?? 0) + agedDays + dayWithin(row) <= today) {
      await putAgain(context, row, false);
      left--;
    }
  }
  await context.files.keepLonger(() => [...filesInUse(context), ...archiveRefs(context)]);
}

/** Of those posts whose time has come, and which are for nobody else; they are looked at again in eleven months. */
function passedOver({ db }: FeatureContext, due: readonly MomentRow[], today: number): number {
  const passed = due.filter(
    (row) => (row.kept_day ?? 0) > toBeMended && row.kept_day !== toBeSigned && !isForOthers(row),
  );
  db.transaction(() => {
    for (const { id } of passed) setMoment(db, id, { kept_day: today });
  });
  return passed.length;
}

function dayWithin({ id }: MomentRow): number {
  return (id[0] ?? 0) % spreadDays;
}

/**
 * A body that a dropped device signed counts for nobody any more who reads it from now on (MO9): the first of the
 * devices that are left signs it, in the same holes. Resolves with whether something was put.
 */
async function signAgain(context: FeatureContext, row: MomentRow): Promise<boolean> {
  const { db, rooms, own, nowMs } = context;
  const body = row.signed.subarray(64);
  const bytes = bodyToSign(rooms.crypto, row, body);
  const signature = row.signed.subarray(0, 64);
  let isByListed = false;
  for (const key of await context.keysOf(own())) isByListed ||= await rooms.crypto.verify(key, bytes, signature);
  // What none of the own devices said is not made ours; nor what stands at home alone, of which no own device told for
  // whom it is: who was put out knows these places, and friends would read it. @checks MO9, MO173
  if (isByListed || !isForOthers(row) || !(await isSigned(context, own(), bytes, signature))) {
    db.transaction(() => setMoment(db, row.id, { kept_day: 0 }));
    return false;
  }
  if (!isFirstDevice(context)) return false; // not a check: who of the own devices signs.
  const signed = concat(await rooms.crypto.sign(bytes), body);
  const stamp_ms = Math.max(nowMs(), row.stamp_ms + 1);
  await putAgain(context, { ...row, signed }, true);
  db.transaction(() => {
    const now = readMoment(db, row.id);
    if (now?.state !== "here") return;
    setMoment(db, row.id, { signed, stamp_ms });
    if (now.audience !== null) context.tellOwnDevices([momentItem({ ...now, signed, stamp_ms })]);
  });
  return true;
}

/** Of what is true nothing is put: a friend who says that it is not spends none of our tokens. */
async function mend(context: FeatureContext, row: MomentRow): Promise<void> {
  const { db } = context;
  if (!(await isTrue(context, row))) return putAgain(context, row, true);
  db.transaction(() => {
    const { kept_day = 0 } = readMoment(db, row.id) ?? {};
    if (kept_day <= toBeMended) setMoment(db, row.id, { kept_day: toBeMended - kept_day });
  });
}

/** Whether its body is what stands at home. */
async function isTrue(context: FeatureContext, row: MomentRow): Promise<boolean> {
  const [first] = await readHoles(context, [row.name]);
  const signed = first && (await wholeBody(context, row, first));
  return signed !== undefined && signed.length > 0 && equalBytes(signed, row.signed);
}

/** @param isChanged its bytes are others than those that stand: they take their place. */
async function putAgain(context: FeatureContext, row: MomentRow, isChanged: boolean): Promise<void> {
  const { db, rooms, nowMs, sha256, serverName } = context;
  const secrets = bodySecrets(context, row);
  const nameOf = (part: number) => holeName(rooms.crypto, secrets[part] as Bytes);
  const sealed = secrets.length === 0 ? undefined : await sealBody(rooms.crypto, row.secret, nameOf, row.signed);
  if (sealed !== undefined) {
    const stands = await readHoles(
      context,
      sealed.map((_, part) => nameOf(part)),
    );
    const isWhole = !stands.includes(undefined);
    // For whom it is, is not known here: another device may have taken it from home.
    const isMeant = () => {
      const now = readMoment(db, row.id);
      return isForOthers(now) || (now?.state === "here" && now.audience === null && isWhole);
    };
    if (isMeant()) {
      // The same bytes for longer; where a part is gone, or they changed, all of them anew.
      const holes = sealed.map((value, part): HoleToPut => {
        const [secret, was] = [secrets[part] as Bytes, stands[part]];
        if (isWhole && was !== undefined && !isChanged) return { secret, value: was };
        return { secret, value, ...(was && { was: sha256(was) }) };
      });
      db.transaction(() => {
        for (const { secret } of holes) addMomentHole(db, row.id, secret);
      });
      // Where another own device put it meanwhile, that stands.
      await putHoles(context, daysOf(context, row), holes);
      // It was withdrawn while it was on its way: what is due is cleared before anything else is done.
      if (!isMeant())
        db.transaction(() => {
          for (const { secret } of holes) addMomentClear(db, secret, 0, serverName());
        });
    }
  }
  db.transaction(() => setMoment(db, row.id, { kept_day: dayOf(nowMs()) }));
}

function filesInUse({ db, own, nowMs }: FeatureContext): readonly BlobRef[] {
  return db
    .all<MomentRow>(
      "SELECT * FROM moments WHERE author = ? AND state = 'here' AND state <> 'gone' AND (until_day = 0 OR until_day > ?)",
      own(),
      dayOf(nowMs()),
    )
    .filter(isForOthers)
    .flatMap((row) => {
      const body = bodyOf(row);
      return body === undefined ? [] : refsOf(body);
    });
}
