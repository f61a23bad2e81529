/**
 * Heard marks in the vault: the last message number received of each device, so that a device that restored the account
 * knows what its lost devices never got, and asks for it (docs/spec/sync.md SY40).
 */
import type { VaultMessage, VaultSegment } from "@yanshu/content";
import {
  awaitsHeardBefore,
  hasUnread,
  heardAs,
  latestHeard,
  raiseHeardBefore,
  readConversation,
  takeHeardBefore,
  writeHeard,
} from "@yanshu/store";
import { equalBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { miss } from "../messages/gaps.ts";

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

/** Once the whole vault was read: the numbers between the old marks and the first new message are missing. */
export function settleHeard(engine: Engine): void {
  const { db } = engine;
  if (!awaitsHeardBefore(db) || hasUnread(db)) return;
  db.transaction(() => {
    for (const { conversation, device, account, highest, first } of takeHeardBefore(db)) {
      if (highest === null || readConversation(db, conversation) === undefined) continue;
      const now = heardAs(db, conversation, device, account);
      if (now === undefined || now.isReported === 1) writeHeard(db, conversation, { device, account, highest });
      else if (first !== null) miss(engine, conversation, device, account, highest + 1, first - 1);
    }
  });
}
