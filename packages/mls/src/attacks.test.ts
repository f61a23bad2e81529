/**
 * Attacks: each was seen to work against the library's defaults, or is what a member could try next. What is refused
 * leaves the receiver able to go on, which every test shows by a message that still arrives.
 */
import { expect, test } from "bun:test";
import { type Bytes, utf8 } from "@yanshu/wire";
import {
  createCommit,
  createGroupInfoWithExternalPubAndRatchetTree,
  createProposal,
  emptyPskIndex,
  encodeExternalSender,
  encodeMlsMessage,
  joinGroupExternal,
  type Proposal,
  proposeAddExternal,
} from "ts-mls";
import type { Commit } from "ts-mls/commit.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import type { ProposalOrRef } from "ts-mls/proposalOrRefType.js";
import { createBunCrypto } from "./bun/index.ts";
import { groupExtensions, makeGroup, stateOf, withSecretTree } from "./group.ts";
import { encodeGroupState } from "./group-state.ts";
import type { Group, Judge, Received } from "./index.ts";
import { decodeKeyPackage, makeKeyPackage, openOwnKeyPackage } from "./key-package.ts";
import { credentialOf, deliveryExtension } from "./leaf.ts";
import { advance } from "./ratchet.ts";
import { type Suite, suiteOf } from "./suite.ts";
import {
  contextOf,
  forgesCommit,
  forgesContent,
  leafOf,
  privateBytes,
  privateOf,
  spoilingSeals,
} from "./testing/forger.ts";
import { falseRemoval, newerPolicy, removalContent } from "./testing/misdeeds.ts";
import {
  commits,
  type Device,
  device,
  directState,
  everybodyListed,
  groupOf,
  groupState,
  judgeOf,
  nowMs,
  ownState,
  takes,
} from "./testing/people.ts";

const crypto = createBunCrypto();
const suite = suiteOf(crypto);

type Trio = { alice: Device; bob: Device; carol: Device; a: Group; b: Group; c: Group };

/** Alice owns the group; Bob and Carol are plain members. */
async function trio(): Promise<Trio> {
  const [alice, bob, carol] = [
    await device(crypto, "alice"),
    await device(crypto, "bob"),
    await device(crypto, "carol"),
  ];
  const [a, b, c] = (await groupOf([alice, bob, carol])) as [Group, Group, Group];
  return { alice, bob, carol, a, b, c };
}

async function refuses({ alice, a, carol, c }: Trio, message: Bytes, why: string, judge: Judge = everybodyListed) {
  expect(await carol.mls.receive(c, message, judge)).toMatchObject({ kind: "refused", why } as Received);
  const said = await alice.mls.protect(a, utf8("still here"));
  expect((await carol.mls.receive(c, said.message, judge)).kind).toBe("application");
}

const inline = (proposal: Proposal): ProposalOrRef => ({ proposalOrRefType: "proposal", proposal });

async function packageOf(one: Device) {
  const own = await one.keyPackage();
  const made = decodeKeyPackage(own.bytes);
  if (made === undefined) throw new Error("a key package");
  return { own, made, keys: openOwnKeyPackage(own) };
}

async function addOf(one: Device): Promise<Proposal> {
  return { proposalType: "add", add: { keyPackage: (await packageOf(one)).made } };
}

test("[GR3] an outsider's proposal to add a ghost is refused unread", async () => {
  const world = await trio();
  const mallory = await packageOf(await device(crypto, "mallory"));
  const state = stateOf(world.a);
  const info = {
    groupContext: state.groupContext,
    extensions: [],
    confirmationTag: state.confirmationTag,
    signer: 0,
    signature: new Uint8Array(),
  };
  const message = await proposeAddExternal(info, mallory.made, mallory.keys, suite);
  await refuses(world, encodeMlsMessage(message), "public-message");
});

test("[GR3] an external commit is refused, no matter whom it removes", async () => {
  const world = await trio();
  const mallory = await packageOf(await device(crypto, "mallory"));
  const info = await createGroupInfoWithExternalPubAndRatchetTree(stateOf(world.a), [], suite);
  const joined = await joinGroupExternal(
    info,
    mallory.made,
    mallory.keys,
    false,
    suite,
    undefined,
    contextOf(world.alice).config,
  );
  const message = encodeMlsMessage({
    version: "mls10",
    wireformat: "mls_public_message",
    publicMessage: joined.publicMessage,
  });
  await refuses(world, message, "public-message");
});

test("[GR3] a member's commit as a PublicMessage is refused", async () => {
  const world = await trio();
  const { commit } = await createCommit({ state: stateOf(world.a), cipherSuite: suite }, { wireAsPublicMessage: true });
  await refuses(world, encodeMlsMessage(commit), "public-message");
});

test("[GR3] a proposal by itself is refused", async () => {
  const world = await trio();
  const proposal: Proposal = { proposalType: "remove", remove: { removed: 1 } };
  const { message } = await createProposal(stateOf(world.a), false, proposal, suite);
  await refuses(world, encodeMlsMessage(message), "proposal-kind");
});

test("[GR3] commits by reference, and of any other kind of proposal, are refused", async () => {
  const world = await trio();
  const own = leafOf(world.a, 0);
  const kinds: ProposalOrRef[] = [
    { proposalOrRefType: "reference", reference: new Uint8Array(32) },
    inline({ proposalType: "external_init", externalInit: { kemOutput: new Uint8Array(32) } }),
    inline({
      proposalType: "reinit",
      reinit: { groupId: new Uint8Array(8), version: "mls10", cipherSuite: suite.name, extensions: [] },
    }),
    inline({
      proposalType: "psk",
      psk: { preSharedKeyId: { psktype: "external", pskId: new Uint8Array(4), pskNonce: new Uint8Array(32) } },
    }),
    inline({ proposalType: "update", update: { leafNode: { ...own, leafNodeSource: "update" } as never } }),
    inline({ proposalType: 0xf0b0, proposalData: new Uint8Array(3) }),
  ];
  for (const kind of kinds) {
    const commit: Commit = { proposals: [kind], path: undefined };
    await refuses(world, await forgesContent(crypto, world.a, commit), "proposal-kind");
  }
});

test("[GR3] removes, a new state and an empty commit need a path", async () => {
  const world = await trio();
  const extensions = groupExtensions(encodeGroupState({ ...world.a.state, name: "no path" }));
  for (const proposals of [
    [],
    [inline({ proposalType: "remove", remove: { removed: 1 } })],
    [inline({ proposalType: "group_context_extensions", groupContextExtensions: { extensions } })],
  ])
    await refuses(world, await forgesContent(crypto, world.a, { proposals, path: undefined }), "malformed");
});

test("[GR2] no other extension gets into the group, external_senders least of all", async () => {
  const world = await trio();
  const mallory = await device(crypto, "mallory");
  const sender = encodeExternalSender({
    credential: credentialOf(mallory.identity.credential),
    signaturePublicKey: mallory.identity.deviceKey.publicKey,
  });
  const ours = groupExtensions(encodeGroupState(world.a.state));
  for (const extensions of [
    [],
    ours.slice(1),
    ours.slice(0, 1),
    [...ours, { extensionType: "external_senders" as const, extensionData: sender }],
    [{ extensionType: "required_capabilities" as const, extensionData: Uint8Array.of(0, 0, 0) }, ...ours.slice(1)],
  ]) {
    const proposal: Proposal = { proposalType: "group_context_extensions", groupContextExtensions: { extensions } };
    const { commit } = await forgesCommit(world.alice, world.a, [proposal]).catch(async () => ({
      commit: await forgesContent(crypto, world.a, {
        proposals: [inline(proposal)],
        path: {
          leafNode: { ...leafOf(world.a, 0), leafNodeSource: "commit", parentHash: new Uint8Array() } as never,
          nodes: [],
        },
      }),
    }));
    await refuses(world, commit, "malformed");
  }
});

test("[GR2] a state under newer rules is told apart from a broken one", async () => {
  const world = await trio();
  await refuses(world, await newerPolicy(world.alice.mls.crypto, world.a), "policy-version");
});

test("[GR5] a plain member cannot rename a group whose admins alone may", async () => {
  const world = await trio();
  const closed = await commits(world.alice, world.a, {
    state: { ...world.a.state, settings: { adminsOnlyAdd: true, adminsOnlyEdit: true } },
  });
  const [b, c] = [await takes(world.bob, world.b, closed.commit), await takes(world.carol, world.c, closed.commit)];
  expect(await world.bob.mls.prepare(b, { state: { ...b.state, name: "Bob's" } }, everybodyListed)).toEqual({
    refused: "not-allowed",
  });
  const extensions = groupExtensions(encodeGroupState({ ...b.state, name: "Bob's" }));
  const proposal: Proposal = { proposalType: "group_context_extensions", groupContextExtensions: { extensions } };
  const { commit } = await forgesCommit(world.bob, b, [proposal]);
  await refuses({ ...world, a: closed.next, b, c }, commit, "not-allowed");
});

test("[GR5] a plain member cannot make itself an owner, nor remove anybody", async () => {
  const world = await trio();
  const roles = [{ account: world.bob.account, role: "owner" as const }];
  const extensions = groupExtensions(encodeGroupState({ ...world.b.state, roles }));
  const owner = await forgesCommit(world.bob, world.b, [
    { proposalType: "group_context_extensions", groupContextExtensions: { extensions } },
  ]);
  await refuses(world, owner.commit, "not-allowed");
  const removal = await forgesCommit(world.bob, world.b, [{ proposalType: "remove", remove: { removed: 0 } }]);
  await refuses(world, removal.commit, "not-allowed");
  expect(await world.alice.mls.receive(world.a, removal.commit, everybodyListed)).toEqual({
    kind: "refused",
    why: "not-allowed",
  });
});

test("[GR22.11] who holds other device lists is not blamed for what they make by them", async () => {
  const world = await trio();
  const removal = await forgesCommit(world.bob, world.b, [{ proposalType: "remove", remove: { removed: 0 } }]);
  // Carol has not heard that Alice's device was revoked; if it was, Bob may.
  expect(await world.carol.mls.receive(world.c, removal.commit, everybodyListed)).toEqual({
    kind: "refused",
    why: "not-allowed",
  });
  const ghost = await device(crypto, "alice");
  const added = await forgesCommit(world.alice, world.a, [await addOf(ghost)]);
  expect(await world.carol.mls.receive(world.c, added.commit, judgeOf([[ghost, "never-listed"]]))).toEqual({
    kind: "refused",
    why: "never-listed",
    about: world.alice.account,
  });
});

test("[GR9] a ghost device of a member's account is refused; a stale one is added by nobody who knows it", async () => {
  const world = await trio();
  const ghost = await device(crypto, "alice");
  const { commit } = await forgesCommit(world.alice, world.a, [await addOf(ghost)]);
  await refuses(world, commit, "never-listed", judgeOf([[ghost, "never-listed"]]));
  const own = await ghost.keyPackage();
  expect(await world.alice.mls.prepare(world.a, { adds: [own.bytes] }, judgeOf([[ghost, "stale"]]))).toEqual({
    refused: "not-allowed",
  });
  // Who learnt of the revocation before the commit still goes along: the leaf is removed at the next send.
  const taken = await world.bob.mls.receive(world.b, commit, judgeOf([[ghost, "stale"]]));
  expect(taken.kind).toBe("commit");
  expect(await world.alice.mls.prepare(world.a, { adds: [own.bytes] }, judgeOf([[ghost, "never-listed"]]))).toEqual({
    refused: "never-listed",
  });
});

test("[GR5.5a] who adds another's device unasked, or once more, is refused by all, who learn whose it is", async () => {
  const world = await trio();
  const tablet = await device(crypto, "bob");
  const unasked = await forgesCommit(world.alice, world.a, [await addOf(tablet)]);
  const again = await forgesContent(crypto, world.a, { proposals: [inline(await addOf(world.bob))], path: undefined });
  const about = world.bob.account;
  for (const { mls, group } of [
    { mls: world.bob.mls, group: world.b },
    { mls: world.carol.mls, group: world.c },
  ]) {
    expect(await mls.receive(group, unasked.commit, everybodyListed)).toEqual({
      kind: "refused",
      why: "not-allowed",
      by: world.alice.account,
      about,
    });
    expect(await mls.receive(group, again, everybodyListed)).toEqual({
      kind: "refused",
      why: "leaf-mismatch",
      by: world.alice.account,
      about,
    });
  }
  const { bytes } = await tablet.keyPackage();
  expect(await world.alice.mls.prepare(world.a, { adds: [bytes] }, everybodyListed)).toEqual({
    refused: "not-allowed",
  });
  const own = await commits(world.bob, world.b, { adds: [bytes] });
  expect((await world.carol.mls.receive(world.c, own.commit, everybodyListed)).kind).toBe("commit");
});

test("[GR9] nobody puts another's device id, or a broken leaf, on a key of theirs", async () => {
  const world = await trio();
  const mallory = await device(crypto, "mallory");
  const posing = {
    ...mallory.identity,
    credential: { ...mallory.identity.credential, device: world.bob.identity.credential.device },
  };
  const context = contextOf(mallory);
  const { made } = await makeKeyPackage(context, posing, mallory.delivery(), nowMs + 86_400_000);
  const content: Commit = { proposals: [inline({ proposalType: "add", add: { keyPackage: made } })], path: undefined };
  await refuses(world, await forgesContent(crypto, world.a, content), "leaf-mismatch");
});

test("[GR9] two leaves cannot share an address", async () => {
  const world = await trio();
  const dave = await device(crypto, "dave");
  const delivery = { ...dave.delivery(), address: world.b.members[1]?.address as Uint8Array };
  const own = await dave.mls.keyPackage(dave.identity, delivery, nowMs + 86_400_000);
  expect(await world.alice.mls.prepare(world.a, { adds: [own.bytes] }, everybodyListed)).toEqual({
    refused: "leaf-mismatch",
  });
});

test("[GR12] a committer cannot become somebody else in its path", async () => {
  const world = await trio();
  const bob = leafOf(world.b, 1);
  const swaps = [
    { ...bob, credential: credentialOf({ ...world.bob.identity.credential, account: world.alice.account }) },
    { ...bob, credential: credentialOf(world.alice.identity.credential) },
    { ...bob, extensions: [] },
    { ...bob, extensions: [deliveryExtension(world.bob.delivery()), deliveryExtension(world.bob.delivery())] },
    { ...bob, capabilities: { ...bob.capabilities, extensions: [] } },
  ];
  for (const ownLeaf of swaps) {
    const { commit } = await forgesCommit(world.bob, world.b, [], { ownLeaf });
    await refuses(world, commit, "leaf-mismatch");
  }
  const ownCredential = { ...world.bob.identity.credential, account: world.alice.account };
  expect(await world.bob.mls.prepare(world.b, { ownCredential }, everybodyListed)).toEqual({
    refused: "leaf-mismatch",
  });
});

test("[GR4] a path that was spoilt for one member is refused by that member, and by no other", async () => {
  const world = await trio();
  const { commit } = await forgesCommit(world.alice, world.a, [], {
    suite: spoilingSeals(suite, (place) => place === 0),
  });
  const outcomes = [
    await world.bob.mls.receive(world.b, commit, everybodyListed),
    await world.carol.mls.receive(world.c, commit, everybodyListed),
  ];
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["commit", "refused"]);
  expect(outcomes.find(({ kind }) => kind === "refused")).toEqual({
    kind: "refused",
    why: "crypto",
    by: world.alice.account,
  });
});

test("[GR59] a path that its members cannot open names who signed it, unless the keys that do not open it are not the tree's", async () => {
  const world = await trio();
  const { commit } = await forgesCommit(world.alice, world.a, [], { suite: spoilingSeals(suite, () => true) });
  const named = { kind: "refused", why: "crypto", by: world.alice.account } as const;
  expect(await world.bob.mls.receive(world.b, commit, everybodyListed)).toEqual(named);
  const honest = await forgesCommit(world.alice, world.a, []);
  const state = stateOf(world.b);
  const { privateKey } = await crypto.sealKeyPair();
  const privatePath = { ...state.privatePath, privateKeys: { [2 * world.b.ownLeaf]: privateKey } };
  const broken = await makeGroup(contextOf(world.bob), { ...state, privatePath });
  if (typeof broken === "string") throw new Error(broken);
  for (const made of [honest.commit, commit])
    expect(await world.bob.mls.receive(broken, made, everybodyListed)).toEqual({ kind: "refused", why: "crypto" });
  expect((await world.bob.mls.receive(world.b, honest.commit, everybodyListed)).kind).toBe("commit");
});

test("[GR59] what nobody signed names nobody: another member may have put a false tag under what was signed", async () => {
  const world = await trio();
  const add = inline(await addOf(await device(crypto, "dave")));
  const tagged = await forgesContent(crypto, world.a, { proposals: [add], path: undefined });
  expect(await world.bob.mls.receive(world.b, tagged, everybodyListed)).toEqual({ kind: "refused", why: "crypto" });
  const unsigned = await forgesContent(crypto, world.a, { proposals: [add], path: undefined }, "unsigned");
  expect(await world.bob.mls.receive(world.b, unsigned, everybodyListed)).toEqual({ kind: "refused", why: "crypto" });
});

test("[GR4] a path whose public keys are not those of its secrets is refused", async () => {
  const world = await trio();
  const stray = await crypto.sealKeyPair();
  let exports = 0;
  const lying: Suite = {
    ...suite,
    hpke: {
      ...suite.hpke,
      exportPublicKey: async (key) => (exports++ === 0 ? stray.publicKey : suite.hpke.exportPublicKey(key)),
    },
  };
  const { commit, next } = await forgesCommit(world.alice, world.a, [], { suite: lying });
  expect(
    next.ratchetTree.some((node) => node?.nodeType === "parent" && node.parent.hpkePublicKey === stray.publicKey),
  ).toBe(true);
  const outcomes = [
    await world.bob.mls.receive(world.b, commit, everybodyListed),
    await world.carol.mls.receive(world.c, commit, everybodyListed),
  ];
  expect(outcomes).toContainEqual({ kind: "refused", why: "crypto", by: world.alice.account });
});

test("[GR3] a removal under a false confirmation tag is refused by who stays, and only 'removed?' to its victim", async () => {
  const world = await trio();
  const forged = await falseRemoval(crypto, world.a, [1]);
  await refuses(world, forged, "crypto");
  const victim = await world.bob.mls.receive(world.b, forged, everybodyListed);
  expect(victim.kind).toBe("removed");
  // Its state is kept: when the others go on without that commit, so does it.
  const said = await world.carol.mls.protect(world.c, utf8("nobody removed you"));
  expect((await world.bob.mls.receive(world.b, said.message, everybodyListed)).kind).toBe("application");
  const content = await removalContent(crypto, world.a, [1]);
  // Without the path, or with a path whose parent hash is wrong, not even the victim believes it.
  const pathless = { ...content, path: undefined };
  expect(await world.bob.mls.receive(world.b, await forgesContent(crypto, world.a, pathless), everybodyListed)).toEqual(
    { kind: "refused", why: "malformed", by: world.alice.account },
  );
  const broken = {
    ...content,
    path: { ...(content.path as never as { nodes: [] }), nodes: [] },
  } as never;
  expect(await world.bob.mls.receive(world.b, await forgesContent(crypto, world.a, broken), everybodyListed)).toEqual({
    kind: "refused",
    why: "crypto",
    by: world.alice.account,
  });
});

test("[GR6] a replayed message, and one of an epoch that is over, are refused", async () => {
  const world = await trio();
  const said = await world.alice.mls.protect(world.a, utf8("once"));
  const heard = await world.carol.mls.receive(world.c, said.message, everybodyListed);
  if (heard.kind !== "application") throw new Error("heard");
  expect(await world.carol.mls.receive(heard.group, said.message, everybodyListed)).toEqual({
    kind: "refused",
    why: "replay",
  });
  const { next, commit } = await commits(world.alice, said.group, {});
  const c = await takes(world.carol, heard.group, commit);
  expect(await world.carol.mls.receive(c, said.message, everybodyListed)).toEqual({ kind: "refused", why: "replay" });
  expect(await world.carol.mls.receive(c, commit, everybodyListed)).toEqual({ kind: "refused", why: "replay" });
  expect(await world.alice.mls.receive(said.group, commit, everybodyListed)).toEqual({
    kind: "refused",
    why: "replay",
    isOwn: true,
  });
  const early = await world.alice.mls.protect(next, utf8("from the next epoch"));
  expect(await world.bob.mls.receive(world.b, early.message, everybodyListed)).toEqual({
    kind: "refused",
    why: "wrong-group",
  });
});

test("[GR3] another group's message, noise, and what is too large are refused", async () => {
  const world = await trio();
  const other = await trio();
  const foreign = await other.alice.mls.protect(other.a, utf8("elsewhere"));
  await refuses(world, foreign.message, "wrong-group");
  await refuses(world, new Uint8Array(1 << 21), "malformed");
  await refuses(world, new Uint8Array(), "malformed");
  const said = await world.alice.mls.protect(world.a, utf8("whole"));
  await refuses(world, said.message.subarray(0, said.message.length - 1), "malformed");
  await refuses(world, Uint8Array.of(...said.message, 0), "malformed");
  const flipped = said.message.slice();
  flipped[flipped.length - 3] = (flipped.at(-3) as number) ^ 1;
  await refuses(world, flipped, "crypto");
  for (let i = 0; i < 200; i++) {
    const noise = Uint8Array.of(0, 1, 0, 2, ...crypto.random(i));
    expect((await world.carol.mls.receive(world.c, noise, everybodyListed)).kind).toBe("refused");
  }
  const annotated = privateBytes({ ...privateOf(said.message), authenticatedData: utf8("x") });
  await refuses(world, annotated, "malformed");
});

test("[GR6] a message 20,000 ahead costs little, one beyond that is refused", async () => {
  const world = await trio();
  const leap = async (generation: number) => {
    const state = stateOf(world.a);
    const node = state.secretTree[0];
    if (node === undefined) throw new Error("own node");
    const at = { ...node, application: { ...node.application, generation: 0 } };
    let moved = at;
    for (let done = 0; done < generation; ) {
      done = Math.min(generation, done + 20_000);
      moved = advance(suite, moved, "application", done) as typeof at;
    }
    return world.alice.mls.protect(withSecretTree(world.a, state.secretTree.with(0, moved)), utf8("far"));
  };
  const far = await leap(20_000);
  const started = performance.now();
  expect((await world.carol.mls.receive(world.c, far.message, everybodyListed)).kind).toBe("application");
  expect(performance.now() - started).toBeLessThan(2_000);
  await refuses(world, (await leap(20_001)).message, "crypto");
});

test("[GR6] who was removed cannot derive the next epoch, also when only one member stays", async () => {
  for (const staying of [2, 1]) {
    const world = await trio();
    const people = [world.alice, world.carol].slice(0, staying);
    const victim = await device(crypto, "victim");
    const groups = (await groupOf([...people, victim])) as Group[];
    const before = stateOf(groups[staying] as Group);
    const { next } = await commits(world.alice, groups[0] as Group, { removes: [staying] });
    const zeros = new Uint8Array(32);
    const guess = await initializeEpoch(
      before.keySchedule.initSecret,
      zeros,
      stateOf(next).groupContext,
      zeros,
      suite.kdf,
    );
    expect(guess.keySchedule.exporterSecret).not.toEqual(stateOf(next).keySchedule.exporterSecret);
  }
});

test("[GR6] the library's own commit would let the removed one of two follow: why we build it ourselves", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const [a, b] = (await groupOf([alice, bob])) as [Group, Group];
  const { newState } = await createCommit(
    { state: stateOf(a), cipherSuite: suite, pskIndex: emptyPskIndex },
    { extraProposals: [{ proposalType: "remove", remove: { removed: 1 } }] },
  );
  const zeros = new Uint8Array(32);
  const guess = await initializeEpoch(
    stateOf(b).keySchedule.initSecret,
    zeros,
    newState.groupContext,
    zeros,
    suite.kdf,
  );
  expect(guess.keySchedule.exporterSecret).toEqual(newState.keySchedule.exporterSecret);
});

test("[GR9] a Welcome into a group with a ghost, or of a state that is not ours, is refused", async () => {
  const [alice, ghost, bob] = [
    await device(crypto, "alice"),
    await device(crypto, "alice"),
    await device(crypto, "bob"),
  ];
  const [a] = (await groupOf([alice, ghost])) as [Group];
  const own = await bob.keyPackage();
  const { welcome } = await commits(alice, a, { adds: [own.bytes] });
  if (welcome === undefined) throw new Error("a Welcome");
  expect(await bob.mls.join(welcome, own, judgeOf([[ghost, "never-listed"]]))).toEqual({ refused: "never-listed" });
  expect("refused" in (await bob.mls.join(welcome, own, judgeOf([[ghost, "stale"]])))).toBe(false);
  expect(await bob.mls.join(welcome, await bob.keyPackage(), everybodyListed)).toEqual({ refused: "crypto" });
  expect(await bob.mls.join(welcome.subarray(1), own, everybodyListed)).toEqual({ refused: "malformed" });
  const changed = welcome.slice();
  changed[changed.length - 40] = (changed.at(-40) as number) ^ 1;
  expect(await bob.mls.join(changed, own, everybodyListed)).toEqual({ refused: "crypto" });

  const extensions = groupExtensions(encodeGroupState(a.state)).slice(0, 1);
  const second = await packageOf(bob);
  const bare = await forgesCommit(alice, a, [
    { proposalType: "group_context_extensions", groupContextExtensions: { extensions } },
    { proposalType: "add", add: { keyPackage: second.made } },
  ]);
  if (bare.welcome === undefined) throw new Error("a Welcome");
  expect(await bob.mls.join(bare.welcome, second.own, everybodyListed)).toEqual({ refused: "malformed" });
});

test("[GR1] nobody can be drawn into a 1:1 that is another's, nor into another account's devices", async () => {
  const [alice, bob, carol] = [
    await device(crypto, "alice"),
    await device(crypto, "bob"),
    await device(crypto, "carol"),
  ];
  // Nor does a group pose as one of those under its id.
  for (const { conversation } of [directState(alice, carol), ownState(bob)])
    await expect(
      alice.mls.create(alice.identity, alice.delivery(), groupState(alice, { conversation })),
    ).rejects.toThrow();
  for (const state of [directState(alice, carol), ownState(alice)]) {
    const a = await alice.mls.create(alice.identity, alice.delivery(), state);
    const { own, made } = await packageOf(bob);
    expect(await alice.mls.prepare(a, { adds: [own.bytes] }, everybodyListed)).toEqual({ refused: "not-allowed" });
    const { welcome } = await forgesCommit(alice, a, [{ proposalType: "add", add: { keyPackage: made } }]);
    if (welcome === undefined) throw new Error("a Welcome");
    expect(await bob.mls.join(welcome, own, everybodyListed)).toEqual({ refused: "not-allowed" });
  }
  const right = await groupOf([alice, carol], directState(alice, carol));
  expect(right.map(({ epoch }) => epoch)).toEqual([1, 1]);
});
