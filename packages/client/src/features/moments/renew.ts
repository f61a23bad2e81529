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
  readMomentOwnLogs,
  readMomentRoot,
  setMoment,
} from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { cellDays, refsOf } from "./jobs.ts";
import { bodyPartsMax, bodySecret, holeName, sealBody } from "./sealed.ts";
import { clearHoles, type HoleToPut, putHoles, readHoles } from "./server.ts";
import { dayOf } from "./values.ts";
import { bodyOf } from "./views.ts";

/** Days after which a body is put again: each on a day of its own within a month, so that none goes with another. */
const agedDays = 330;
const spreadDays = 32;
/** Posts at one look. */
const atOnce = 4;

/** Roots of which holes of before may be made: M changes when a device is dropped. */
function rootsOf({ db }: Pick<FeatureContext, "db">): readonly Bytes[] {
  const now = readMomentRoot(db);
  return [...(now ? [now.root] : []), ...readMomentOwnLogs(db).map(({ root }) => root)];
}

/** Of an own post: what the names of its body's holes are made of, the first part first; none: another M of before. */
export function bodySecrets(context: FeatureContext, { secret, name }: MomentRow): readonly Bytes[] {
  const { crypto } = context.rooms;
  const root = rootsOf(context).find((one) => equalBytes(holeName(crypto, bodySecret(crypto, one, secret, 0)), name));
  if (root === undefined) return [];
  return Array.from({ length: bodyPartsMax }, (_, part) => bodySecret(crypto, root, secret, part));
}

/** Whether others may come to read it: nothing that was withdrawn, and nothing that is for nobody, is kept at home. */
function isForOthers(row: MomentRow | undefined): row is MomentRow {
  return row?.state === "here" && row.audience !== null && decodeAudience(row.audience)?.who !== "me";
}

/** Resolves when what is due was tried. Rejects where home cannot be reached. */
export async function renewDue(context: FeatureContext): Promise<void> {
  const { db, own, nowMs } = context;
  const today = dayOf(nowMs());
  const due = db
    .all<MomentRow>(
      `SELECT * FROM moments WHERE author = ? AND kind <> 'status' AND state = 'here' AND until_day = 0
         AND max(day, kept_day) <= ? ORDER BY max(day, kept_day) LIMIT 64`,
      own(),
      today - agedDays,
    )
    .filter((row) => isForOthers(row) && Math.max(row.day, row.kept_day ?? 0) + agedDays + dayWithin(row) <= today);
  for (const row of due.slice(0, atOnce)) await putAgain(context, row);
  await context.files.keepLonger(() => filesInUse(context));
}

function dayWithin({ id }: MomentRow): number {
  return (id[0] ?? 0) % spreadDays;
}

async function putAgain(context: FeatureContext, row: MomentRow): Promise<void> {
  const { db, rooms, nowMs, sha256 } = context;
  const secrets = bodySecrets(context, row);
  const nameOf = (part: number) => holeName(rooms.crypto, secrets[part] as Bytes);
  const sealed = secrets.length === 0 ? undefined : await sealBody(rooms.crypto, row.secret, nameOf, row.signed);
  if (sealed !== undefined) {
    const stands = await readHoles(
      context,
      sealed.map((_, part) => nameOf(part)),
    );
    // The same bytes for longer; where a part is gone, all of them anew.
    const isWhole = !stands.includes(undefined);
    const holes = sealed.map((value, part): HoleToPut => {
      const [secret, was] = [secrets[part] as Bytes, stands[part]];
      if (isWhole && was !== undefined) return { secret, value: was };
      return { secret, value, ...(was && { was: sha256(was) }) };
    });
    if (!isForOthers(readMoment(db, row.id))) return;
    db.transaction(() => {
      for (const { secret } of holes) addMomentHole(db, row.id, secret);
    });
    // Where another own device put it meanwhile, it stands.
    await putHoles(context, cellDays, holes);
    // It was withdrawn while it was on its way.
    if (!isForOthers(readMoment(db, row.id))) {
      db.transaction(() => {
        for (const { secret } of holes) addMomentClear(db, secret, 0);
      });
      await clearHoles(
        context,
        holes.map(({ secret }) => secret),
      );
      return;
    }
  }
  db.transaction(() => setMoment(db, row.id, { kept_day: dayOf(nowMs()) }));
}

function filesInUse({ db, own, nowMs }: FeatureContext): readonly BlobRef[] {
  return db
    .all<MomentRow>(
      "SELECT * FROM moments WHERE author = ? AND state = 'here' AND (until_day = 0 OR until_day > ?)",
      own(),
      dayOf(nowMs()),
    )
    .filter(isForOthers)
    .flatMap((row) => {
      const body = bodyOf(row);
      return body === undefined ? [] : refsOf(body);
    });
}
