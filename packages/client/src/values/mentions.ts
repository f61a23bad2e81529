/** Mentions: what is said in words, whom it names, and whom that calls (docs/spec/actions.md AC14). */
import { isLongText, type Mention, textLimits } from "@yanshu/content";
import { type Database, readMembers } from "@yanshu/store";
import { type AccountId, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import type { MentionRange } from "../api/actions.ts";
import { ClientError } from "../errors.ts";

/** As `messages.mention` holds it. */
export type Calls = 0 | 1 | 2;
const nobody = 0;
const me = 1;
const everybody = 2;

type Words = { readonly text: string; readonly mentions?: readonly Mention[] };

/**
 * As a person wrote them. @throws ClientError `empty`, `too-long`, `unknown-contact`; `not-allowed` where it calls
 * everybody without the right to.
 */
export function wordsOf(
  db: Database,
  own: AccountId,
  conversation: ConversationId,
  text: string,
  mentions: readonly MentionRange[],
): Words {
  if (text.trim() === "") throw new ClientError("empty");
  if (isLongText(text) || mentions.length > textLimits.mentionsMax) throw new ClientError("too-long");
  const members = readMembers(db, conversation);
  const made = mentions.map(({ at, length, account }): Mention => {
    if (account === undefined) {
      const mine = members.find((member) => equalBytes(member.account, own));
      if (mine === undefined || mine.role === "member") throw new ClientError("not-allowed");
      return { at, length };
    }
    const named = members.find((member) => toHex(member.account) === account);
    if (named === undefined) throw new ClientError("unknown-contact");
    return { at, length, account: named.account };
  });
  return { text: text.toWellFormed(), ...(made.length === 0 ? {} : { mentions: made }) };
}

/** Calling everybody is for those who lead a group; from anybody else it is a word like any other. */
export function withoutFalseCalls<W extends Words>(body: W, mayCallEverybody: boolean): W {
  if (body.mentions === undefined) return body;
  const mentions = body.mentions.filter(
    ({ account, at, length }) => at + length <= body.text.length && (account !== undefined || mayCallEverybody),
  );
  return { ...body, mentions };
}

/** Whom words call that `by` says. */
export function calledBy(by: AccountId, { mentions = [] }: Words, own: AccountId): Calls {
  if (equalBytes(by, own)) return nobody;
  if (mentions.some(({ account }) => account !== undefined && equalBytes(account, own))) return me;
  return mentions.some(({ account }) => account === undefined) ? everybody : nobody;
}
