/**
 * Apply: what an opened message does to the store (docs/spec/sync.md SY4–SY9, SY12, SY18). Always inside one
 * transaction with the ratchet step that opened it, so a crash leaves both or neither.
 */
import { decodeMessage, encodeBody, type Message } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  countDiagnostic,
  fillGap,
  insertMessage,
  learnPerson,
  readContact,
  readConversation,
  setConversationState,
  touchConversation,
  writeContact,
  writeHeard,
} from "@yanshu/store";
import { type ConversationId, equalBytes, MalformedError, toHex } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { plan } from "../groups/jobs.ts";
import { openKnown } from "../groups/known.ts";
import { insertLine } from "../groups/lines.ts";
import { roleOf } from "../groups/store-group.ts";
import { answerAsk, hear, learnGone } from "./gaps.ts";
import { onOwnLeave } from "./leave.ts";
import { applySync } from "./own-devices.ts";

/** @throws MalformedError when the outer part of the message is broken. */
export function applyMessage(engine: Engine, group: Group, sender: Member, data: Uint8Array): void {
  const message = decodeMessage(data);
  const { conversation } = group.state;
  if (hear(engine, conversation, sender, message, group.members)) {
    countDiagnostic(engine.db, "repeat");
    return;
  }
  const expected = group.keys.authenticator.subarray(0, message.authenticator.length);
  if (!equalBytes(message.authenticator, expected)) {
    countDiagnostic(engine.db, "fork");
    insertLine(engine, conversation, sender.account, { kind: "fork" });
  }
  applyBody(engine, group, sender, message);
}

function applyBody(engine: Engine, group: Group, sender: Member, message: Message): void {
  const { db } = engine;
  const { conversation } = group.state;
  const { body } = message;
  const state = readConversation(db, conversation)?.state;
  if (state === "blocked" || state === "declined") return; // Sent before the address was gone.
  switch (body.kind) {
    case "text":
      befriend(engine, conversation, sender);
      show(engine, conversation, sender, message, "text");
      return;
    case "greeting":
      learn(engine, sender, body.name, body.avatar, message.sentAtMs);
      show(engine, conversation, sender, message, "greeting");
      return;
    case "newer":
      show(engine, conversation, sender, message, "newer");
      return;
    case "accept":
      learn(engine, sender, body.name, body.avatar, message.sentAtMs);
      befriend(engine, conversation, sender);
      return;
    case "profile":
      learn(engine, sender, body.name, body.avatar, message.sentAtMs);
      return;
    case "introduce":
      for (const { account, name, avatar } of body.people) {
        if (equalBytes(account, ownOf(engine).account)) continue;
        learnPerson(db, { account, name, avatar, ownWord: false, stampMs: message.sentAtMs });
      }
      engine.changed("people", "contacts", "chats");
      return;
    case "leave":
      onLeave(engine, group, sender, message);
      return;
    case "ask":
      if (equalBytes(body.device, ownOf(engine).device)) answerAsk(engine, group, body.seqs);
      return;
    case "again":
      again(engine, group, sender, body.seq, body.message);
      return;
    case "gone":
      learnGone(engine, conversation, sender, body.seqs);
      return;
    case "sync":
      if (group.state.kind === "own") applySync(engine, body.items);
      return;
  }
}

function show(engine: Engine, conversation: ConversationId, sender: Member, message: Message, kind: string): void {
  const nowMs = engine.ports.nowMs();
  const own = equalBytes(sender.account, ownOf(engine).account);
  insertMessage(engine.db, {
    conversation,
    author: sender.account,
    id: message.id,
    // A sender's clock may be wrong by a day; nobody's message comes from the future.
    atMs: Math.min(message.sentAtMs, nowMs),
    kind,
    body: message.body.kind === "newer" ? new Uint8Array() : encodeBody(message.body),
    state: "sent",
  });
  touchConversation(engine.db, conversation, nowMs);
  engine.changed(topicOf(conversation), "chats", "requests", own ? "people" : "status");
}

function learn(engine: Engine, sender: Member, name: string, avatar: Uint8Array | undefined, stampMs: number): void {
  if (learnPerson(engine.db, { account: sender.account, name, avatar, ownWord: true, stampMs }))
    engine.changed("people", "contacts", "chats", "requests", "status");
}

/** Whoever answers a request has accepted it, whatever they say. */
function befriend(engine: Engine, conversation: ConversationId, sender: Member): void {
  const { db } = engine;
  const row = readConversation(db, conversation);
  const own = ownOf(engine).account;
  if (row?.kind !== "direct" || row.peer === null) return;
  const byOwnDevice = equalBytes(sender.account, own);
  const contact = readContact(db, row.peer);
  const answers = byOwnDevice ? contact?.state === "incoming" : contact?.state === "requested";
  if (!answers) return;
  writeContact(db, row.peer, { state: "contact" }, engine.ports.nowMs());
  openKnown(engine);
  setConversationState(db, conversation, "open");
  insertLine(engine, conversation, sender.account, { kind: "friends" });
  engine.changed("contacts", "requests", "chats", topicOf(conversation));
}

function onLeave(engine: Engine, group: Group, sender: Member, message: Message): void {
  const { db } = engine;
  const { conversation } = group.state;
  const own = ownOf(engine).account;
  insertMessage(db, {
    conversation,
    author: sender.account,
    id: message.id,
    atMs: engine.ports.nowMs(),
    kind: "leave",
    body: encodeBody({ kind: "leave" }),
    state: "sent",
  });
  if (equalBytes(sender.account, own)) {
    onOwnLeave(engine, conversation);
    return;
  }
  // Silent but for those who must act on it.
  if (group.state.kind !== "group" || roleOf(group, own) === undefined) return;
  insertLine(engine, conversation, sender.account, { kind: "left", who: toHex(sender.account) });
  plan(engine, conversation, { kind: "remove", account: sender.account });
  engine.kick(conversation);
}

/** One of the sender's own messages, once more: only where it was missing. */
function again(engine: Engine, group: Group, sender: Member, seq: number, bytes: Uint8Array): void {
  const { conversation } = group.state;
  let message: Message;
  try {
    message = decodeMessage(bytes);
  } catch (error) {
    if (error instanceof MalformedError) return;
    throw error;
  }
  if (message.seq !== seq || message.body.kind === "again") return;
  if (!fillGap(engine.db, conversation, sender.device, seq)) return;
  // Whatever lies below it is a gap of its own by now, so it counts as heard up to here.
  writeHeard(engine.db, conversation, { device: sender.device, account: sender.account, highest: seq });
  applyBody(engine, group, sender, message);
  engine.changed(topicOf(conversation));
}
