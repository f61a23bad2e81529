/**
 * After an update: what was too new when it came is applied in its place, once this version knows it (docs/spec/sync.md
 * SY52). It runs when the client starts, before anything arrives.
 */
import { type Body, decodeBody, dispositionOf, type Message } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import {
  deleteMessage,
  dropTooNew,
  dropUnknownItem,
  positionOfTooNew,
  readConversation,
  readConversationHead,
  readTooNew,
  readUnknownItems,
  type TooNewRow,
} from "@yanshu/store";
import { equalBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { learnBlobs } from "../features/media/handles.ts";
import { applyBody, type Said, show } from "./apply.ts";
import { applySync, isOfRecord } from "./own-devices.ts";
import { asKnownItem, isKnown, rereadAfterUpdate } from "./too-new.ts";

const pageRows = 256;

/** Each by itself: one that fails is counted, stays, and holds up no other. */
export async function applyAfterUpdate(engine: Engine): Promise<void> {
  const { db } = engine;
  db.transaction(() => rereadAfterUpdate(engine));
  for (let after = 0; ; ) {
    const rows = readTooNew(db, after, pageRows);
    for (const row of rows) guarded(engine, () => applyRow(engine, row));
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.place;
  }
  for (const row of readUnknownItems(db)) {
    const item = asKnownItem(engine, row.item);
    if (item === undefined) continue;
    // This device was told it by a record.
    const isFromRecord = equalBytes(row.by, ownOf(engine).device);
    if (isFromRecord && !isOfRecord(item)) continue;
    if (item.kind === "contact") await engine.lists.take(item.history);
    guarded(engine, () => {
      dropUnknownItem(db, row);
      applySync(engine, [item], row.by);
    });
  }
}

function guarded(engine: Engine, run: () => void): void {
  try {
    engine.db.transaction(run);
  } catch (error) {
    engine.failed(error);
  }
}

function applyRow(engine: Engine, row: TooNewRow): void {
  const { db, ports } = engine;
  const body = decodeBody(row.body);
  if (body === undefined || !isKnown(ports, body.kind)) return;
  const { conversation, author, id } = row;
  const position = positionOfTooNew(db, row);
  deleteMessage(db, conversation, author, id);
  dropTooNew(db, row);
  const said: Said & { readonly body: Body } = {
    id,
    seq: row.seq,
    seen: [],
    authenticator: new Uint8Array(0),
    sentAtMs: row.sent_ms,
    disposition: dispositionOf(body.kind),
    body,
    ...(position === undefined ? {} : { position }),
  };
  const group = groupOf(engine, row);
  const sender = group?.members.find(({ device }) => equalBytes(device, row.device));
  if (group !== undefined && sender !== undefined && equalBytes(sender.account, author))
    applyBody(engine, group, sender, said, readConversationHead(db, conversation));
  else showAlone(engine, row, said);
}

function groupOf({ db, groups }: Engine, { conversation }: TooNewRow): Group | undefined {
  const groupId = readConversation(db, conversation)?.group_id;
  return groupId == null ? undefined : groups.get(toHex(groupId));
}

/** Its author, or this account, is not there any more: it stands there as what somebody said, and does nothing else. */
function showAlone(
  engine: Engine,
  { conversation, author, device }: TooNewRow,
  said: Message & { readonly body: Body },
): void {
  if (said.disposition !== "message") return;
  const { body } = said;
  learnBlobs(engine, body);
  // Whom it names could be anybody.
  const alone: Body = body.kind === "text" ? { kind: body.kind, text: body.text } : body;
  show(engine, conversation, { account: author, device }, said, alone);
}
