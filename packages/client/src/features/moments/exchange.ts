/**
 * What two friends tell each other in their chat (docs/spec/moments.md MO1): by which way one finds what is for them,
 * and which log opens what the other says. Only who uses Moments tells anything.
 */
import {
  addMomentLog,
  type MomentFriendRow,
  type MomentOwnLogRow,
  readMomentFriends,
  readMomentOwnLogs,
  readMomentRoot,
  writeMomentFriend,
  writeMomentOwnLog,
} from "@yanshu/store";
import { type AccountId, type ConversationId, concat, equalBytes } from "@yanshu/wire";
import type { FeatureContext, Said } from "../../feature.ts";
import { headsFrom, wayTo } from "./sealed.ts";
import { accountsIn, joined } from "./values.ts";

/** The log in which this account speaks now; the first is made here. Opens a transaction itself. */
function currentLog(context: FeatureContext): MomentOwnLogRow | undefined {
  const { db } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return undefined;
  const held = readMomentOwnLogs(db).find(({ generation }) => generation === root.generation);
  return held ?? newLog(context, root.generation);
}

function newLog({ db, random, nowMs, tellOwnDevices }: FeatureContext, generation: number): MomentOwnLogRow {
  const row = { key: random(32), generation, since_ms: nowMs(), place: 0, told: new Uint8Array() };
  db.transaction(() => {
    writeMomentOwnLog(db, row);
    tellOwnDevices([{ kind: "momentLog", key: row.key, generation, sinceMs: row.since_ms, told: [] }]);
  });
  return row;
}

/** Who holds a log is written before they are told. Inside a transaction. */
function noteTold({ db, tellOwnDevices }: FeatureContext, log: MomentOwnLogRow, to: readonly AccountId[]): void {
  const held = readMomentOwnLogs(db).find(({ key }) => equalBytes(key, log.key)) ?? log;
  const told = joined([...accountsIn(held.told), ...to]);
  if (equalBytes(told, held.told)) return;
  writeMomentOwnLog(db, { ...held, told });
  tellOwnDevices([
    { kind: "momentLog", key: log.key, generation: log.generation, sinceMs: log.since_ms, told: accountsIn(told) },
  ]);
}

function peerOf({ db }: FeatureContext, conversation: ConversationId): AccountId | undefined {
  return db.get<{ peer: AccountId }>(
    "SELECT peer FROM conversations WHERE conversation = ? AND peer IS NOT NULL",
    conversation,
  )?.peer;
}

function isOpen({ db }: FeatureContext, conversation: ConversationId): boolean {
  const row = db.get<{ state: string }>("SELECT state FROM conversations WHERE conversation = ?", conversation);
  return row?.state === "open";
}

/** Tells every friend who was not told yet. Returns whether somebody was. */
export function tellFriends(context: FeatureContext): boolean {
  const { db, directs, rooms } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return false;
  const untold = readMomentFriends(db).filter(
    (friend) => isShared(friend) && friend.told < root.generation && isOpen(context, directs.with(friend.account)),
  );
  if (untold.length === 0) return false;
  const log = currentLog(context) as MomentOwnLogRow;
  for (const { account, way: theirs } of untold) {
    const way = wayTo(rooms.crypto, root.root, root.generation, account);
    const heads = headsFrom(rooms.crypto, root.root, log.key, log.place);
    const said = { kind: "moments", way, generation: root.generation, log: log.key, heads } as const;
    context.say(directs.with(account), theirs === null ? { ...said, asks: true } : said, {
      before: () => noteTold(context, log, [account]),
    });
  }
  return true;
}

function isShared({ chats_only }: Pick<MomentFriendRow, "chats_only">): boolean {
  return chats_only === 0;
}

/** Inside a transaction. */
export function takeTold(context: FeatureContext, { conversation, by, body, sentAtMs }: Said<"moments">): void {
  const { db, own, directs, nowMs } = context;
  if (equalBytes(by, own())) {
    const peer = peerOf(context, conversation);
    if (peer !== undefined) writeMomentFriend(db, peer, { told: body.generation });
    return;
  }
  if (!equalBytes(conversation, directs.with(by))) return; // Said to others too: nobody's way.
  const held = db.get<MomentFriendRow>("SELECT * FROM moment_friends WHERE account = ?", by);
  const isNew = held?.way == null || !equalBytes(held.way, body.way);
  if (isNew && (held?.generation ?? 0) <= body.generation)
    writeMomentFriend(db, by, { way: body.way, generation: body.generation, in_next: 0 });
  addMomentLog(db, {
    key: body.log,
    account: by,
    heads: concat(...body.heads),
    since_ms: Math.min(sentAtMs, nowMs()) as typeof sentAtMs,
  });
  // Who has lost what they were told is told again; nobody who never uses Moments tells anything.
  if (body.asks === true && readMomentRoot(db) !== undefined && held !== undefined && held.told > 0 && !isNew)
    writeMomentFriend(db, by, { told: 0 });
  context.changed("moments");
}
