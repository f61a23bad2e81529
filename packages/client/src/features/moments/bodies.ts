/** Bodies of posts that one was told of (docs/spec/moments.md MO9, MO37). */
import type { MomentBody, MomentKind } from "@yanshu/content";
import { countDiagnostic, type MomentRow, readMoment, setMoment, toBeSigned } from "@yanshu/store";
import { type Bytes, concat, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { forgetGap, noteGap } from "./gaps.ts";
import { refsOf } from "./jobs.ts";
import { type At, isSigned, none, readEach, triedAgainAt, triesAtLooks, wantedMax } from "./reading.ts";
import { bodyToSign, openBody, openBodyPart, type SealedCrypto } from "./sealed.ts";
import { homesOf, isAskedAt, readHoles } from "./server.ts";
import { dayMs, dayOf } from "./values.ts";
import { bodyOf } from "./views.ts";

/** Bodies that are read, and kept in one transaction, at once: the newest first, that they stand soon (MO90, MO91). */
const [firstBodies, bodiesAtOnce] = [16, 64];

/** A body is looked for so long; one that was hardly looked for, as by a device that is away, longer. */
export const wantedMs = 30 * dayMs;
/** An own one that is not there, and of which no own device tells, is looked for so often. */
const rareMs = 3_600_000;
const isLookedForSql = "state = 'wanted' AND (stamp_ms > ? OR tries < ?)";
/** @param 1 since when; 2 tries; 3 how many wait. */
export const fullAuthorsSql = `SELECT author FROM moments INDEXED BY moments_wanted
  WHERE ${isLookedForSql} GROUP BY author HAVING count(*) >= ?`;
/** @param 1 own account; 2 how many more wait: own ones of which no own device tells. */
export const ownWaitingSql = `SELECT 1 FROM moments INDEXED BY moments_wanted
  WHERE state = 'wanted' AND author = ? AND audience IS NULL LIMIT 1 OFFSET ?`;
/** Those that nobody looks for any more. Own ones stay: own devices put them. */
export const endedSql = `DELETE FROM moments INDEXED BY moments_wanted
  WHERE state = 'wanted' AND author <> ? AND stamp_ms <= ? AND tries >= ?`;

export const wantedAuthorsSql = "SELECT DISTINCT author FROM moments WHERE state = 'wanted'";
export const wantedSql = `SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY author ORDER BY tries, at_ms DESC) AS nth FROM moments
    WHERE ${isLookedForSql} AND again_ms <= ? AND hex(author) IN (SELECT value FROM json_each(?)))
  WHERE nth <= ? ORDER BY tries, at_ms DESC LIMIT 1000`;

/** @param ways accounts, in hex, whose posts are shown. */
export async function readBodies(context: FeatureContext, ways: ReadonlySet<string>): Promise<void> {
  const { db, nowMs } = context;
  const authors = db.all<Pick<MomentRow, "author">>(wantedAuthorsSql).filter(({ author }) => ways.has(toHex(author)));
  const homeOf = homesOf(context);
  const homes = new Map(authors.map(({ author }) => [toHex(author), homeOf(author)]));
  /** Looked for by now; and how many of each author. */
  const looked = new Set<string>();
  const byAuthor = new Map<string, number>();
  const isNext = ({ id, author }: MomentRow) => {
    const count = byAuthor.get(toHex(author)) ?? 0;
    // not a check: what is left out is looked for at the next look.
    if (looked.has(toHex(id)) || count >= wantedMax) return false;
    looked.add(toHex(id));
    byAuthor.set(toHex(author), count + 1);
    return true;
  };
  /** Of those alone of whom more is looked for: what others keep waiting fills no page (MO104). */
  const wantedNow = () => {
    const asked = [...homes].flatMap(([author, at]) =>
      isAskedAt(context, at) && (byAuthor.get(author) ?? 0) < wantedMax ? [author.toUpperCase()] : [],
    );
    const rows = db.all<MomentRow>(
      wantedSql,
      nowMs() - wantedMs,
      triesAtLooks,
      nowMs(),
      JSON.stringify(asked),
      wantedMax,
    );
    return rows.filter(isNext);
  };
  let [wanted, isFirst] = [wantedNow(), true];
  while (wanted.length > 0) {
    const next = wanted.slice(0, isFirst ? firstBodies : bodiesAtOnce);
    [wanted, isFirst] = [wanted.slice(next.length), false];
    const some = next.map((row) => ({ row, at: homes.get(toHex(row.author)), names: [row.name] }));
    const read = await foundBodies(context, await readEach(context, some));
    db.transaction(() => {
      for (const { row, at, found } of read) {
        const isTaken = found !== undefined && takeBody(context, row, found);
        // What its home did not answer to the end was not looked for.
        if (!isTaken && isAskedAt(context, at)) triedInVain(context, row);
      }
    });
    context.changed("moments");
    // Of very many not all are read from the store at once.
    if (wanted.length === 0) wanted = wantedNow();
  }
}

/** Inside a transaction. */
function triedInVain(context: FeatureContext, { id, author, tries: before = 0, audience, got_ms }: MomentRow): void {
  const { db, own, nowMs } = context;
  const isOwn = equalBytes(author, own());
  // Own ones are where own devices put them, or will.
  const tries = isOwn ? 0 : before + 1;
  // But one of which after a day no own device tells may be of a device that was put out (MO166).
  const isRare = isOwn && audience === null && got_ms < nowMs() - dayMs;
  setMoment(db, id, { tries, again_ms: isRare ? nowMs() + rareMs : triedAgainAt(context, tries) });
}

/** A body as it stands at home. `body` is undefined where it is not of this post, or not by its author. */
type Found = { readonly signed: Bytes; readonly body: MomentBody | undefined };

type ReadBody = At<MomentRow> & { readonly values: readonly (Bytes | undefined)[] };

/**
 * By the first holes of bodies, the bodies: further holes of all of them are asked for together. `found` is undefined
 * where not all of one is there; it is looked for again.
 */
async function foundBodies(context: FeatureContext, read: readonly ReadBody[]) {
  const { crypto } = context.rooms;
  const begun = await Promise.all(
    read.map(async ({ row, at, values: [first] }) => {
      return { row, at, first, begun: first && (await openBody(crypto, row.secret, row.name, first)) };
    }),
  );
  const more = begun.flatMap(({ row, at, begun: { names } = { names: [] } }) =>
    names.length > 0 ? [{ row, at, names }] : [],
  );
  const rest = new Map((await readEach(context, more)).map(({ row, values }) => [row, values]));
  return Promise.all(
    begun.map(async ({ row, at, first, begun: one }) => {
      if (first === undefined) return { row, at, found: undefined };
      const values = one?.names.length === 0 ? [] : rest.get(row);
      const signed = one === undefined ? none : values && (await joinedBody(crypto, row.secret, one, values));
      return { row, at, found: signed && (await checkedBody(context, row, signed)) };
    }),
  );
}

async function checkedBody(context: FeatureContext, row: MomentRow, signed: Bytes): Promise<Found> {
  const { rooms, own } = context;
  const body = signed.length > 64 ? bodyOf({ signed }) : undefined;
  const toSign = bodyToSign(rooms.crypto, row, signed.subarray(64));
  const isOwn = equalBytes(row.author, own());
  const isTheirs =
    body !== undefined &&
    equalBytes(body.author, row.author) &&
    // Of an own one the recovery record does not say what it is.
    (isOwn || body.kind === (row.kind as MomentKind)) &&
    // Who was put out may have told of it before, and put it since (MO173).
    (await isSigned(context, row.author, toSign, signed.subarray(0, 64), context.nowMs()));
  return { signed, body: isTheirs ? body : undefined };
}

/** Returns whether it needs not be looked at again. What is false is a gap later (MO37). Inside a transaction. */
function takeBody(context: FeatureContext, row: MomentRow, { signed, body }: Found): boolean {
  const { db, nowMs, own, files } = context;
  if (readMoment(db, row.id)?.state !== "wanted") return true;
  // @checks MO37
  if (body === undefined) {
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
    ...(equalBytes(row.author, own()) && { kept_day: toBeSigned }),
    kind: body.kind,
    signed,
    state: "here",
  });
  files.learnRefs(refsOf(body));
  return true;
}

/** Undefined: not all is there. Empty: it does not open. @param first the value of its first hole. */
export async function wholeBody(
  context: FeatureContext,
  { secret, name }: Pick<MomentRow, "secret" | "name">,
  first: Bytes,
): Promise<Bytes | undefined> {
  const { crypto } = context.rooms;
  const begun = await openBody(crypto, secret, name, first);
  if (begun === undefined) return none;
  return joinedBody(crypto, secret, begun, begun.names.length > 0 ? await readHoles(context, begun.names) : []);
}

/** The same, by what stands in its further holes. */
async function joinedBody(
  crypto: SealedCrypto,
  secret: Bytes,
  { names, bytes }: { readonly names: readonly Bytes[]; readonly bytes: Bytes },
  rest: readonly (Bytes | undefined)[],
): Promise<Bytes | undefined> {
  if (rest.length < names.length || rest.includes(undefined)) return undefined;
  const parts = await Promise.all(
    rest.map((value, nth) => openBodyPart(crypto, secret, nth + 1, names[nth] as Bytes, value as Bytes)),
  );
  return parts.includes(undefined) ? none : concat(bytes, ...(parts as readonly Bytes[]));
}
