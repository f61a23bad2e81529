/**
 * Heard marks in the vault: the last message number received of each device, so that a device that restored the account
 * knows what its lost devices never got, and asks for it (docs/spec/sync.md SY40).
 */
import type { VaultMessage, VaultSegment } from "@yanshu/content";
import {
  awaitsHeardBefore,
  type HeardBefore,
  hasUnread,
  heardAs,
  highestShown,
  latestHeard,
  raiseHeardBefore,
  readConversation,
  setReportedMark,
  takeHeardBefore,
} from "@yanshu/store";
import { equalBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { gapMax, miss } from "../messages/gaps.ts";

type Heard = NonNullable<VaultSegment["heard"]>;

/** How many devices of a chat: the latest heard. */
const devicesMax = 16;
/** How many marks of a segment; each takes about 130 bytes. */
const marksMax = 32;

/** The heard marks for the chats of these messages. */
export function heardIn(engine: Engine, messages: readonly VaultMessage[]): { readonly heard?: Heard } {
  const own = ownOf(engine).account;
  const chats = new Map(messages.map(({ conversation }) => [toHex(conversation), conversation]));
  const heard = [...chats.values()].flatMap((conversation) =>
    latestHeard(engine.db, conversation, devicesMax)
      .filter(({ account, highest }) => highest > 0 && !equalBytes(account, own))
      .map(({ device, account, highest }) => ({ conversation, device, account, seq: highest })),
  );
  return heard.length === 0 ? {} : { heard: heard.slice(0, marksMax) };
}

/** Stores heard marks, on a restored device only: others have their own. Inside a transaction. */
export function takeHeard({ db }: Engine, { heard = [] }: VaultSegment): void {
  if (heard.length > 0 && awaitsHeardBefore(db)) for (const mark of heard) raiseHeardBefore(db, mark);
}

/**
 * How far `device` was heard before: as a lost device said, unless that lies behind the first message that came here,
 * or far ahead of what the vault shows of it; then as the vault shows (SY95). The lost device may be a thief's.
 */
function heardUpTo({ db }: Engine, { conversation, device, first }: HeardBefore, highest: number): number {
  const shown = highestShown(db, conversation, device, first ?? Number.MAX_SAFE_INTEGER);
  // @checks SY95
  if (first !== null && highest >= first) return shown ?? 0;
  // @checks SY95
  if (shown !== undefined && highest > shown + gapMax) return shown;
  return highest;
}

/**
 * Once the whole vault was read: the numbers between the old marks and the first new message are missing. A mark is
 * another device's word, as one that a member reports (SY5): it makes no message a repeat.
 */
export function settleHeard(engine: Engine): void {
  const { db } = engine;
  if (!awaitsHeardBefore(db) || hasUnread(db)) return; // not a check: it is not the moment.
  db.transaction(() => {
    for (const mark of takeHeardBefore(db)) {
      const { conversation, device, account, first } = mark;
      // not a check: the vault said nothing of it, or the chat is gone.
      if (mark.highest === null || readConversation(db, conversation) === undefined) continue;
      const highest = heardUpTo(engine, mark, mark.highest);
      const now = heardAs(db, conversation, device, account);
      if (now === undefined || now.isReported === 1) setReportedMark(db, conversation, { device, account, highest });
      else if (first !== null) miss(engine, conversation, device, account, highest + 1, first - 1);
    }
  });
  engine.schedule(); // What is missing is asked for now, not with the next thing that is said.
}
