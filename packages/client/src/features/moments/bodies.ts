/** Bodies of posts that one was told of (docs/spec/moments.md MO9, MO37). */
import type { MomentKind } from "@yanshu/content";
import { countDiagnostic, type MomentRow, readMoment, setMoment, toBeSigned } from "@yanshu/store";
import { type Bytes, concat, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { forgetGap, noteGap } from "./gaps.ts";
import { refsOf } from "./jobs.ts";
import { isSigned, none, readEach, triedAgainAt, wantedMax } from "./reading.ts";
import { bodyToSign, openBody, openBodyPart } from "./sealed.ts";
import { type HomeOf, homeOf, isAskedAt, readHolesAt } from "./server.ts";
import { dayMs, dayOf } from "./values.ts";
import { bodyOf } from "./views.ts";

/** @param ways accounts, in hex, whose posts are shown. */
export async function readBodies(context: FeatureContext, ways: ReadonlySet<string>): Promise<void> {
  const { db, nowMs } = context;
  const homes = new Map<string, HomeOf>();
  const isAsked = ({ author }: Pick<MomentRow, "author">) => {
    const at = homeOf(context, author);
    homes.set(toHex(author), at);
    return ways.has(toHex(author)) && isAskedAt(context, at);
  };
  const authors = db.all<Pick<MomentRow, "author">>("SELECT DISTINCT author FROM moments WHERE state = 'wanted'");
  const wanted = db.all<MomentRow>(
    `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY author ORDER BY tries, at_ms DESC) AS nth FROM moments
       WHERE state = 'wanted' AND stamp_ms > ? AND again_ms <= ? AND hex(author) IN (SELECT value FROM json_each(?)))
     WHERE nth <= ? ORDER BY tries, at_ms DESC LIMIT 1000`,
    nowMs() - 30 * dayMs,
    nowMs(),
    JSON.stringify(authors.filter(isAsked).map(({ author }) => toHex(author).toUpperCase())),
    wantedMax,
  );
  for (let from = 0; from < wanted.length; from += 64) {
    const some = wanted
      .slice(from, from + 64)
      .map((row) => ({ row, at: homes.get(toHex(row.author)), names: [row.name] }));
    for (const { row, at, values } of await readEach(context, some)) {
      const isTaken = values[0] !== undefined && (await takeBody(context, row, values[0], at));
      // What its home did not answer to the end was not looked for.
      if (!isTaken && isAskedAt(context, at)) triedInVain(context, row);
    }
  }
}

function triedInVain(context: FeatureContext, { id, author, tries: before = 0 }: MomentRow): void {
  const { db, own } = context;
  // Own ones are where own devices put them, or will.
  const tries = equalBytes(author, own()) ? 0 : before + 1;
  db.transaction(() => setMoment(db, id, { tries, again_ms: triedAgainAt(context, tries) }));
}

/** Resolves with whether it needs not be looked at again. What is false is a gap later, and looked for again (MO37). */
async function takeBody(context: FeatureContext, row: MomentRow, first: Bytes, at: HomeOf): Promise<boolean> {
  const { db, rooms, nowMs, own, files } = context;
  const signed = await wholeBody(context, row, first, at);
  if (signed === undefined) return false; // not a check: not all of it is there, and it is looked for again.
  const body = signed.length > 64 ? bodyOf({ signed }) : undefined;
  const toSign = bodyToSign(rooms.crypto, row, signed.subarray(64));
  const isOwn = equalBytes(row.author, own());
  const isTheirs =
    body !== undefined &&
    equalBytes(body.author, row.author) &&
    // Of an own one the recovery record does not say what it is.
    (isOwn || body.kind === (row.kind as MomentKind)) &&
    (await isSigned(context, row.author, toSign, signed.subarray(0, 64)));
  const isTaken = db.transaction(() => {
    if (readMoment(db, row.id)?.state !== "wanted") return true;
    // @checks MO37
    if (!isTheirs) {
      if (noteGap(context, row.author, none, 0, row.name)) countDiagnostic(db, "moments-false-body");
      return false;
    }
    forgetGap(context, row.author, none, 0, row.name);
    const today = dayOf(nowMs());
    const until = body.kind === "status" ? Math.min(body.untilDay ?? today + 2, today + 2) : (body.untilDay ?? 0);
    setMoment(db, row.id, {
      at_ms: Math.min(body.atMs, nowMs()) as UnixMs,
      day: dayOf(body.atMs),
      until_day: until,
      ...(isOwn && { kept_day: toBeSigned }),
      kind: body.kind,
      signed,
      state: "here",
    });
    files.learnRefs(refsOf(body));
    return true;
  });
  context.changed("moments");
  return isTaken;
}

/** Undefined: not all is there. Empty: it does not open. @param first the value of its first hole. */
export async function wholeBody(
  context: FeatureContext,
  { secret, name }: Pick<MomentRow, "secret" | "name">,
  first: Bytes,
  at?: HomeOf,
): Promise<Bytes | undefined> {
  const { crypto } = context.rooms;
  const begun = await openBody(crypto, secret, name, first);
  if (begun === undefined) return none;
  const rest = begun.names.length > 0 ? await readHolesAt(context, at, begun.names) : [];
  if (rest === undefined || rest.includes(undefined)) return undefined;
  const parts = await Promise.all(
    rest.map((value, nth) => openBodyPart(crypto, secret, nth + 1, begun.names[nth] as Bytes, value as Bytes)),
  );
  return parts.includes(undefined) ? none : concat(begun.bytes, ...(parts as readonly Bytes[]));
}
