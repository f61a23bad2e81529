/**
 * Heard: how far others were heard, told in the vault, so that a device that restored its account knows what its lost
 * devices never got, and asks for it (docs/spec/sync.md SY40).
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

/** Of a chat, the devices that were heard last. */
const devicesMax = 16;
/** Of a segment; each takes some 130 bytes beside the messages. */
const marksMax = 32;

/** What a segment says beside these messages. */
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

/** Inside a transaction. Devices that are there have heard for themselves. */
export function takeHeard({ db }: Engine, { heard = [] }: VaultSegment): void {
  if (heard.length > 0 && awaitsHeardBefore(db)) for (const mark of heard) raiseHeardBefore(db, mark);
}

/** Once all of the vault was read: what lies between what was heard before and what is heard now is missing. */
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
