/**
 * Several authors of one channel (docs/spec/channels.md CH89–CH94). An author asks a contact in the chat of the two;
 * the other makes a key on their own device and answers with it; the device that asked says in the log who may sign
 * from then on. No key leaves the devices of its account.
 */
import {
  addChannelOwn,
  addChannelPut,
  agreeChannelAskings,
  type ChannelOwnRow,
  type ChannelPutRow,
  dropChannelAsking,
  readChannel,
  readChannelAskings,
  readChannelCoauthor,
  readChannelCoauthors,
  readChannelOwnOf,
  readChannelPuts,
  readConversationHead,
  writeChannelAsking,
  writeChannelCoauthor,
} from "@yanshu/store";
import {
  type AccountId,
  authorsBody,
  type Bytes,
  channelIdOf,
  decodeChannelInception,
  equalBytes,
  publicLimits,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, type ReadContext, type Said } from "../../feature.ts";
import { authorsIn, authorsNow, channelRef, keyOfOwn, keysIn, ownAsAuthor } from "../../values/public-log.ts";
import { ownChannel, ownItem } from "./own.ts";
import type { ChannelAskingView, ChannelAuthorsView } from "./types.ts";
import { none } from "./values.ts";
import { chatWith } from "./youth.ts";

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

/** This person agrees, or declines. @throws ClientError `unknown-message` where they were not asked. */
export async function answerAsking(context: FeatureContext, id: Bytes, person: Hex, isYes: boolean): Promise<void> {
  const { db, random, nowMs } = context;
  const { account, chat } = chatWith(context, person);
  const asking = readChannelAskings(db).find((one) => equalBytes(one.channel, id) && equalBytes(one.account, account));
  if (asking === undefined) throw new ClientError("unknown-message");
  const { inception } = asking;
  const stampMs = Math.max(nowMs(), asking.stamp_ms + 1);
  context.writable(toHex(chat));
  if (!isYes) {
    const before = () => dropChannelAsking(db, id, account);
    context.say(chat, { kind: "channelAuthor", channel: id, stampMs, asks: false }, { before });
    told(context);
    return;
  }
  const held = readChannelOwnOf(db, id);
  const seed = held?.seed ?? random(32);
  const key = held === undefined ? (await context.crypto.signatureKeyPair(seed)).publicKey : keyOfOwn(held);
  const row = { id, seed, inception, stamp_ms: stampMs, author: key };
  context.say(
    chat,
    { kind: "channelAuthor", channel: id, stampMs, key },
    {
      before: () => {
        if (addChannelOwn(db, row)) context.tellOwnDevices([ownItem(row)]);
        agreeChannelAskings(db, id);
      },
    },
  );
  told(context);
}

/**
 * Another signs no more, or this account itself. @throws ClientError `unknown-message`; `not-allowed` where nobody
 * would be left
 */
export function removeAuthor(context: FeatureContext, id: Bytes, key: Bytes): void {
  const { db, nowMs } = context;
  const own = ownChannel(context, id);
  const authors = authorsNow(db, own);
  // not a check: what this person says of their own channel.
  if (!authors.some((one) => equalBytes(one, key))) throw new ClientError("unknown-message");
  // not a check: the log itself takes no channel without an author (CH1).
  if (authors.length === 1) throw new ClientError("not-allowed");
  db.transaction(() => {
    putAuthor(context, id, key, false);
    for (const { channel, account, key: theirs, stamp_ms } of readChannelCoauthors(db)) {
      if (!equalBytes(channel, id) || !equalBytes(theirs, key)) continue;
      keepCoauthor(context, { channel, account, isOn: false, stampMs: Math.max(nowMs(), stamp_ms + 1) }, true);
    }
  });
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
  const { channel, asks, key, name = "", inception } = body;
  if (equalBytes(by, own())) takeOwn(context, said);
  if (equalBytes(by, own()) || !equalBytes(conversation, directs.with(by))) return;
  if (key !== undefined) takeKey(context, by, channel, key);
  const stamp_ms = Math.min(body.stampMs, context.nowMs());
  if (asks === true && inception !== undefined) {
    const isOfIt = equalBytes(channelIdOf(sha256, inception), channel) && isInception(inception);
    // Who is an author already is asked for nothing.
    if (!isOfIt || ownAsAuthor(db, channel) !== undefined) return;
    writeChannelAsking(db, { channel, account: by, asks: 1, name, inception, stamp_ms });
  } else if (asks === false) {
    writeChannelAsking(db, { channel, account: by, asks: 0, name: "", inception: none, stamp_ms });
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
  else agreeChannelAskings(db, body.channel);
  changed("channels-mine");
}

/** Whom this account asked, and who has not answered yet, says no. Inside a transaction. */
function declined(context: FeatureContext, account: AccountId, channel: Bytes): void {
  const asked = readChannelCoauthor(context.db, channel, account);
  if (asked === undefined || asked.is_on === 0 || asked.key.length > 0) return;
  keepCoauthor(context, { channel, account, isOn: false, stampMs: asked.stamp_ms + 1 }, asked.is_here === 1);
}

/**
 * Whom this device asked agrees: their key goes into the log. An answer that nobody asked for, or a key that cannot be
 * an author's or is another's, changes nothing. Inside a transaction. @checks CH90
 */
function takeKey(context: FeatureContext, account: AccountId, channel: Bytes, key: Bytes): void {
  const { db } = context;
  const asked = readChannelCoauthor(db, channel, account);
  const own = ownAsAuthor(db, channel);
  if (asked === undefined || asked.is_on === 0 || asked.is_here === 0 || own === undefined) return;
  // not a check: they answered already.
  if (asked.key.length > 0) return;
  const authors = authorsNow(db, own);
  const isOne = unlessMalformed(() => authorsBody.encode({ keys: [key] })) !== undefined;
  if (!isOne || authors.some((one) => equalBytes(one, key))) return;
  keepCoauthor(context, { channel, account, isOn: true, stampMs: asked.stamp_ms + 1, key }, true);
  putAuthor(context, channel, key, true);
  context.changed("channels-mine");
}

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
  const held = readChannel(db, own.id);
  const said = readChannelPuts(db).filter(({ state, channel }) => state === "said" && equalBytes(channel, own.id));
  for (let seq = (held?.seq ?? -1) + 1; seq <= head.seq; seq++)
    if (!said.some((one) => one.seq === seq)) return undefined;
  const before = held === undefined ? authorsIn(own.inception) : keysIn(held.authors);
  const last = said.findLast(({ kind, seq }) => kind === "authors" && seq <= head.seq);
  return last === undefined ? before : authorsBody.decode(last.body).keys;
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
  const isIn = (keys: readonly Bytes[], key: Bytes) => keys.some((one) => equalBytes(one, key));
  const leaving = puts.filter(({ is_on, state }) => is_on === 0 && state === "waiting").map(({ about }) => about);
  const authors = authorsNow(db, own);
  const mine = keyOfOwn(own);
  return {
    authors: authors.map((key) => {
      const by = asked.find((one) => equalBytes(one.key, key));
      return {
        key: toHex(key),
        isMe: equalBytes(key, mine),
        isLeaving: isIn(leaving, key),
        ...(by && { person: people.ref(toHex(by.account)) }),
      };
    }),
    asked: asked
      .filter(({ key }) => key.length === 0 || !isIn(authors, key))
      .map(({ account, key }) => ({ person: people.ref(toHex(account)), hasAgreed: key.length > 0 })),
    mayAsk: authors.length + asked.filter(({ key }) => !isIn(authors, key)).length < publicLimits.authorsMax,
    isRefused: puts.some(({ state }) => state === "failed"),
  };
}

/** Who asks this person, and what they agreed to and is not so yet. */
export function readAskings({ database: db, peopleIn }: ReadContext): readonly ChannelAskingView[] {
  const people = peopleIn();
  const open = readChannelAskings(db).filter(({ channel }) => ownAsAuthor(db, channel) === undefined);
  people.load(open.map(({ account }) => toHex(account)));
  return open.map(({ channel, account, name, answered }) => ({
    channel: toHex(channel),
    name: readChannel(db, channel)?.name || name,
    by: people.ref(toHex(account)),
    hasAgreed: answered === 1,
  }));
}
