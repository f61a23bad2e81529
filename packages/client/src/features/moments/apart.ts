/**
 * A post that was made private (docs/spec/moments.md MO57): friends know the names of its files and their keys, so own
 * devices have copies of them, and those go from home.
 */
import { type BlobRef, decodeAudience, encodeMomentBody, type MomentBody } from "@yanshu/content";
import { type MomentPutRow, type MomentRow, readMoment, setMoment } from "@yanshu/store";
import { concat, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { refsOf, withRefs } from "./jobs.ts";
import { momentItem } from "./own.ts";
import { bodyToSign } from "./sealed.ts";
import { bodyOf } from "./views.ts";

/** Rejects where home cannot be reached: it is tried again. */
export async function putApart(context: FeatureContext, { about }: MomentPutRow): Promise<"done"> {
  const { db, files, rooms, nowMs } = context;
  const row = readMoment(db, about);
  const body = privateBody(row);
  if (row === undefined || body === undefined) return "done";
  const copies = new Map<string, BlobRef>();
  for (const ref of refsOf(body)) {
    const copy = await copyOf(context, ref);
    if (copy !== undefined) copies.set(toHex(ref.id), copy);
  }
  const bytes = encodeMomentBody(withRefs(body, (ref) => copies.get(toHex(ref.id)) ?? ref));
  const signed = concat(await rooms.crypto.sign(bodyToSign(rooms.crypto, row, bytes)), bytes);
  db.transaction(() => {
    const now = readMoment(db, about);
    const isStill = privateBody(now) !== undefined;
    if (now !== undefined && isStill) {
      setMoment(db, about, { signed, stamp_ms: Math.max(nowMs(), now.stamp_ms + 1) });
      context.tellOwnDevices([momentItem(readMoment(db, about) as MomentRow)]);
    }
    // It was deleted meanwhile: then what was just made goes, and the others went.
    const gone = isStill ? refsOf(body).filter(({ id }) => copies.has(toHex(id))) : [...copies.values()];
    files.forgetRefs(gone, "everywhere");
  });
  context.changed("moments");
  context.sendSoon();
  return "done";
}

/** Undefined where home has it no more, or makes none: then it stays as it is, and ends there by itself. */
async function copyOf({ files }: FeatureContext, ref: BlobRef): Promise<BlobRef | undefined> {
  try {
    return await files.copyApart(ref);
  } catch (error) {
    if (error instanceof ClientError && error.code === "refused") return undefined;
    throw error;
  }
}

function privateBody(row: MomentRow | undefined): MomentBody | undefined {
  if (row === undefined || row.state !== "here" || row.audience === null) return undefined;
  return decodeAudience(row.audience)?.who === "me" ? bodyOf(row) : undefined;
}
