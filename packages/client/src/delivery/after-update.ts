/**
 * After an update: applies stored messages and items that an older version could not read, once this version can
 * (docs/spec/sync.md SY52). Runs when the client starts, before anything arrives, and only if the known kinds changed.
 */
import { type Body, decodeBody, dispositionOf, isOfItsMoment } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import {
  type ConversationHead,
  deleteMessage,
  dropTooNew,
  dropUnknownItem,
  isPositionFree,
  type MessageRow,
  readConversation,
  readConversationHead,
  readMessage,
  readTooNew,
  readUnknownItems,
  type TooNewRow,
  tooNewPlaces,
} from "@yanshu/store";
import { equalBytes, toHex } from "@yanshu/wire";
import type { Engine, Said } from "../core/engine.ts";
import { learnBlobs } from "../files/blob-refs.ts";
import { applyBody, showFirst } from "../messages/apply.ts";
import { applySync } from "../messages/own-devices.ts";
import { asKnownItem, isUpdated, keptItems } from "../messages/too-new.ts";
import { isNotice } from "../values/newer.ts";

const pageRows = 256;

/** Each has a transaction of its own: one that fails is counted, stays stored, and blocks no other. */
export async function applyAfterUpdate(engine: Engine): Promise<void> {
  const { db } = engine;
  let isOther = false;
  guarded(engine, () => {
    isOther = isUpdated(engine);
  });
  if (!isOther) return;
  for (let places = tooNewPlaces(db, 0, pageRows); places.length > 0; ) {
    for (const place of places) guarded(engine, () => applyRow(engine, place));
    places = tooNewPlaces(db, places.at(-1) ?? 0, pageRows);
  }
  await applyItems(engine).catch(engine.failed);
}

async function applyItems(engine: Engine): Promise<void> {
  const { db } = engine;
  const kept = new Set(keptItems(engine).map(({ place }) => place));
  for (const row of readUnknownItems(db)) {
    const item = asKnownItem(engine, row.item);
    // The device that sent it is no longer listed, so its item no longer counts. @checks SY51
    if (!kept.has(row.place)) guarded(engine, () => dropUnknownItem(db, row));
    else if (item !== undefined) {
      if (item.kind === "contact") await engine.lists.take(item.history);
      guarded(engine, () => {
        dropUnknownItem(db, row);
        applySync(engine, [item], row.by);
      });
    }
  }
}

function guarded(engine: Engine, run: () => void): void {
  try {
    engine.db.transaction(run);
  } catch (error) {
    engine.failed(error);
  }
}

function applyRow(engine: Engine, place: number): void {
  const { db, features } = engine;
  const row = readTooNew(db, place);
  const body = row && decodeBody(row.body);
  if (row === undefined || body === undefined || !features.knows(body.kind)) return;
  const { conversation, author, id } = row;
  const head = readConversationHead(db, conversation);
  dropTooNew(db, row);
  const stand = readMessage(db, conversation, author, id);
  if (isOfItsMoment(body.kind) || !mayTakeItsPlace(head, stand)) return;
  if (stand !== undefined) deleteMessage(db, conversation, author, id);
  const position = stand?.position ?? row.position;
  const said: Said & { readonly body: Body } = {
    id,
    seq: row.seq,
    seen: [],
    authenticator: new Uint8Array(0),
    sentAtMs: row.sent_ms,
    disposition: dispositionOf(body.kind),
    body,
    late: { atMs: row.at_ms, ...(isPositionFree(db, position) ? { position } : {}) },
  };
  const group = groupOf(engine, row);
  const sender = group?.members.find(({ device }) => equalBytes(device, row.device));
  if (group !== undefined && sender !== undefined && equalBytes(sender.account, author))
    applyBody(engine, group, sender, said, head);
  else showAlone(engine, row, said);
}

/** Only the placeholder of the message may be replaced: one that was recalled, deleted or edited stays. @checks SY52 */
function mayTakeItsPlace(head: ConversationHead | undefined, stand: MessageRow | undefined): boolean {
  return (
    head !== undefined &&
    head.state !== "blocked" &&
    head.state !== "declined" &&
    (stand === undefined || stand.kind === "newer" || isNotice(stand))
  );
}

function groupOf({ db, groups }: Engine, { conversation }: TooNewRow): Group | undefined {
  const groupId = readConversation(db, conversation)?.group_id;
  return groupId == null ? undefined : groups.get(toHex(groupId));
}

/** Shows the message without any other effect, because its author or this account is no longer in the group. */
function showAlone(
  engine: Engine,
  { conversation, author, device }: TooNewRow,
  said: Said & { readonly body: Body },
): void {
  if (said.disposition !== "message") return;
  learnBlobs(engine, said.body);
  showFirst(engine, conversation, undefined, { account: author, device }, said);
}
