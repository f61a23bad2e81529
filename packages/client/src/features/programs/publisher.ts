/**
 * Publisher: what a mini program asks of the account that gave it (docs/spec/programs.md PR53, PR55–PR57). A question
 * and its answer are messages of the chat of the two, which nobody sees and of which no device keeps the words.
 */
import { type BodyOf, decodeBody, encodeBody, givenProgramType, programStateLimits } from "@yanshu/content";
import {
  type Database,
  deleteFromOutbox,
  readConversationHead,
  readMessage,
  readOutbox,
  replaceInOutbox,
} from "@yanshu/store";
import { type AccountId, type Bytes, type ContentId, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  contentId,
  type FeatureContext,
  filled,
  type Hex,
  type MessageRef,
  nameOf,
  type ReadContext,
  type Said,
} from "../../feature.ts";

const askLimits = {
  /** So many questions of this device wait for an answer; the oldest is given up for the next. */
  waitingMax: 64,
  /** So many of a chat wait to be sent: where there is no way out, more would lie before what the person writes. */
  unsentMax: 10,
  /** So long one waits. */
  waitMsMax: 60_000,
  /** So many questions wait for the account that answers, and so many of one person. */
  askedMax: 400,
  askedEachMax: 16,
  /** So many of one person are taken at once, and then one in each such time. */
  burst: 20,
  everyMs: 1_000,
} as const;

/** A question that waits for this account's answer. */
export type ProgramAsk = {
  readonly chat: Hex;
  readonly ask: MessageRef;
  readonly by: Hex;
  readonly atMs: number;
  readonly words: string;
};

export type PublisherApi = {
  /**
   * Asks the account that gave the program, and resolves with its answer. Rejects with `not-allowed` where nobody gave
   * it who can be asked, `offline` where too much waits to be sent, and `too-late` after a minute, or sooner. What was
   * not sent until then is not sent any more.
   */
  readonly writeForProgram: (conversation: Hex, card: MessageRef, words: string, waitMs?: number) => Promise<string>;
  /** It was closed, or may ask no more: what it asked is sent no more, and not waited for. */
  readonly withdrawForProgram: (conversation: Hex, card: MessageRef) => Promise<void>;
  /** From now on this device answers what programs ask that this account gave. */
  readonly answerPrograms: () => Promise<void>;
  /** @param words undefined: it has none, and the question is let go. */
  readonly answerToProgram: (conversation: Hex, ask: MessageRef, words?: string) => Promise<void>;
};

type Waiting = {
  readonly chat: Hex;
  readonly card: MessageRef;
  readonly done: (words: string) => void;
  readonly lost: () => void;
};
type Questions = {
  readonly waiting: Map<Hex, Waiting>;
  asks: readonly ProgramAsk[];
  isAnswering: boolean;
  /** Chats of the answers that may wait to be sent, by their ids. */
  readonly answers: Map<Hex, Hex>;
  /** When a person may ask again, by their account. */
  readonly freeAtMs: Map<Hex, number>;
};
const kept = new WeakMap<Database, Questions>();
const topic = "program-asks";

function questionsOf(database: Database): Questions {
  const known = kept.get(database) ?? {
    waiting: new Map(),
    asks: [],
    isAnswering: false,
    answers: new Map(),
    freeAtMs: new Map(),
  };
  kept.set(database, known);
  return known;
}

/** Who forwards a program does not answer for it, and their copy does not say that they do. */
const isGiven = ({ name, type }: Pick<BodyOf<"file">, "name" | "type">) =>
  type === givenProgramType && /\.ymp$/i.test(name);

/** @checks PR53 PR56 */
export function hasPublisher(
  { db, kindOf, own }: FeatureContext,
  conversation: ConversationId,
  author: AccountId,
  file: Pick<BodyOf<"file">, "name" | "type">,
): boolean {
  return kindOf(readConversationHead(db, conversation)?.kind).hasPeer && !equalBytes(author, own()) && isGiven(file);
}

/** One's own device asks nothing of oneself, and what was asked of another is nobody's here. @checks PR53 PR56 */
export function asked(context: FeatureContext, said: Said<"programAsk">): void {
  const { conversation, by, id, body, sentAtMs, group, isLate } = said;
  const known = questionsOf(context.db);
  const isMine = equalBytes(body.author, context.own()) && !equalBytes(by, context.own());
  if (!known.isAnswering || !isMine || isLate || body.words === "" || group?.kind.hasPeer !== true) return;
  if (!wasGivenHere(context.db, conversation, body)) return;
  const ask = { author: toHex(by), id: toHex(id) };
  // Frozen ones are told apart by what they are: their words, of which there are many, are not compared.
  const one = Object.freeze({ chat: toHex(conversation), ask, by: toHex(by), atMs: sentAtMs, words: body.words });
  // @checks PR58
  if (known.asks.filter((it) => it.by === one.by).length >= askLimits.askedEachMax || isTooFast(context, one.by))
    return;
  known.asks = withRoom([...known.asks, one]);
  context.changed(topic);
}

/** A changed client asks without a pause: each question would be answered, by a post that others wait for. */
function isTooFast({ db, nowMs }: FeatureContext, by: Hex): boolean {
  const { freeAtMs } = questionsOf(db);
  const { burst, everyMs } = askLimits;
  const next = Math.max(freeAtMs.get(by) ?? 0, nowMs() - burst * everyMs) + everyMs;
  if (next > nowMs()) return true;
  freeAtMs.set(by, next);
  return false;
}

/** Of too many the newest of who has most goes: nobody takes another's place. */
export function withRoom(asks: readonly ProgramAsk[]): readonly ProgramAsk[] {
  if (asks.length <= askLimits.askedMax) return asks;
  const counts = new Map<Hex, number>();
  for (const { by } of asks) counts.set(by, (counts.get(by) ?? 0) + 1);
  const [most] = [...counts].reduce((one, other) => (other[1] > one[1] ? other : one));
  const gone = asks.findLastIndex(({ by }) => by === most);
  return asks.filter((_, at) => at !== gone);
}

/** Whether this account sent the program there. */
function wasGivenHere(db: Database, conversation: ConversationId, { author, id }: BodyOf<"programAsk">): boolean {
  const row = readMessage(db, conversation, author, id);
  const card = row?.kind === "file" ? decodeBody(row.body) : undefined;
  return card?.kind === "file" && isGiven(card);
}

/** Only whom it was asked of answers, in the chat in which it was asked. @checks PR53 */
export function answered(context: FeatureContext, { conversation, by, body }: Said<"programAnswer">): void {
  const { waiting } = questionsOf(context.db);
  const id = toHex(body.id);
  const one = waiting.get(id);
  if (one === undefined || one.chat !== toHex(conversation) || equalBytes(by, context.own()) || body.words === "")
    return;
  waiting.delete(id);
  one.done(body.words);
}

/**
 * One without a number is known to nobody and goes. One with a number may be on its way: if it is not, its number
 * carries nothing.
 */
function withdraw({ db }: FeatureContext, { id, seq, body }: { id: ContentId; seq: number | null; body: Bytes }): void {
  const said = decodeBody(body);
  if (said?.kind !== "programAsk" && said?.kind !== "programAnswer") return;
  if (seq === null) deleteFromOutbox(db, id);
  else if (said.words !== "") replaceInOutbox(db, id, encodeBody({ ...said, words: "" }));
}

/** What was asked, or answered, before this run is waited for by nobody (PR57). */
export function withdrawAll(context: FeatureContext): void {
  const { db } = context;
  const rows = db.all<{ id: ContentId; seq: number | null; body: Bytes }>(
    "SELECT id, seq, body FROM outbox WHERE shown = 0 AND roster IS NULL",
  );
  db.transaction(() => {
    for (const row of rows) withdraw(context, row);
  });
}

export const programAsks = {
  topics: () => [topic],
  read: ({ database }: ReadContext): readonly ProgramAsk[] => questionsOf(database).asks,
};

export function publisherApi(context: FeatureContext): PublisherApi {
  const { db, find, say, writable, changed, sendSoon, after } = context;
  const { waiting, answers } = questionsOf(db);
  const isUnsent = (id: Hex) => readOutbox(db, contentId(id)) !== undefined;

  function withdrawOne(id: Hex): void {
    const item = readOutbox(db, contentId(id));
    if (item === undefined) return;
    db.transaction(() => withdraw(context, item));
    sendSoon(item.conversation);
  }

  /** Nobody waits for these any more. */
  function giveUp(ids: readonly Hex[]): void {
    for (const id of ids) {
      const one = waiting.get(id);
      if (one === undefined) continue;
      waiting.delete(id);
      one.lost();
      withdrawOne(id);
    }
  }

  const unsentIn = (chat: Hex) => [...waiting].filter(([id, one]) => one.chat === chat && isUnsent(id)).length;
  const unsentAnswersIn = (chat: Hex) => [...answers].filter(([id, one]) => one === chat && isUnsent(id)).length;

  return {
    async writeForProgram(chat, card, words, waitMs = askLimits.waitMsMax) {
      const conversation = writable(chat);
      const { name, body: file } = find(conversation, card, "file");
      // not a check: what the own program asks; who is asked judges for themselves.
      if (!hasPublisher(context, conversation, name.author, file)) throw new ClientError("not-allowed");
      // @checks PR57
      if (unsentIn(chat) >= askLimits.unsentMax) throw new ClientError("offline");
      const body: BodyOf<"programAsk"> = {
        kind: "programAsk",
        ...name,
        words: filled(words, programStateLimits.askedMax),
      };
      const { promise, resolve: done, reject } = Promise.withResolvers<string>();
      const id = say(conversation, body);
      if (waiting.size >= askLimits.waitingMax) giveUp([...waiting.keys()].slice(0, 1));
      waiting.set(id, { chat, card, done, lost: () => reject(new ClientError("too-late")) });
      after(Math.min(waitMs, askLimits.waitMsMax), () => giveUp([id]));
      return promise;
    },

    async withdrawForProgram(chat, card) {
      const of = [...waiting].filter(([, one]) => one.chat === chat && one.card.id === card.id);
      giveUp(of.map(([id]) => id));
    },

    async answerPrograms() {
      questionsOf(db).isAnswering = true;
    },

    async answerToProgram(chat, ask, words) {
      const known = questionsOf(db);
      known.asks = known.asks.filter((one) => one.ask.id !== ask.id);
      changed(topic);
      // @checks PR57
      if (words === undefined || unsentAnswersIn(chat) >= askLimits.unsentMax) return;
      const id = say(writable(chat), {
        kind: "programAnswer",
        ...nameOf(ask),
        words: atMost(words, programStateLimits.askedMax),
      });
      answers.set(id, chat);
      after(askLimits.waitMsMax, () => {
        answers.delete(id);
        withdrawOne(id);
      });
    },
  };
}
