/**
 * What came beside the gate, or in another conversation than its own, and changes nothing (docs/spec/groups.md GR15,
 * GR18; docs/spec/sync.md SY11).
 */
import { expect, test } from "bun:test";
import { type Body, encodeMessage, encodeSyncItem, type Message } from "@yanshu/content";
import { type Group, type Received, sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { diagnosticCount, readConversation, writeGroup, writeTag } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, type Push } from "@yanshu/wire";
import { clientFeatures } from "../features/index.ts";
import { makeAccount } from "../identity/own.ts";
import { ben, bytes, chatsIn, conversation, gate, type Kind } from "../testing/chat.ts";
import { receivePush } from "./receive.ts";

const crypto = createBunCrypto();
const chat = chatsIn(crypto, () => openBunDatabase(":memory:"), clientFeatures);

const [tag, key] = [bytes(2, 16), bytes(3, 32)];
const here = { mode: "application", gate, epoch: 1 } as const;

/** A conversation of one group, to which a post comes that opens as `received`. */
async function post(kind: Kind = "direct") {
  const world = await chat(kind);
  const { engine, db, group } = world;
  const row = { group_id: group.groupId, conversation, founding: 1, gate, epoch: 1, base: bytes(0, 1) };
  writeGroup(db, { ...row, status: "active", address: bytes(5, 16), fresh: 1, confirmed: 1 } as never, []);
  writeTag(db, tag, group.groupId, 1, key);
  Object.assign(engine, { echoes: new Set(), renewals: new Map(), floods: new Map() });
  Object.assign(engine.ports, { chance: () => 1 });
  const envelope = await sealGroupEnvelope(crypto, { tag, key }, { mls: bytes(1, 8), histories: [] });
  const comes = async (received: unknown, push: Partial<Push> = {}) => {
    Object.assign(engine, { mls: { receive: async () => received as Received } });
    await receivePush(engine, { id: 1, target: { kind: "list" }, envelope, ...here, ...push } as never);
  };
  const says = (body: Body, by = world.bens) => {
    const message = world.said(body);
    const patch = { leaf: by.leaf, bytes: bytes(0, 1) };
    const received = { kind: "application", group, patch, sender: by, data: encodeMessage(message as Message) };
    return { message, received };
  };
  return { ...world, comes, says };
}

const elsewhere = [{ gate: bytes(81, 32) }, { gate: undefined }] as const;

test("[GR15] [GR18] words that passed another gate, or none, are nobody's", async () => {
  const { db, row, says, comes } = await post();
  for (const beside of [...elsewhere, { mode: "deposit" as const }]) {
    const { message, received } = says({ kind: "text", text: "one" });
    await comes(received, beside);
    expect(row(message.id)).toBeUndefined();
  }
  expect(diagnosticCount(db, "application-beside-the-gate")).toBe(3);
  const { message, received } = says({ kind: "text", text: "two" });
  await comes(received);
  expect(row(message.id)?.kind).toBe("text");
  expect(diagnosticCount(db, "application-beside-the-gate")).toBe(3);
});

test("[GR15] [GR18] a commit that passed another gate, or none, moves nothing", async () => {
  const { engine, db, group, comes } = await post("group");
  const next = { ...group, epoch: 2 } as Group;
  for (const beside of [...elsewhere, { mode: "application" as const }])
    await comes({ kind: "commit", group: next, effect: {} }, { mode: "commit", ...beside });
  expect(diagnosticCount(db, "commit-beside-the-gate")).toBe(3);
  expect([...engine.groups.values()]).toEqual([group]);
});

test("[GR15] [GR18] one is out by what passed the gate of the group that is written to, and by nothing else", async () => {
  const { db, comes } = await post("group");
  const effect = { added: [], after: {}, committer: { account: ben } };
  const state = async (push: Partial<Push> = {}) => {
    await comes({ kind: "removed", effect }, { mode: "commit", ...push });
    return readConversation(db, conversation)?.state;
  };
  for (const beside of [...elsewhere, { mode: "application" as const }]) expect(await state(beside)).toBe("open");
  const groupId = readConversation(db, conversation)?.group_id ?? null;
  // It goes on in another, and reads this one to its end.
  db.run("UPDATE conversations SET group_id = ?", bytes(9, 16));
  expect(await state()).toBe("open");
  db.run("UPDATE conversations SET group_id = ?", groupId);
  expect(await state()).toBe("removed");
});

test("[SY11] whose list comes with what is told among own devices is met by that alone", async () => {
  const cat = await makeAccount(crypto, "yan.test");
  const account = accountIdOf(crypto.sha256, cat.inception);
  const history = { inception: cat.inception, entries: [cat.entry] };
  const about = { account, name: "Cat", remark: "", state: "contact", verified: "none", history, stampMs: 1 } as const;
  const met = async (kind: Kind) => {
    const { engine, ann, bens, says, comes } = await post(kind);
    const item = encodeSyncItem({ kind: "contact", ...about } as never);
    await comes(
      says({ kind: "sync", items: [item], complete: false } as never, kind === "own" ? { ...ann, leaf: 3 } : bens)
        .received,
    );
    return engine.lists.get(account) !== undefined;
  };
  expect([await met("own"), await met("direct"), await met("group")]).toEqual([true, false, false]);
});
