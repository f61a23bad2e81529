/**
 * Own posts and words in Moments: posted, withdrawn, commented, liked, deleted. Each is written to the database with a
 * job for it in one transaction; `round.ts` sends the jobs to home afterwards.
 */
import {
  type BlobRef,
  decodeAudience,
  encodeAudience,
  encodeMomentBody,
  type MomentAudience,
  type MomentBody,
  momentLimits,
  momentWindows,
  type SyncItem,
} from "@yanshu/content";
import {
  addMoment,
  addMomentClear,
  addMomentPut,
  addMomentWord,
  clearMomentHoles,
  dropMomentRoundsOf,
  eraseMomentWord,
  type MomentRow,
  type MomentWordRow,
  readMoment,
  readMomentSettings,
  readMomentWord,
  readMomentWords,
  setMoment,
  toBeSigned,
  writeMomentSettings,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  concat,
  equalBytes,
  fromHex,
  type HoleDays,
  MalformedError,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { ClientError, contactOf, type FeatureContext, type Hex, pack } from "../../feature.ts";
import { takeAhead } from "./ahead.ts";
import { addGone } from "./gone.ts";
import { addRound, bodySecrets, cellDays, cellsOf, forMyself, friendsOf, refsOf, type WordJob } from "./jobs.ts";
import { bodySecret, bodyToSign, holeName, meant, noWord, postIdOf, wordIdOf } from "./sealed.ts";
import { holesOfPost } from "./spent.ts";
import { accountsIn, dayOf, joined, saidTopic } from "./values.ts";
import { bodyOf } from "./views.ts";

const own = ({ own: account }: FeatureContext) => account();

/** @throws ClientError `unknown-contact`, `too-long` */
export function audienceFrom(
  { db }: Pick<FeatureContext, "db">,
  { who, tags = [], people = [] }: { who: MomentAudience["who"]; tags?: readonly string[]; people?: readonly Hex[] },
  mentions: readonly Hex[] = [],
): MomentAudience {
  if (mentions.length > momentLimits.mentionsMax) throw new ClientError("too-long");
  return {
    who,
    tags: who === "only" || who === "except" ? [...tags] : [],
    people: who === "only" || who === "except" ? people.map((one) => contactOf(db, one)) : [],
    ...(mentions.length > 0 && { mentions: mentions.map((one) => contactOf(db, one)) }),
  };
}

/** The first day on which others show the post no more, by the window that is set now; undefined: they always do. */
function untilDay({ db, nowMs }: FeatureContext): number | undefined {
  const { days } = readMomentSettings(db);
  return (momentWindows as readonly number[]).includes(days) ? dayOf(nowMs()) + days + 1 : undefined;
}

/**
 * Signs a post, shows it here and queues it. Resolves with its id. @param also is done in the same transaction @throws
 * ClientError `too-long`
 */
export async function postBody(
  context: FeatureContext,
  said: Omit<MomentBody, "author" | "atMs" | "untilDay">,
  audience: MomentAudience,
  root: Bytes,
  also: () => void = () => undefined,
): Promise<Bytes> {
  const { db, random, rooms, nowMs } = context;
  const secret = (said.kind === "post" ? takeAhead(context, root) : undefined) ?? random(32);
  const post = { author: own(context), secret };
  const id = postIdOf(rooms.crypto, post);
  const until = said.kind === "post" ? untilDay(context) : said.kind === "status" ? dayOf(nowMs()) + 2 : undefined;
  const atMs = afterLast(context, "moments");
  let body: Bytes;
  try {
    body = encodeMomentBody({
      ...said,
      author: own(context),
      atMs,
      ...(until !== undefined && { untilDay: until }),
    });
  } catch (error) {
    if (error instanceof MalformedError) throw new ClientError("too-long");
    throw error;
  }
  const signed = concat(await rooms.crypto.sign(bodyToSign(rooms.crypto, post, body)), body);
  const told = meant(audience, friendsOf(context));
  const row: MomentRow = {
    id,
    author: own(context),
    secret,
    name: holeName(rooms.crypto, bodySecret(rooms.crypto, root, secret, 0)),
    kind: said.kind,
    at_ms: atMs,
    day: dayOf(atMs),
    until_day: until ?? 0,
    signed,
    mention: 0,
    state: "sending",
    audience: encodeAudience(audience),
    told: joined(told),
    got_ms: nowMs(),
    // Later than that only what was changed: so who was told nothing from the beginning is known (MO154).
    stamp_ms: atMs,
  };
  db.transaction(() => {
    addMoment(db, row);
    addPostPuts(context, row, told);
    context.tellOwnDevices([momentItem(row)]);
    also();
  });
  context.changed("moments");
  context.sendSoon();
  return id;
}

/** A time for a new post or word: now, and in any case after this account's last one, so that they keep their order. */
function afterLast({ db, nowMs, own: account }: FeatureContext, table: "moments" | "moment_words"): UnixMs {
  const last = db.get<{ at: number | null }>(
    `SELECT max(at_ms) AS at FROM ${table} WHERE author = ? AND at_ms < ? AND state <> 'gone'`,
    account(),
    nowMs() + 60_000, // A clock that was ahead once, by more than this, is not followed.
  );
  return Math.max(nowMs(), (last?.at ?? 0) + 1) as UnixMs;
}

/** Queues a post's body, and for each reader the cell that tells of it. Inside a transaction. */
export function addPostPuts(context: FeatureContext, row: MomentRow, told: readonly AccountId[]): void {
  addMomentPut(context.db, "post", pack({}), row.id);
  // This account's own devices have a cell too, so a post that nobody else may read looks like any other.
  const cells = cellsOf(row, [own(context), ...told]);
  addRound(context, cells, row.id, { days: daysOfCells(row.kind) });
}

/** Cells of a status stay for two days only: it ends before a friend who is away for longer comes back. */
function daysOfCells(kind: MomentRow["kind"]): HoleDays {
  return kind === "status" ? 2 : cellDays;
}

/** The sync item that tells the other own devices of an own post. */
export function momentItem(row: MomentRow): Extract<SyncItem, { kind: "moment" }> {
  const { secret, name, at_ms, stamp_ms, signed, audience, told, state } = row;
  const base = { kind: "moment", secret, name, atMs: at_ms, stampMs: stamp_ms } as const;
  if (state === "gone") return base;
  return {
    ...base,
    // One that is wanted has no body yet: it is not gone (MO15).
    ...(signed.length > 0 && { signed }),
    // One that was met at home alone: a device that is told of it knows no more, and signs nothing anew (MO173).
    ...(audience !== null && { audience: decodeAudience(audience) ?? { who: "all", tags: [], people: [] } }),
    ...(told !== null && { told: accountsIn(told) }),
  };
}

/** Applies a sync item of another own device about an own post. Inside a transaction. */
export function takeMoment(context: FeatureContext, item: Extract<SyncItem, { kind: "moment" }>): void {
  const { db, rooms, nowMs } = context;
  const id = postIdOf(rooms.crypto, { author: own(context), secret: item.secret });
  const held = readMoment(db, id);
  // One that was found at home has no audience yet.
  const isComplete = held !== undefined && held.state !== "wanted" && (held.state === "gone" || held.audience !== null);
  // Of one that the other device met at home alone it knows less (MO173).
  const isLess = item.audience === undefined && (item.signed?.length ?? 0) > 0;
  if (isComplete && (isLess || held.stamp_ms >= item.stampMs)) return;
  if ((item.signed === undefined || item.signed.length === 0) && item.audience !== undefined) {
    takeWithoutBody(context, id, item, held);
    return;
  }
  const signed = item.signed ?? new Uint8Array();
  const body = signed.length === 0 ? undefined : bodyOf({ signed });
  if (body !== undefined && !equalBytes(body.author, own(context))) return;
  const row: MomentRow = {
    id,
    author: own(context),
    secret: item.secret,
    name: item.name,
    kind: body?.kind ?? "",
    at_ms: Math.min(item.atMs, nowMs()) as UnixMs,
    day: dayOf(body?.atMs ?? item.atMs),
    until_day: body?.untilDay ?? 0,
    signed,
    mention: 0,
    state: body === undefined ? "gone" : "here",
    audience: item.audience ? encodeAudience(item.audience) : null,
    told: item.told ? joined(item.told) : null,
    got_ms: nowMs(),
    stamp_ms: item.stampMs,
  };
  if (held === undefined) addMoment(db, row);
  else {
    const { id: _, state, ...rest } = row;
    // This device may still be putting it.
    setMoment(db, id, {
      ...rest,
      ...((state === "gone" || held.state === "wanted") && { state }),
      // Met at home alone until now: a device that was put out may have signed it (MO173).
      ...(held.audience === null && { kept_day: toBeSigned }),
    });
    if (state === "gone" || (item.audience?.who === "me" && held.told !== null && held.told.length > 0))
      letGoOf(context, id);
  }
  // Of one that is gone no file is left; one that was made private has others (MO57).
  const before = refsIn(held && bodyOf(held));
  const now = refsIn(body);
  const without = (refs: readonly BlobRef[], others: readonly BlobRef[]) =>
    refs.filter(({ id: one }) => !others.some((other) => equalBytes(one, other.id)));
  context.files.learnRefs(without(now, before));
  context.files.forgetRefs(without(before, now), "everywhere");
  context.changed("moments");
}

const refsIn = (body: MomentBody | undefined): readonly BlobRef[] => (body === undefined ? [] : refsOf(body));

/**
 * Applies an item of the recovery record, which names a post whose body has yet to be fetched. Inside a transaction.
 */
function takeWithoutBody(
  context: FeatureContext,
  id: Bytes,
  { secret, name, atMs, audience, told }: Extract<SyncItem, { kind: "moment" }>,
  held: MomentRow | undefined,
): void {
  const { db, nowMs } = context;
  const known = { audience: audience ? encodeAudience(audience) : null, told: told ? joined(told) : null };
  if (held === undefined)
    addMoment(db, {
      id,
      author: own(context),
      secret,
      name,
      kind: "post",
      at_ms: Math.min(atMs, nowMs()) as UnixMs,
      day: dayOf(atMs),
      until_day: 0,
      signed: new Uint8Array(),
      mention: 0,
      state: "wanted",
      ...known,
      got_ms: nowMs(),
      stamp_ms: nowMs(),
    });
  else setMoment(db, id, known);
  context.changed("moments");
}

/**
 * Queues the deletion of an own post at home, and erases others' likes and comments on it here. Inside a transaction.
 */
function letGoOf(context: FeatureContext, id: Bytes): void {
  const { db, serverName } = context;
  const row = readMoment(db, id);
  if (row !== undefined) {
    addGone(context, row);
    for (const { secret } of holesOfPost(context, row)) addMomentClear(db, secret, 0, serverName());
  }
  dropMomentRoundsOf(db, id);
  clearMomentHoles(db, id, serverName());
  // Another own device may have put the body, and may never come back.
  for (const secret of row === undefined ? [] : bodySecrets(context, row)) addMomentClear(db, secret, 0, serverName());
  db.run("DELETE FROM moment_puts WHERE about = ? AND kind IN ('post', 'round', 'cells')", id);
  for (const { id: word } of readMomentWords(db, id)) eraseMomentWord(db, word);
}

/** @throws ClientError `unknown-message` */
export function postHere({ db }: Pick<FeatureContext, "db">, hex: Hex): MomentRow {
  const row = /^[0-9a-f]{32}$/.test(hex) ? readMoment(db, fromHex(hex)) : undefined;
  if (row === undefined || row.state === "gone" || row.state === "wanted") throw new ClientError("unknown-message");
  return row;
}

/** @throws ClientError `unknown-message` */
export function ownPost(context: FeatureContext, hex: Hex): MomentRow {
  const row = postHere(context, hex);
  if (!equalBytes(row.author, own(context))) throw new ClientError("unknown-message");
  return row;
}

/** @throws ClientError `unknown-message` */
export function wordHere({ db }: Pick<FeatureContext, "db">, hex: Hex): MomentWordRow {
  const row = /^[0-9a-f]{32}$/.test(hex) ? readMomentWord(db, fromHex(hex)) : undefined;
  if (row === undefined || row.state === "gone") throw new ClientError("unknown-message");
  return row;
}

/**
 * Deletes an own post, or keeps it for this person alone: either way it is cleared at home and its readers are told.
 */
export function withdraw(
  context: FeatureContext,
  row: MomentRow,
  isKept: boolean,
  /** Files that something else names now. */
  kept: readonly { readonly blob: { readonly id: Bytes } }[] = [],
): void {
  const { db, nowMs } = context;
  const stamp_ms = Math.max(nowMs(), row.stamp_ms + 1);
  const body = bodyOf(row);
  db.transaction(() => {
    // Null: a device before this one told them, and it is not known whom. They are told in any case.
    const wasTold = row.told === null || row.told.length > 0;
    letGoOf(context, row.id);
    if (isKept)
      setMoment(db, row.id, {
        audience: forMyself,
        told: new Uint8Array(),
        state: "here",
        stamp_ms,
      });
    else {
      setMoment(db, row.id, { state: "gone", signed: new Uint8Array(), told: null, audience: null, stamp_ms });
      if (body !== undefined) {
        const gone = refsOf(body).filter(({ id }) => !kept.some(({ blob }) => equalBytes(blob.id, id)));
        context.files.forgetRefs(gone, "everywhere");
      }
    }
    if (wasTold) addWordJob(context, wordJob(context, row, { kind: "withdraw" }));
    if (isKept && body !== undefined && refsOf(body).length > 0) addMomentPut(db, "apart", pack({}), row.id);
    context.tellOwnDevices([momentItem(readMoment(db, row.id) as MomentRow)]);
  });
  context.changed("moments");
  context.sendSoon();
}

function wordJob(context: FeatureContext, post: MomentRow, word: Pick<WordJob, "kind"> & Partial<WordJob>): WordJob {
  const atMs = afterLast(context, "moment_words");
  return { id: context.random(16), post: post.id, about: noWord, reply: noWord, atMs, text: "", ...word };
}

function addWordJob({ db }: FeatureContext, job: WordJob): void {
  addMomentPut(db, "word", pack(job), job.id);
}

/** Adds a like or a comment to a post: shown here and queued. Returns its id. */
export function say(
  context: FeatureContext,
  post: MomentRow,
  said: { readonly kind: "like" | "comment"; readonly text: string; readonly answers?: MomentWordRow },
): Hex {
  const { db, random, rooms } = context;
  const reply = random(16);
  const job = wordJob(context, post, {
    id: wordIdOf(rooms.crypto, own(context), post.id, reply),
    kind: said.kind,
    text: said.text,
    reply,
    ...(said.answers && { about: said.answers.id, bound: said.answers.reply }),
  });
  db.transaction(() => {
    addMomentWord(db, {
      id: job.id,
      post: post.id,
      author: own(context),
      kind: said.kind,
      about: said.answers?.id ?? new Uint8Array(),
      reply: job.reply,
      text: said.text,
      at_ms: job.atMs as UnixMs,
      log: new Uint8Array(),
      header: new Uint8Array(),
      name: new Uint8Array(),
      state: "sending",
      got_ms: job.atMs as UnixMs,
    });
    addWordJob(context, job);
  });
  context.changed(saidTopic);
  return toHex(job.id);
}

/** Deletes an own like or comment: cleared at home, and those who may have read it are told. */
export function takeBack(context: FeatureContext, word: MomentWordRow): void {
  const { db } = context;
  const post = readMoment(db, word.post);
  db.transaction(() => {
    eraseMomentWord(db, word.id);
    const waiting = db.all<{ put: number; args: Bytes; holes: Bytes | null }>(
      "SELECT put, args, holes FROM moment_puts WHERE kind = 'word' AND about = ?",
      word.id,
    );
    for (const { put, holes } of waiting) if (holes === null) db.run("DELETE FROM moment_puts WHERE put = ?", put);
    // It never left this device, so nobody need be told that it is gone.
    if (word.state === "sending" && waiting.length > 0 && waiting.every(({ holes }) => holes === null)) return;
    addMomentPut(db, "erase", pack({}), word.id);
    if (post !== undefined) addWordJob(context, wordJob(context, post, { kind: "delete", about: word.id }));
  });
  context.changed(saidTopic);
}

/**
 * Hides somebody's like or comment on an own post: nobody shows it any more, and its author's device deletes it at
 * home.
 */
export function hide(context: FeatureContext, word: MomentWordRow): void {
  const { db } = context;
  const post = readMoment(db, word.post);
  if (post === undefined || !equalBytes(post.author, own(context))) throw new ClientError("unknown-message");
  db.transaction(() => {
    eraseMomentWord(db, word.id);
    addWordJob(context, wordJob(context, post, { kind: "hide", about: word.id }));
  });
  context.changed(saidTopic);
}

export function ownLike({ db, own: account }: FeatureContext, post: Bytes): MomentWordRow | undefined {
  return readMomentWords(db, post).find(
    ({ kind, author, state }) => kind === "like" && state !== "gone" && equalBytes(author, account()),
  );
}

export function changeSettings(
  context: FeatureContext,
  change: { readonly is_on?: number; readonly days?: number; readonly seen_ms?: UnixMs; readonly fed_ms?: UnixMs },
): void {
  const { db, nowMs } = context;
  db.transaction(() => {
    const held = readMomentSettings(db);
    const isDecided = change.is_on !== undefined || change.days !== undefined;
    const next = { ...held, ...change, ...(isDecided && { stamp_ms: Math.max(nowMs(), held.stamp_ms + 1) }) };
    if (writeMomentSettings(db, next)) context.tellOwnDevices([settingsItem(readMomentSettings(db))]);
  });
  context.changed("moments");
  context.sendSoon();
}

export function settingsItem({ is_on, days, seen_ms, fed_ms, stamp_ms }: ReturnType<typeof readMomentSettings>) {
  return {
    kind: "momentSettings",
    isOn: is_on === 1,
    days,
    seenMs: seen_ms,
    fedMs: fed_ms,
    stampMs: stamp_ms,
  } as const;
}
