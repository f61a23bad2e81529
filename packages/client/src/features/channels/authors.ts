/**
 * Several authors of one channel (docs/spec/channels.md CH89–CH94). An author asks a contact in the chat of the two;
 * the other makes a key on their own device and answers with it; the device that asked says in the log who may sign
 * from then on. No key leaves the devices of its account.
 */
import {
  addChannelOwn,
  addChannelPut,
  agreeChannelAsking,
  type ChannelOwnRow,
  type ChannelPutRow,
  dropChannelAsking,
  endChannelAsking,
  keepChannelAskings,
  newestChannelPack,
  readChannel,
  readChannelAskings,
  readChannelCoauthor,
  readChannelCoauthors,
  readChannelOwnOf,
  readChannelPuts,
  readContact,
  readConversationHead,
  setChannelAnswer,
  writeChannelAsking,
  writeChannelCoauthor,
} from "@yanshu/store";
import {
  type AccountId,
  authorsBody,
  type Bytes,
  channelIdOf,
  concat,
  decodeChannelInception,
  equalBytes,
  publicLimits,
  toHex,
  unlessMalformed,
  utf8,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, idFrom, type ReadContext, type Said } from "../../feature.ts";
import { authorsNow, channelRef, keyOfOwn, keysIn, ownAsAuthor } from "../../values/public-log.ts";
import { ownChannel, ownItem } from "./own.ts";
import type { ChannelAskingView, ChannelAuthorsView } from "./types.ts";
import { none } from "./values.ts";
import { chatWith } from "./youth.ts";

/** So many askings of one contact stand here at most: the newest. */
const askingsMax = 8;

/** @throws ClientError `unknown-message`, `unknown-contact`, `not-allowed` where it has as many as it may have */
export function askAuthor(context: FeatureContext, id: Bytes, person: Hex): void {
  const { db, nowMs } = context;
  const own = ownChannel(context, id);
  const { account, chat } = chatWith(context, person);
  const asked = readChannelCoauthors(db).filter((one) => one.is_on === 1 && equalBytes(one.channel, id));
  const open = asked.filter(({ key }) => key.length === 0);
  // not a check: home and readers take no more (CH1).
  if (authorsNow(db, own).length + open.length >= publicLimits.authorsMax) throw new ClientError("not-allowed");
  context.writable(toHex(chat));
  const stampMs = Math.max(nowMs(), (readChannelCoauthor(db, id, account)?.stamp_ms ?? 0) + 1);
  const { name } = channelRef(db, id);
  context.say(
    chat,
    { kind: "channelAuthor", channel: id, stampMs, asks: true, name, inception: own.inception },
    { before: () => keepCoauthor(context, { channel: id, account, isOn: true, stampMs }, true) },
  );
  told(context);
}

/** Takes back what was asked, and not answered yet. @throws ClientError `unknown-message`, `unknown-contact` */
export function unaskAuthor(context: FeatureContext, id: Bytes, person: Hex): void {
  const { db, nowMs } = context;
  ownChannel(context, id);
  const { account, chat } = chatWith(context, person);
  const stampMs = Math.max(nowMs(), (readChannelCoauthor(db, id, account)?.stamp_ms ?? 0) + 1);
  context.say(
    chat,
    { kind: "channelAuthor", channel: id, stampMs, asks: false },
    { before: () => keepCoauthor(context, { channel: id, account, isOn: false, stampMs }, true) },
  );
  told(context);
}

/**
 * This person agrees, by a key that nobody has seen before, or declines. @throws ClientError `unknown-message` where
 * they were not asked, or are an author already.
 */
export async function answerAsking(context: FeatureContext, id: Bytes, person: Hex, isYes: boolean): Promise<void> {
  const { db, random, nowMs, crypto, own } = context;
  const asking = readChannelAskings(db).find(
    (one) => equalBytes(one.channel, id) && equalBytes(one.account, idFrom(person) ?? none),
  );
  // not a check: what this person says themselves.
  if (asking === undefined || ownAsAuthor(db, id) !== undefined) throw new ClientError("unknown-message");
  const { account, chat } = chatWith(context, person);
  const { inception } = asking;
  const stampMs = Math.max(nowMs(), asking.stamp_ms + 1);
  context.writable(toHex(chat));
  if (!isYes) {
    const before = () => dropChannelAsking(db, id, account);
    context.say(chat, { kind: "channelAuthor", channel: id, stampMs, asks: false }, { before });
    told(context);
    return;
  }
  const seed = random(32);
  const { publicKey: key, privateKey } = await crypto.signatureKeyPair(seed);
  const proof = await crypto.sign(privateKey, proofBytes(id, account, own()));
  const row = { id, seed, inception, stamp_ms: stampMs, author: key };
  context.say(
    chat,
    { kind: "channelAuthor", channel: id, stampMs, key, proof },
    {
      before: () => {
        if (addChannelOwn(db, row)) context.tellOwnDevices([ownItem(row)]);
        agreeChannelAsking(db, id, account);
      },
    },
  );
  told(context);
}

/** What a new author's key signs (CH121): for which channel, and who answers whom. */
const proofBytes = (channel: Bytes, asker: AccountId, answerer: AccountId) =>
  concat(utf8("yanshu author v1\0"), channel, asker, answerer);

/**
 * Another signs no more, or this account itself. Whose key it was stays known until a pack shows that it is gone
 * (CH126). @throws ClientError `unknown-message`; `not-allowed` where nobody would be left
 */
export function removeAuthor(context: FeatureContext, id: Bytes, key: Bytes): void {
  const { db } = context;
  const own = ownChannel(context, id);
  const authors = authorsNow(db, own);
  // not a check: what this person says of their own channel.
  if (!isIn(authors, key)) throw new ClientError("unknown-message");
  // not a check: the log itself takes no channel without an author (CH1).
  if (authors.length === 1) throw new ClientError("not-allowed");
  db.transaction(() => putAuthor(context, id, key, false));
  told(context);
}

function told(context: FeatureContext): void {
  context.changed("channels", "channels-mine");
  context.sendSoon();
}

type Coauthor = {
  readonly channel: Bytes;
  readonly account: AccountId;
  readonly isOn: boolean;
  readonly stampMs: number;
  readonly key?: Bytes;
};

/** Inside a transaction. @param isHere this device says it, and tells the others. */
function keepCoauthor(context: FeatureContext, { isOn, stampMs, key = none, ...who }: Coauthor, isHere: boolean): void {
  const row = { ...who, is_on: isOn ? 1 : 0, key, is_here: isHere ? 1 : 0, stamp_ms: stampMs };
  if (writeChannelCoauthor(context.db, row) && isHere) context.tellOwnDevices([coauthorItem(row)]);
}

type CoauthorRow = Parameters<typeof writeChannelCoauthor>[1];

const coauthorItem = ({ channel, account, is_on, key, stamp_ms }: CoauthorRow) => ({
  kind: "channelCoauthor" as const,
  channel,
  account,
  isOn: is_on === 1,
  stampMs: stamp_ms,
  ...(key.length > 0 && { key }),
});

export const coauthorItems = ({ db }: Pick<FeatureContext, "db">) => readChannelCoauthors(db).map(coauthorItem);

/** What another own device asked, or heard. Inside a transaction. */
export function takeCoauthor(context: FeatureContext, { channel, account, isOn, stampMs, key }: Coauthor): void {
  keepCoauthor(context, { channel, account, isOn, stampMs, ...(key && { key }) }, false);
  context.changed("channels-mine");
}

/** What is said in the chat of two. Inside a transaction. @checks CH90 */
export function takeAuthor(context: FeatureContext, said: Said<"channelAuthor">): void {
  const { db, own, directs, sha256 } = context;
  const { by, conversation, body } = said;
  const { channel, asks, key, proof, name = "", inception } = body;
  if (equalBytes(by, own())) takeOwn(context, said);
  if (!equalBytes(conversation, directs.with(by))) return;
  // Who is no contact asks nothing, and answers nothing. @checks CH120
  if (readContact(db, by)?.state !== "contact") return;
  if (key !== undefined && proof !== undefined) takeKey(context, by, channel, concat(key, proof));
  const stamp_ms = Math.min(body.stampMs, context.nowMs());
  if (asks === true && inception !== undefined) {
    const isOfIt = equalBytes(channelIdOf(sha256, inception), channel) && isInception(inception);
    // Who is an author already is asked for nothing.
    if (!isOfIt || ownAsAuthor(db, channel) !== undefined) return;
    writeChannelAsking(db, { channel, account: by, asks: 1, name, inception, stamp_ms });
    keepChannelAskings(db, by, askingsMax);
  } else if (asks === false) {
    endChannelAsking(db, channel, by, stamp_ms);
    declined(context, by, channel);
  }
  context.changed("channels-mine");
}

const isInception = (bytes: Bytes) => unlessMalformed(() => decodeChannelInception(bytes)) !== undefined;

/** Another own device answered: here the asking is done with, too. Inside a transaction. */
function takeOwn({ db, changed }: FeatureContext, { conversation, body }: Said<"channelAuthor">): void {
  const peer = readConversationHead(db, conversation)?.peer;
  if (peer == null || body.asks === true) return;
  if (body.key === undefined) dropChannelAsking(db, body.channel, peer);
  else agreeChannelAsking(db, body.channel, peer);
  changed("channels-mine");
}

/** Whom this account asked, and who has not answered yet, says no. Inside a transaction. */
function declined(context: FeatureContext, account: AccountId, channel: Bytes): void {
  const asked = readChannelCoauthor(context.db, channel, account);
  if (asked === undefined || asked.is_on === 0 || asked.key.length > 0) return;
  keepCoauthor(context, { channel, account, isOn: false, stampMs: asked.stamp_ms + 1 }, asked.is_here === 1);
}

/**
 * Whom this device asked agrees. An answer that nobody asked for, or one after the first, changes nothing. Inside a
 * transaction. @checks CH90
 */
function takeKey({ db, changed }: FeatureContext, account: AccountId, channel: Bytes, answer: Bytes): void {
  const asked = readChannelCoauthor(db, channel, account);
  if (asked === undefined || asked.is_on === 0 || asked.is_here === 0) return;
  // not a check: they answered already.
  if (asked.key.length > 0 || asked.answer.length > 0) return;
  setChannelAnswer(db, channel, account, answer);
  changed("channels-mine");
}

/**
 * The key of an answer goes into the log where it is theirs who answered. One that cannot be an author's or is
 * another's changes nothing. @checks CH90, CH121
 */
export async function checkAnswers(context: FeatureContext): Promise<void> {
  const { db, crypto, own } = context;
  for (const { channel, account, answer } of readChannelCoauthors(db)) {
    if (answer.length === 0) continue; // not a check: there is none.
    const key = answer.subarray(0, 32);
    const isTheirs = await crypto.verify(key, proofBytes(channel, own(), account), answer.subarray(32));
    db.transaction(() => {
      const asked = readChannelCoauthor(db, channel, account);
      if (asked === undefined || !equalBytes(asked.answer, answer)) return;
      setChannelAnswer(db, channel, account, none);
      const row = ownAsAuthor(db, channel);
      const isOne = unlessMalformed(() => authorsBody.encode({ keys: [key] })) !== undefined;
      if (!isTheirs || !isOne || row === undefined) return;
      if (isIn(authorsNow(db, row), key)) return;
      keepCoauthor(context, { channel, account, isOn: true, stampMs: asked.stamp_ms + 1, key }, true);
      putAuthor(context, channel, key, true);
    });
    context.changed("channels-mine");
  }
}

/** A pack shows who signs from now on: whose key is gone is no author any more. Inside a transaction. @checks CH126 */
export function authorsLeft(context: FeatureContext, channel: Bytes, authors: readonly Bytes[]): void {
  const before = keysIn(readChannel(context.db, channel)?.authors ?? none);
  const isGone = (key: Bytes) => isIn(before, key) && !isIn(authors, key);
  for (const one of readChannelCoauthors(context.db)) {
    if (one.is_on === 0 || !equalBytes(one.channel, channel) || !isGone(one.key)) continue;
    keepCoauthor(context, { channel, account: one.account, isOn: false, stampMs: one.stamp_ms + 1 }, false);
  }
}

const isIn = (keys: readonly Bytes[], key: Bytes) => keys.some((one) => equalBytes(one, key));

/** Inside a transaction. */
function putAuthor({ db, nowMs }: FeatureContext, channel: Bytes, key: Bytes, isOn: boolean): void {
  const row = { channel, kind: "authors", body: none, films: none, about: key, title: "", total: 0, made_ms: nowMs() };
  addChannelPut(db, { ...row, is_on: isOn ? 1 : 0 });
}

/**
 * Who may sign the entry behind `head`: by the packs, and by what this device said itself since. Undefined: others said
 * something there that no pack has yet.
 */
export function authorsAt({ db }: Pick<FeatureContext, "db">, own: ChannelOwnRow, head: { readonly seq: number }) {
  const heldSeq = readChannel(db, own.id)?.seq ?? -1;
  const said = readChannelPuts(db).filter(({ state, channel }) => state === "said" && equalBytes(channel, own.id));
  for (let seq = heldSeq + 1; seq <= head.seq; seq++) if (!said.some((one) => one.seq === seq)) return undefined;
  return authorsNow(db, own);
}

/**
 * Who signs by the packs, for a removal that met others' entries, waited for a pack, and meets others' again: so who is
 * to be removed cannot put it off by saying one thing behind each pack. Undefined: not yet. @checks CH123
 */
export function authorsInPacks(
  { db }: Pick<FeatureContext, "db">,
  own: ChannelOwnRow,
  { is_on, pack }: Pick<ChannelPutRow, "is_on" | "pack">,
): readonly Bytes[] | undefined {
  const hasWaited = pack >= 0 && (newestChannelPack(db)?.n ?? -1) > pack;
  return is_on === 0 && hasWaited ? authorsNow(db, own) : undefined;
}

/**
 * What an entry says of the authors, made of those that sign at its place: of two who change them at once neither
 * undoes the other. "not-yet": these are not known; "said": it changes nothing; "refused": more than there may be, or
 * none (CH1). @checks CH91
 */
export function authorsSaid(
  before: readonly Bytes[] | undefined,
  change: Pick<ChannelPutRow, "about" | "is_on">,
): Bytes | "not-yet" | "said" | "refused" {
  if (before === undefined) return "not-yet";
  const keys = authorsWith(before, change);
  if (keys === undefined) return "said";
  return unlessMalformed(() => authorsBody.encode({ keys })) ?? "refused";
}

/** Undefined where it changes nothing. */
function authorsWith(before: readonly Bytes[], { about, is_on }: Pick<ChannelPutRow, "about" | "is_on">) {
  const others = before.filter((one) => !equalBytes(one, about));
  const isThere = others.length < before.length;
  return isThere === (is_on === 1) ? undefined : is_on === 1 ? [...before, about] : others;
}

/** For the authors of a channel alone. */
export function readAuthors({ database: db, peopleIn }: ReadContext, id: Bytes): ChannelAuthorsView | undefined {
  const own = ownAsAuthor(db, id);
  if (own === undefined) return undefined;
  const people = peopleIn();
  const asked = readChannelCoauthors(db).filter((one) => one.is_on === 1 && equalBytes(one.channel, id));
  people.load(asked.map(({ account }) => toHex(account)));
  const puts = readChannelPuts(db).filter(({ kind, channel }) => kind === "authors" && equalBytes(channel, id));
  const goes = (how: ChannelPutRow["state"]) =>
    puts.filter(({ is_on, state }) => is_on === 0 && state === how).map(({ about }) => about);
  const leaving = goes("waiting");
  const left = goes("said");
  const authors = authorsNow(db, own);
  const open = asked.filter(({ key }) => !isIn(authors, key) && !isIn(left, key));
  const mine = readChannelOwnOf(db, id).map(keyOfOwn);
  return {
    authors: authors.map((key) => {
      const by = asked.find((one) => equalBytes(one.key, key));
      return {
        key: toHex(key),
        isMe: isIn(mine, key),
        isLeaving: isIn(leaving, key),
        ...(by && { person: people.ref(toHex(by.account)) }),
      };
    }),
    asked: open.map(({ account, key, answer }) => ({
      person: people.ref(toHex(account)),
      hasAgreed: key.length + answer.length > 0,
    })),
    mayAsk: authors.length + open.length < publicLimits.authorsMax,
    isRefused: puts.some(({ state }) => state === "failed"),
  };
}

/** Which contacts ask this person, and what they agreed to and is not so yet. @checks CH120 */
export function readAskings({ database: db, peopleIn }: ReadContext): readonly ChannelAskingView[] {
  const people = peopleIn();
  const open = readChannelAskings(db).filter(
    ({ channel, account }) => readContact(db, account)?.state === "contact" && ownAsAuthor(db, channel) === undefined,
  );
  people.load(open.map(({ account }) => toHex(account)));
  return open.map(({ channel, account, name, answered }) => ({
    channel: toHex(channel),
    name: readChannel(db, channel)?.name || name,
    by: people.ref(toHex(account)),
    hasAgreed: answered === 1,
  }));
}
