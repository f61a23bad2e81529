/** A device in memory and one conversation that it holds, for tests of what a message may do there. */
import type { Body, Message } from "@yanshu/content";
import { type Crypto, directRules, type Group, groupRules, type Member, ownRules } from "@yanshu/mls";
import { type Database, insertConversation, readMessage } from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { testAccount } from "../backup/testing/test-account.ts";
import { type Engine, ownOf, type Said } from "../core/engine.ts";
import { registryOf } from "../core/registry.ts";
import { coreKinds } from "../core-rooms.ts";
import type { ClientFeature } from "../feature.ts";
import { featureContext } from "../feature-context.ts";
import { applyMessage, messageKindsOfCore } from "../messages/apply.ts";
import { accountSynced } from "../messages/own-devices.ts";
import { familyKinds } from "../recovery/helper-pieces.ts";
import type { ViewContext } from "../views/context.ts";

export const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);
export const conversation = bytes(40, 32);
export const [ben, cat] = [bytes(60, 32), bytes(61, 32)];
export const [bensDevice, anotherDevice] = [bytes(70, 32), bytes(71, 32)];
export const gate = bytes(80, 32);
export const nowMs = 100 * 60_000;

export type Kind = "direct" | "group" | "own";
type State = Parameters<typeof insertConversation>[1]["state"];

const rules = { direct: directRules, group: groupRules, own: ownRules } as const;

/** @param open an empty database. @param known what the program of this version knows. */
export function chatsIn(crypto: Crypto, open: () => Database, known: readonly ClientFeature[]) {
  return (kind: Kind, state: State = "open", features = known) => chat({ crypto, db: open(), features }, kind, state);
}

type Given = { readonly crypto: Crypto; readonly db: Database; readonly features: readonly ClientFeature[] };

/** Ann's device, and a conversation with Ben that it holds. */
async function chat({ crypto, db, features }: Given, kind: Kind, state: State) {
  const { engine: bare } = await testAccount(crypto, db);
  const engine = {
    ...bare,
    features: registryOf(features, coreKinds),
    kinds: { ...messageKindsOfCore, ...familyKinds },
    synced: accountSynced,
    groups: new Map<string, Group>(),
    asked: new Map(),
    answered: new Map(),
    lists: { ...bare.lists, names: (leaf: Member) => equalBytes(leaf.account, ben) || bare.lists.names(leaf) },
    changed: () => undefined,
    schedule: () => undefined,
    failed: (error: unknown) => {
      throw error;
    },
    ports: { ...bare.ports, nowMs: () => nowMs },
  } as unknown as Engine;
  engine.context = featureContext(engine, () => ({ database: db }) as unknown as ViewContext);
  const own = ownOf(engine);
  insertConversation(db, {
    conversation,
    kind,
    state,
    activeMs: 0,
    ...(kind === "direct" ? { peer: ben } : { title: "Board" }),
  });
  const member = (account: Bytes, device: Bytes, leaf: number) => ({ account, device, leaf }) as unknown as Member;
  const [ann, bens] = [member(own.account, own.device, 0), member(ben, bensDevice, 1)];
  const groupId = bytes(1, 16);
  const group = {
    groupId,
    state: { conversation, gate, kind, roles: [], settings: { adminsOnlyEdit: false } },
    rules: rules[kind],
    members: kind === "own" ? [ann] : [ann, bens],
    keys: { authenticator: bytes(0, 32) },
  } as unknown as Group;
  engine.groups.set(toHex(groupId), group);
  db.run("UPDATE conversations SET group_id = ? WHERE conversation = ?", groupId, conversation);
  let seq = 0;
  const said = (body: Body, change: Partial<Said> = {}): Said => {
    seq = change.seq ?? seq + 1;
    const disposition = "message" as const;
    const [id, authenticator] = [bytes(seq, 16), bytes(0, 16)];
    return { id, seq, seen: [], authenticator, sentAtMs: nowMs, disposition, body, ...change } as Said;
  };
  const hears = (body: Body, change: Partial<Said> = {}, by = bens) => {
    const message = said(body, change);
    db.transaction(() => applyMessage(engine, group, by, message as Message, seq));
    return message;
  };
  const row = (id: Bytes, author: Bytes = ben) => readMessage(db, conversation, author, id);
  return { engine, db, own, ann, bens, group, said, hears, row };
}
