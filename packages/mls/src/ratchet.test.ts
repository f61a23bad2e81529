/**
 * What a ratchet keeps (docs/spec/groups.md GR33), and what a step of it costs (GR34): a thief who has a device's rows
 * opens nothing that was consumed, also where the server held a message back.
 */
import { describe, expect, test } from "bun:test";
import { type Bytes, fromUtf8, MalformedError, utf8 } from "@yanshu/wire";
import { createSecretTree as librarysSecretTree, type SecretTreeNode } from "ts-mls/secretTree.js";
import { createBunCrypto } from "./bun/index.ts";
import { createContext, stateOf, withSecretTree } from "./group.ts";
import type { Group } from "./index.ts";
import { advance, decodePatch, patchOf, take } from "./ratchet.ts";
import { receive } from "./receive.ts";
import { createSecretTree, noSecrets } from "./secret-tree.ts";
import { suiteOf } from "./suite.ts";
import { commits, type Device, device, everybodyListed, groupOf, nowMs, providers } from "./testing/people.ts";
import { asThiefWould } from "./testing/stolen-rows.ts";

const crypto = createBunCrypto();
const suite = suiteOf(crypto);

async function two(): Promise<{ ann: Device; ben: Device; a: Group; b: Group }> {
  const [ann, ben] = [await device(crypto, "ann"), await device(crypto, "ben")];
  const [a, b] = (await groupOf([ann, ben])) as [Group, Group];
  return { ann, ben, a, b };
}

/** Ben hears what Ann says, but for what the server holds back. */
async function talk(heldBack: readonly number[]) {
  const { ann, ben, ...groups } = await two();
  let { a, b } = groups;
  const sent: Bytes[] = [];
  for (let i = 0; i < 6; i++) {
    const said = await ann.mls.protect(a, utf8(`secret ${i}`));
    a = said.group;
    sent.push(said.message);
    if (heldBack.includes(i)) continue;
    const got = await ben.mls.receive(b, said.message, everybodyListed);
    if (got.kind !== "application") throw new Error(got.kind);
    b = got.group;
  }
  return { ben, b, sent };
}

async function thiefReads(ben: Device, b: Group, sent: readonly Bytes[]): Promise<readonly string[]> {
  const read = new Set<string>();
  for (const stored of asThiefWould(ben.mls.store(b))) {
    let thief = await ben.mls.load(stored, ben.identity);
    for (const message of sent) {
      const got = await ben.mls.receive(thief, message, everybodyListed);
      if (got.kind !== "application") continue;
      read.add(fromUtf8(got.data));
      thief = got.group;
    }
  }
  return [...read].toSorted();
}

test("[GR33] a message that the server held back opens from a stolen row alone, and nothing that was read does", async () => {
  const honest = await talk([]);
  expect(await thiefReads(honest.ben, honest.b, honest.sent)).toEqual([]);
  const first = await talk([0]);
  expect(await thiefReads(first.ben, first.b, first.sent)).toEqual(["secret 0"]);
  const some = await talk([1, 3]);
  expect(await thiefReads(some.ben, some.b, some.sent)).toEqual(["secret 1", "secret 3"]);
});

test("[GR33] what was held back still arrives, once, and its key goes with it", async () => {
  const { ben, b, sent } = await talk([1, 3]);
  let group = b;
  for (const i of [3, 1]) {
    const got = await ben.mls.receive(group, sent[i] as Bytes, everybodyListed);
    if (got.kind !== "application") throw new Error(got.kind);
    expect(fromUtf8(got.data)).toBe(`secret ${i}`);
    group = got.group;
    expect(await ben.mls.receive(group, sent[i] as Bytes, everybodyListed)).toMatchObject({ why: "replay" });
  }
  expect(await thiefReads(ben, group, sent)).toEqual([]);
});

test("[GR33] the latest 1,024 skipped generations are kept, each by 28 bytes; a row with anything else is refused", async () => {
  const { a, b } = await two();
  const node = stateOf(b).secretTree[2 * a.ownLeaf] as SecretTreeNode;
  const far = advance(suite, node, "application", 3_000) as SecretTreeNode;
  const kept = Object.entries(far.application.unusedGenerations);
  expect(kept.map(([at]) => Number(at))).toEqual(Array.from({ length: 1_024 }, (_, i) => 1_976 + i));
  expect(new Set(kept.map(([, bytes]) => bytes.length))).toEqual(new Set([28]));
  expect(take(suite, far, "application", 1_975)).toBe("gone");
  expect(take(suite, far, "application", 23_001)).toBeUndefined();
  const row = patchOf(0, far);
  expect(patchOf(0, decodePatch(row.bytes))).toEqual(row);
  const chain = { ...far.application, unusedGenerations: { 7: far.application.secret } };
  expect(() => decodePatch(patchOf(0, { ...far, application: chain }).bytes)).toThrow(MalformedError);
});

test("[GR34] a commit 19,999 generations ahead is opened once: it costs what a message as far ahead costs", async () => {
  const { ann, ben, a, b } = await two();
  const state = stateOf(a);
  const far = advance(suite, state.secretTree[2 * a.ownLeaf] as SecretTreeNode, "handshake", 19_999) as SecretTreeNode;
  const moved = withSecretTree(a, state.secretTree.with(2 * a.ownLeaf, far));
  const { commit, next } = await commits(ann, moved, {});
  let steps = 0;
  const counted = <Given extends unknown[], Answer>(derive: (...given: Given) => Answer) => {
    return (...given: Given): Answer => {
      steps++;
      return derive(...given);
    };
  };
  const kdf = { ...suite.kdf, expand: counted(suite.kdf.expand) };
  const counting = { ...suite, hmac: counted(suite.hmac) };
  const context = createContext({ ...crypto, suite: { ...counting, kdf } }, () => nowMs);
  const got = await receive(context, b, commit, everybodyListed);
  if (got.kind !== "commit") throw new Error(got.kind);
  expect(got.group.keys).toEqual(next.keys);
  // One derivation for each generation that was passed, two for each that is kept, and some hundred for the epoch.
  expect(steps).toBeLessThan(19_999 + 2 * 1_024 + 500);
  expect(ben.mls.store(got.group).patches).toHaveLength(2);
});

describe.each(providers)("%s provider", (_name, make) => {
  test("[GR33] the ratchets of an epoch are the library's, at leaves where somebody stands", async () => {
    const own = suiteOf(make());
    const { a } = await two();
    const leaf = stateOf(a).ratchetTree[0];
    const tree = [leaf, undefined, leaf, undefined, undefined, undefined, leaf];
    const secret = new Uint8Array(32).fill(5);
    const theirs = await librarysSecretTree(4, secret, own.kdf);
    const ours = createSecretTree(own, tree, secret);
    for (const node of [0, 2, 6]) expect(ours[node]).toEqual(theirs[node] as SecretTreeNode);
    for (const node of [1, 3, 4, 5]) expect(ours[node]).toBe(noSecrets);
  });
});
