/**
 * What is said in own channels goes to home (docs/spec/channels.md CH18, CH44, CH45): films first, in chunks that home
 * checks, from where it has them; then the entry, signed as the next of its channel. Over connections that name nobody.
 */
import {
  type ChannelOwnRow,
  type ChannelPutRow,
  newestChannelPack,
  readChannel,
  readChannelOwn,
  readChannelOwnOf,
  readChannelPut,
  readChannelPuts,
  setChannelOwnHead,
  setChannelPut,
} from "@yanshu/store";
import {
  type Bytes,
  channelEntryBytes,
  channelEntryHash,
  channelLimits,
  decodeChannelEntry,
  encodeChannelEntry,
  encodeChannelSaid,
  equalBytes,
  filmTokens,
  publicLimits,
  unlessMalformed,
  zeroHash,
} from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { authorsNow, keyOfOwn, ownAsAuthor } from "../../values/public-log.ts";
import { authorsAt, authorsInPacks, authorsSaid } from "./authors.ts";
import { dropPut, filesOf, type PutFile } from "./own.ts";
import { dayOf, none } from "./values.ts";

/** How often an entry is signed anew for the place that home says is next. */
const triesMax = 4;

/** All that waits, short words before films: none waits for another's upload. Rejects while home is away. */
export async function putAll(context: FeatureContext): Promise<void> {
  const { db } = context;
  const all = readChannelPuts(db);
  // The first entry of a channel opens it: it goes before all others of it.
  const isFirst = ({ channel, put }: ChannelPutRow) =>
    !all.some((one) => one.put < put && equalBytes(one.channel, channel) && one.state !== "failed");
  const inOrder = all
    .filter(({ state }) => state === "waiting")
    .toSorted(
      (a, b) => Number(isFirst(b)) - Number(isFirst(a)) || Number(a.total > 0) - Number(b.total > 0) || a.put - b.put,
    );
  // One channel's day is full: what waits in others does not wait for it (CH125).
  const full: ChannelPutRow[] = [];
  for (const row of inOrder) {
    const { kind, channel, put } = row;
    if (kind !== "authors" && kind !== "delete" && full.some((one) => equalBytes(one.channel, channel))) continue;
    try {
      await putOne(context, put);
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== "too-often") throw error;
      full.push(row);
    }
  }
  if (full.length > 0) throw new ClientError("too-often");
}

async function putOne(context: FeatureContext, put: number): Promise<void> {
  const { db } = context;
  const row = readChannelPut(db, put);
  if (row === undefined || row.state !== "waiting") return;
  // Who is no author any more says nothing in it (CH93).
  if (ownAsAuthor(db, row.channel) === undefined) return failed(context, put, "refused");
  const { files } = filesOf(row.films);
  let done = 0;
  for (const file of files) {
    const fault = await upload(context, file, (bytes) => {
      setChannelPut(db, put, { done: done + bytes });
      context.changed("channels-mine");
      return readChannelPut(db, put)?.state === "waiting";
    });
    if (fault === "stopped") return;
    if (fault !== undefined) return failed(context, put, fault);
    done += file.bytes;
  }
  const fault = await append(context, put);
  if (fault === "not-yet") return;
  if (fault !== undefined) return failed(context, put, fault);
  context.changed("channels-mine", "channels");
}

type Fault = "refused" | "too-large" | "source-gone" | "no-room";

function failed(context: FeatureContext, put: number, fault: Fault): void {
  setChannelPut(context.db, put, { state: "failed", fault });
  context.changed("channels-mine");
}

/** @param onDone told of bytes that home has of it; false stops. */
async function upload(
  context: FeatureContext,
  { ref, hash, list, bytes }: PutFile,
  onDone: (bytes: number) => boolean,
): Promise<Fault | "stopped" | undefined> {
  const { server, files } = context;
  const begun = await server.answerPaid("filmBegin", filmTokens(bytes), (tokens) => ({
    film: hash,
    bytes,
    list,
    tokens,
  }));
  if (begun.kind !== "ok") return faultOf(begun);
  const { chunkBytes, chunksPerCallMax } = publicLimits;
  const handle = context.read().fileOf(ref).handle;
  return server.onOneLine(async (line) => {
    let state = begun.value;
    while (!state.isWhole) {
      const from = state.chunks * chunkBytes;
      const length = Math.min(bytes - from, chunksPerCallMax * chunkBytes);
      const part = await files.read(handle, from, length).catch((error) => {
        if (error instanceof ClientError && error.code === "file-gone") return undefined;
        throw error;
      });
      if (part === undefined || part.length !== length) return "source-gone";
      const answer = await line.call("filmChunks", { film: hash, at: state.chunks, bytes: part });
      if (answer.kind === "lost") throw new ClientError("offline");
      if (answer.kind === "error") {
        if (answer.code === "rate-limited") throw new ClientError("too-often");
        // Another own device brings it too: home says how far it is, at the next try.
        if (answer.code === "stale-offset" || answer.code === "unpaid") throw new ClientError("offline");
        return faultOf(answer);
      }
      if (answer.value.chunks <= state.chunks && !answer.value.isWhole) return "refused";
      state = answer.value;
      if (!onDone(Math.min(bytes, state.chunks * chunkBytes))) return "stopped";
    }
    return undefined;
  });
}

function faultOf({ code }: { readonly code: string }): Fault {
  if (code === "too-large") return "too-large";
  if (code === "storage-full" || code === "queue-full") return "no-room";
  if (code === "unavailable") throw new ClientError("offline"); // Home takes none now.
  return "refused";
}

/**
 * Signs it as the next entry, and has home take it. What was signed before is said as it was, if it still fits.
 * "not-yet": entries stand before it that no pack has, and with them perhaps other authors (CH92).
 */
async function append(context: FeatureContext, put: number): Promise<Fault | "not-yet" | undefined> {
  const { db } = context;
  for (let tried = 0; tried < triesMax; tried++) {
    const row = readChannelPut(db, put);
    const own = row && (ownAsAuthor(db, row.channel) ?? readChannelOwnOf(db, row.channel)[0]);
    if (row === undefined || own === undefined) return undefined;
    const head = headOf(context, own);
    const signed = row.seq === head.seq + 1 && row.bytes.length > 0 ? row : await sign(context, own, row, head);
    if (typeof signed === "string") return signed === "said" ? undefined : signed;
    const answer = await say(context, signed);
    if (answer.kind === "ok") {
      db.transaction(() => {
        setChannelOwnHead(db, own.id, signed.seq, signed.entry);
        setChannelPut(db, put, { state: "said", fault: "", pack: -1 });
      });
      return undefined;
    }
    // By whom it may be signed is not known for certain before all that stands before it was read.
    if (answer.code === "bad-entry" && head.seq > (readChannel(db, own.id)?.seq ?? -1)) {
      setChannelPut(db, put, { bytes: none, entry: none, seq: -1 });
      return "not-yet";
    }
    if (answer.code !== "list-conflict" && answer.code !== "unknown-list") return faultOf(answer);
    if (!(await caughtUp(context, own))) return "refused";
  }
  return "refused";
}

/** Has home take what was signed: the first entry of a channel opens it. */
function say({ server }: FeatureContext, { seq, bytes }: Pick<ChannelPutRow, "seq" | "bytes">) {
  return seq === 0
    ? server.answerPaid("channelOpen", channelLimits.openTokens, (tokens) => ({ tokens, entry: bytes }))
    : server.answerPaid("channelAppend", channelLimits.appendTokens, (tokens) => ({ tokens, entries: [bytes] }));
}

type Place = { readonly seq: number; readonly hash: Bytes };

/** The last entry of an own channel, as far as this device knows: what home took of it, or what packs have. */
function headOf({ db }: FeatureContext, own: ChannelOwnRow): Place {
  const held = readChannel(db, own.id);
  if (held !== undefined && held.seq > own.seq) return { seq: held.seq, hash: held.head };
  return own.seq < 0 ? { seq: -1, hash: zeroHash } : { seq: own.seq, hash: own.head };
}

type Signed = Pick<ChannelPutRow, "entry" | "bytes" | "seq">;

/**
 * "too-large" where it is longer than an entry may be; "said": there is nothing to say any more. Kept before it goes:
 * the same bytes are said again.
 */
async function sign(
  context: FeatureContext,
  own: ChannelOwnRow,
  row: ChannelPutRow,
  head: Place,
): Promise<Signed | Fault | "not-yet" | "said"> {
  const { crypto, sha256, db, nowMs } = context;
  const { films } = filesOf(row.films);
  const known = authorsAt(context, own, head);
  const authors = known ?? authorsNow(db, own);
  const made = row.kind === "authors" ? authorsSaid(known ?? authorsInPacks(context, own, row), row) : row.body;
  if (made === "not-yet" && row.pack < 0) setChannelPut(db, row.put, { pack: newestChannelPack(db)?.n ?? 0 });
  if (made === "said") db.transaction(() => dropPut(context, row));
  if (typeof made === "string") return made;
  const key = keyOfOwn(own);
  const said = encodeChannelSaid({
    channel: own.id,
    seq: head.seq + 1,
    prev: head.hash,
    day: dayOf(nowMs()),
    author: Math.max(
      0,
      authors.findIndex((one) => equalBytes(one, key)),
    ),
    kind: row.kind,
    body: made,
    ...(films.length > 0 && { films }),
    ...(head.seq < 0 && { inception: own.inception }),
  });
  const { privateKey } = await crypto.signatureKeyPair(own.seed);
  const signature = await crypto.sign(privateKey, channelEntryBytes(said));
  const bytes = unlessMalformed(() => encodeChannelEntry(said, signature));
  if (bytes === undefined) return "too-large";
  const signed = { entry: channelEntryHash(sha256, said), bytes, seq: head.seq + 1 };
  setChannelPut(db, row.put, { ...signed, body: made });
  return signed;
}

/**
 * Where home has the channel. It was ahead, for another own device said something: this one goes on behind that. Or it
 * was put back, and lacks what this device said: it is said again. Resolves with whether there is something to try.
 */
async function caughtUp(context: FeatureContext, own: ChannelOwnRow): Promise<boolean> {
  const { db, server } = context;
  const at = await server.answerPaid("channelAt", 0, () => ({ channel: own.id }));
  const seq = at.kind === "ok" ? at.value.seq : -1;
  if (at.kind !== "ok" && at.code !== "unknown-list") return false;
  const again = readChannelPuts(db)
    .filter((one) => one.state === "said" && equalBytes(one.channel, own.id) && one.seq > seq)
    .toSorted((a, b) => a.seq - b.seq);
  if (again.length === 0 || again[0]?.seq !== seq + 1) {
    if (at.kind !== "ok") setChannelOwnHead(db, own.id, -1, zeroHash);
    else setChannelOwnHead(db, own.id, seq, at.value.hash);
    return true;
  }
  for (const row of again) if ((await say(context, row)).kind !== "ok") return false;
  return true;
}

/**
 * What home took and no pack has yet waits again, as it was signed: another entry in its place would be a second one
 * with that number. Inside a transaction.
 */
export function sayAgain({ db, sha256 }: FeatureContext): void {
  const said = readChannelPuts(db).filter(({ state }) => state === "said");
  for (const { put } of said) setChannelPut(db, put, { state: "waiting", fault: "" });
  for (const { id } of readChannelOwn(db)) {
    const [first] = said.filter(({ channel }) => equalBytes(channel, id)).toSorted((a, b) => a.seq - b.seq);
    if (first === undefined) continue;
    const { prev } = decodeChannelEntry(sha256, first.bytes);
    setChannelOwnHead(db, id, first.seq - 1, prev);
  }
}
