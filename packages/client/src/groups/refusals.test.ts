/**
 * What is said about a group by somebody who may not, or is no answer, and changes nothing (docs/spec/groups.md GR22,
 * GR26, GR27, GR31).
 */
import { expect, test } from "bun:test";
import { encodeBody, type NoteOf } from "@yanshu/content";
import { directRules, type Group, groupRules, type Joined } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addToOutbox,
  countAsking,
  diagnosticCount,
  insertAddress,
  insertConversation,
  insertKeyPackage,
  type JoinRow,
  noteStrayed,
  readComeback,
  readConversation,
  readJoin,
  readJoinRequest,
  setFrozen,
  writeComeback,
  writeContact,
  writeGroup,
  writeJoin,
  writeResyncAnswer,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, type Bytes, deviceIdOf, toHex } from "@yanshu/wire";
import { testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { type Job, jobsOf } from "../group-state/jobs.ts";
import { notAMemberBytes, resyncBytes } from "../group-state/resync-bytes.ts";
import { makeAccount } from "../identity/own.ts";
import { bytes, conversation } from "../testing/chat.ts";
import { answerResync, hearNotAMember } from "./answer-resync.ts";
import { askPerson, turnAway, whyVoid } from "./join-answer.ts";
import { hearAnswer } from "./join-ask.ts";
import { groupKinds } from "./kinds.ts";
import { needsFounding } from "./orphaned-group.ts";
import { hearComebackPlace, isComebackBy } from "./rejoin-groups.ts";
import { hearPlace, mayBeLeafOf, mayFoundAnew } from "./resync.ts";
import { admit, isQuiet } from "./welcome.ts";

const crypto = createBunCrypto();
const elsewhere = bytes(41, 32);
const [leaf, otherLeaf] = [bytes(50, 16), bytes(51, 16)];
const askedMs = 5_000;
/** Later than an hour after the beginning of all, so that a founding is due. */
const hoursMs = 7_200_000;

/** It asks nobody before it is online. */
const offline = { whenReady: () => new Promise(() => undefined) };

type Role = "owner" | "admin" | "member";

/** Ann's device, that waits for the board, or is in it; and Ben, of whom its members' list says `role`. */
async function board(role: Role, how: "waits" | "in", ownRole: Role = "member") {
  const { engine: bare, own } = await annAlone();
  const changed: string[] = [];
  const engine = {
    ...bare,
    groups: new Map<string, Group>(),
    places: new Map<string, Bytes>(),
    changed: (...what: readonly string[]) => void changed.push(...what),
    deleteRetired: () => undefined,
    schedule: () => undefined,
    mls: { readKeyPackage: async () => undefined },
    stopped: new Map(),
    ports: { ...bare.ports, nowMs: () => askedMs },
  } as unknown as Engine;
  const { db } = engine;
  const made = await makeAccount(crypto, "yan.test");
  const ben = accountIdOf(crypto.sha256, made.inception);
  const key = await crypto.signatureKeyPair(made.deviceSeed);
  const history = { inception: made.inception, entries: [made.entry] };
  insertConversation(db, { conversation, kind: "group", state: "open", title: "Board", activeMs: 0 });
  for (const [place, [account, as]] of [[own.account, ownRole] as const, [ben, role] as const].entries())
    db.run(
      "INSERT INTO members (conversation, account, role, place) VALUES (?, ?, ?, ?)",
      conversation,
      account,
      as,
      place,
    );
  const row = {
    conversation,
    founding: 1,
    addresses: bytes(0, 0),
    leaf,
    address: null,
    since_ms: 0,
    asked_ms: 0,
    tries: 1,
  };
  if (how === "waits") writeComeback(db, row);
  else
    hold(engine, conversation, leaf, [
      { account: own.account, role: ownRole },
      { account: ben, role },
    ]);
  writeResyncAnswer(db, conversation, own.device, { askedMs, recreatedMs: 0, heardMs: 0 });
  const notAMember = async (change: Partial<NoteOf<"notAMember">> = {}, by = key): Promise<NoteOf<"notAMember">> => {
    const said = {
      conversation,
      founding: 2,
      gate: bytes(60, 32),
      reader: own.device,
      askedMs,
      device: deviceIdOf(crypto.sha256, key.publicKey),
      history,
      ...change,
    };
    return { kind: "notAMember", ...said, signature: await crypto.sign(by.privateKey, notAMemberBytes(said)) };
  };
  return { engine, db, own, ben, key, history, notAMember };
}

/** As a device holds it that is in it. */
function boardOf({ groups }: Engine): Group {
  const held = groups.get(toHex(bytes(40, 16)));
  if (held === undefined) throw new Error("the board is held");
  return held;
}

async function annAlone() {
  const { engine } = await testAccount(crypto, openBunDatabase(":memory:"));
  if (engine.own === undefined) throw new Error("Ann is signed in");
  return { engine, own: engine.own };
}

/** As far as it is looked at here. */
function hold(
  engine: Engine,
  of: Bytes,
  ownAddress: Bytes,
  members: readonly { readonly account: Bytes; readonly role: Role }[],
): Group {
  const groupId = bytes(of[0] ?? 0, 16);
  const group = {
    groupId,
    rules: groupRules,
    ownLeaf: 0,
    epoch: 1,
    state: {
      conversation: of,
      kind: "group",
      founding: 1,
      gate: bytes(1, 32),
      roles: members.filter(({ role }) => role !== "member"),
      settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
    },
    members: members.map(({ account }, at) => ({ account, leaf: at, address: at === 0 ? ownAddress : bytes(99, 16) })),
  } as unknown as Group;
  engine.groups.set(toHex(groupId), group);
  engine.db.run("UPDATE conversations SET group_id = ?, founding = 1 WHERE conversation = ?", groupId, of);
  return group;
}

const refusedIn = ({ db }: Engine, what: string) => diagnosticCount(db, what);

test("[GR31] a Welcome to a group that is waited for is believed where it was asked for, and of who leads it or is a contact", async () => {
  const member = await board("member", "waits");
  const { engine, ben, db } = member;
  expect(isComebackBy(engine, conversation, leaf, bytes(9, 32))).toBe(true);
  for (const [replaces, inviter] of [
    [otherLeaf, ben],
    [undefined, ben],
    [otherLeaf, bytes(9, 32)],
  ] as const)
    expect(isComebackBy(engine, conversation, replaces, inviter)).toBe(false);
  writeContact(db, ben, { state: "contact" }, 1);
  expect(isComebackBy(engine, conversation, otherLeaf, ben)).toBe(true);
  const admin = await board("admin", "waits");
  expect(isComebackBy(admin.engine, conversation, otherLeaf, admin.ben)).toBe(true);
});

test("[GR31] another leaf to be replaced is told in answer to the last asking alone, and is one that this device made", async () => {
  const { engine, db } = await board("admin", "waits");
  insertAddress(db, { address: otherLeaf, sealPrivate: bytes(1, 32), claimCap: bytes(2, 16) });
  const place = (askedAtMs: number, of: Bytes) =>
    hearComebackPlace(engine, { kind: "place", conversation, askedMs: askedAtMs, leaf: of });
  expect([place(askedMs - 1, otherLeaf), place(askedMs, bytes(52, 16))]).toEqual([false, false]);
  expect(readComeback(db, conversation)?.leaf).toEqual(leaf);
  expect(place(askedMs, otherLeaf)).toBe(true);
  expect(readComeback(db, conversation)?.leaf).toEqual(otherLeaf);
});

test("[GR31] [GR22] that one is out of a group that is waited for is believed of who leads it, in answer, to this device and signed", async () => {
  const member = await board("member", "waits");
  expect(await hearNotAMember(member.engine, await member.notAMember())).toBe(false);
  const { engine, db, notAMember } = await board("admin", "waits");
  const lies = [
    await notAMember({ askedMs: askedMs - 1 }),
    await notAMember({ reader: bytes(7, 16) }),
    await notAMember({}, await crypto.signatureKeyPair(bytes(3, 32))),
  ];
  for (const lie of lies) expect(await hearNotAMember(engine, lie)).toBe(false);
  expect(refusedIn(engine, "not-a-member-refused")).toBe(lies.length);
  expect(readComeback(db, conversation)).toBeDefined();
  expect(await hearNotAMember(engine, await notAMember())).toBe(true);
  expect(readComeback(db, conversation)).toBeUndefined();
});

test("[GR22] who is out of a group already looks at no more words that they are", async () => {
  const { engine, db, notAMember } = await board("admin", "in");
  const lie = await notAMember({ askedMs: 0 }, await crypto.signatureKeyPair(bytes(3, 32)));
  expect(await hearNotAMember(engine, lie)).toBe(false);
  db.run("UPDATE conversations SET state = 'left' WHERE conversation = ?", conversation);
  expect(await hearNotAMember(engine, lie)).toBe(true);
  expect(refusedIn(engine, "not-a-member-refused")).toBe(1);
});

test("[GR22] a place is taken in answer to the last asking of a device that waits, for a leaf of this conversation", async () => {
  const { engine, db } = await board("admin", "in");
  insertAddress(db, { address: otherLeaf, sealPrivate: bytes(1, 32), claimCap: bytes(2, 16) });
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", conversation, otherLeaf);
  const place = (askedAtMs: number, of: Bytes) => {
    hearPlace(engine, { kind: "place", conversation, askedMs: askedAtMs, leaf: of });
    return engine.places.get(toHex(conversation));
  };
  expect(place(askedMs, otherLeaf)).toBeUndefined(); // It did not wait.
  setFrozen(db, conversation, "lost");
  expect(place(askedMs - 1, otherLeaf)).toBeUndefined();
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", elsewhere, otherLeaf);
  expect(place(askedMs, otherLeaf)).toBeUndefined();
  expect(refusedIn(engine, "place-refused")).toBe(3);
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", conversation, otherLeaf);
  expect(place(askedMs, otherLeaf)).toEqual(otherLeaf);
});

test("[GR22] a leaf of another conversation is this one's only where a last-resort package made both, and none is there now", async () => {
  const { engine, db, own } = await board("admin", "in");
  insertConversation(db, { conversation: elsewhere, kind: "group", state: "open", title: "Choir", activeMs: 0 });
  insertAddress(db, { address: otherLeaf, sealPrivate: bytes(1, 32), claimCap: bytes(2, 16) });
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", elsewhere, otherLeaf);
  const keep = (last_resort: number) => {
    db.run("DELETE FROM key_packages");
    const kept = { bytes: bytes(1, 1), secret: bytes(2, 1), ref: bytes(3, 1), expires_ms: 1, published: 1 };
    insertKeyPackage(db, { address: otherLeaf, ...kept, last_resort });
  };
  keep(0);
  expect(mayBeLeafOf(engine, conversation, otherLeaf)).toBe(false);
  keep(1);
  expect(mayBeLeafOf(engine, conversation, otherLeaf)).toBe(true);
  hold(engine, elsewhere, otherLeaf, [{ account: own.account, role: "owner" }]);
  const states = ["open", "newer-version", "request-in", "declined", "blocked", "removed"] as const;
  const may = states.map((state) => {
    db.run("UPDATE conversations SET state = ? WHERE conversation = ?", state, elsewhere);
    return mayBeLeafOf(engine, conversation, otherLeaf);
  });
  // A request that nobody answers keeps that address, and so does one that was declined.
  expect(may).toEqual([false, false, true, true, true, true]);
});

test("[GR22] who leads nothing founds no group anew", async () => {
  const { engine, own } = await board("admin", "in");
  const as = (role: Role) => mayFoundAnew(engine, hold(engine, conversation, leaf, [{ account: own.account, role }]));
  expect([as("member"), as("admin"), as("owner")]).toEqual([false, true, true]);
});

test("[GR22] who is out of a group, or waits to be let in, leaves an asking to others; where it ended they answer", async () => {
  const { engine, db, history } = await board("admin", "in");
  const lost = 1;
  const asks: NoteOf<"resync"> = {
    kind: "resync",
    conversation,
    reason: lost,
    founding: 1,
    epoch: 1,
    askedMs: 0, // So old that it is refused where it is looked at.
    device: bytes(8, 16),
    keyPackage: bytes(1, 10),
    history,
    signature: bytes(1, 64),
  };
  expect(await answerResync(engine, asks)).toBe(false);
  db.run("UPDATE conversations SET state = 'left' WHERE conversation = ?", conversation);
  expect(await answerResync(engine, asks)).toBe(true);
  db.run("UPDATE conversations SET state = 'removed', dissolved = 1 WHERE conversation = ?", conversation);
  expect(await answerResync(engine, asks)).toBe(false);
  db.run("UPDATE conversations SET state = 'open', dissolved = 0 WHERE conversation = ?", conversation);
  setFrozen(db, conversation, "lost");
  expect(await answerResync(engine, asks)).toBe(true);
});

test("[GR31] only a device of who leads a group, and of those who are in it, is told that nobody there can let it in", async () => {
  const stopped = 7;
  const said = async (ownRole: Role, change: Partial<NoteOf<"resync">> = {}) => {
    const { engine, history } = await board("member", "waits", ownRole);
    const unsigned = { kind: "resync", conversation, reason: stopped, founding: 1, epoch: 1, askedMs } as const;
    const about = { device: bytes(8, 16), keyPackage: bytes(1, 10), history, signature: bytes(1, 64) };
    const note = { ...unsigned, ...about, ...change };
    expect(await answerResync(engine, note)).toBe(false);
    return engine.lists.get(accountIdOf(crypto.sha256, note.history.inception)) !== undefined;
  };
  // Looked at: whose list it brings is taken.
  expect(await said("owner")).toBe(true);
  expect(await said("member")).toBe(false);
  expect(await said("owner", { askedMs: askedMs - 1 })).toBe(false);
  const other = await makeAccount(crypto, "yan.test");
  expect(await said("owner", { history: { inception: other.inception, entries: [other.entry] } })).toBe(false);
  expect(await said("owner", { founding: 2 ** 30 })).toBe(false);
});

test("[GR31] a founding is needed where who comes back leads, and nobody does who is left", async () => {
  const { engine, own, ben } = await board("member", "in");
  const needs = (mine: Role, theirs: Role) => {
    const members = [
      { account: own.account, role: mine },
      { account: ben, role: theirs },
    ];
    return needsFounding(hold(engine, conversation, leaf, members), ben);
  };
  expect([needs("member", "admin"), needs("member", "member"), needs("admin", "admin")]).toEqual([true, false, false]);
});

test("[GR26] who was let in, or turned away, by one of those who were asked is not told otherwise by another", async () => {
  const { engine } = await annAlone();
  const db = engine.db;
  const heard = { ...engine, changed: () => undefined } as unknown as Engine;
  const said = (state: JoinRow["state"]) => {
    const row = {
      secret: bytes(1, 16),
      link: "g/x",
      address: leaf,
      asked_ms: 1,
      tries: 1,
      conversation: null,
      admitters: null,
    };
    writeJoin(db, { ...row, state });
    hearAnswer(heard, leaf, { kind: "answer", verdict: "expired" } as NoteOf<"answer">);
    return readJoin(db, row.secret)?.state;
  };
  expect([said("asking"), said("waiting"), said("in"), said("refused")]).toEqual([
    "expired",
    "expired",
    "in",
    "refused",
  ]);
});

test("[GR27] a job that would let somebody in by a link that was renewed since is void", async () => {
  const { engine, own } = await board("member", "in", "owner");
  const group = hold(engine, conversation, leaf, [{ account: own.account, role: "owner" }]);
  const link = { secret: bytes(1, 16), token: bytes(2, 16), expiresMs: askedMs + 1 };
  const linked = { ...group, state: { ...group.state, link } } as Group;
  const job = {
    kind: "join",
    secret: link.secret,
    isApproved: false,
    account: bytes(9, 32),
    packages: [],
  } as unknown as Job;
  expect(whyVoid(engine, linked, job)).toBeUndefined();
  expect(whyVoid(engine, linked, { ...job, secret: bytes(3, 16) } as Job)).toBe("reset");
});

test("[GR31] a group is founded anew once two askings were answered by nobody who could, and once", async () => {
  const { engine, db, ben, key, history } = await board("member", "waits", "owner");
  const device = deviceIdOf(crypto.sha256, key.publicKey);
  Object.assign(engine.mls, {
    readKeyPackage: async () => ({ account: ben, device, deviceKey: key.publicKey, replaces: otherLeaf }),
  });
  const said = { conversation, reason: 7, founding: 1, epoch: 1, askedMs, device, keyPackage: bytes(1, 10) };
  const signature = await crypto.sign(key.privateKey, resyncBytes(said));
  const told = () => answerResync(engine, { kind: "resync", ...said, history, signature });
  const founds = () => jobsOf(engine, conversation).filter(({ job }) => job.kind === "create").length;
  expect([await told(), founds()]).toEqual([true, 0]); // It had asked once.
  db.run("UPDATE comebacks SET tries = 2");
  expect([await told(), founds()]).toEqual([true, 1]);
  expect([await told(), founds()]).toEqual([true, 1]);
});

/** A Welcome to the board that `inviter` signed, as it reads once it is open. */
function welcome(
  held: Group,
  inviter: { readonly account: Bytes; readonly device?: Bytes; readonly deviceKey?: Bytes },
  change: {
    readonly epoch?: number;
    readonly groupId?: Bytes;
    readonly replaces?: Bytes;
    readonly rules?: object;
    readonly state?: object;
  } = {},
): Joined {
  const { replaces, state, ...rest } = change;
  const [own, ...others] = held.members;
  const members = [{ ...own, ...(replaces === undefined ? {} : { replaces }) }, ...others];
  const made = { ...held, epoch: held.epoch + 1, ...rest, members, inviter, state: { ...held.state, ...state } };
  return made as unknown as Joined;
}

const active = { status: "active", replaces: false } as const;
const anew = { founding: 2, gate: bytes(2, 32) };

test("[GR18] one is let in again to the same group, at a later epoch, by who was there and was asked, for a leaf of it", async () => {
  const { engine, db, own, ben } = await board("admin", "in");
  const held = boardOf(engine);
  const may = async (change: Parameters<typeof welcome>[2], by = ben) =>
    (await admit(engine, welcome(held, { account: by }, { replaces: leaf, ...change }))) !== "refuse";
  insertAddress(db, { address: leaf, sealPrivate: bytes(1, 32), claimCap: bytes(2, 16) });
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", conversation, leaf);
  expect(await may({})).toBe(true);
  expect(await may({ epoch: held.epoch })).toBe(false);
  expect(await may({ groupId: bytes(9, 16) })).toBe(false);
  expect(await may({ state: { founding: 2 } })).toBe(false);
  expect(await may({}, bytes(9, 32))).toBe(false);
  insertAddress(db, { address: otherLeaf, sealPrivate: bytes(1, 32), claimCap: bytes(2, 16) });
  db.run("UPDATE addresses SET conversation = ? WHERE address = ?", elsewhere, otherLeaf);
  expect(await may({ replaces: otherLeaf })).toBe(false);
  const unasked = welcome(held, { account: ben });
  expect(await admit(engine, unasked)).toBe("refuse");
  expect(own.account).not.toEqual(ben);
});

test("[GR18] by an own device nobody needs to be asked; one that is out of the list has no more say than others", async () => {
  const { engine, own } = await board("admin", "in");
  const held = boardOf(engine);
  const device = engine.lists.devices(own.account)[0];
  if (device === undefined) throw new Error("Ann's device is listed");
  const credential = { account: own.account, n: 0, entryHash: bytes(0, 32) };
  const by = (id: Bytes, deviceKey: Bytes) =>
    admit(engine, welcome(held, { ...credential, device: id, deviceKey } as never));
  const gone = await crypto.signatureKeyPair(bytes(3, 32));
  expect(await by(deviceIdOf(crypto.sha256, gone.publicKey), gone.publicKey)).toBe("refuse");
  expect(await by(device.id, device.key)).toEqual({ status: "active", replaces: true });
});

test("[GR18] [GR61] who is out of a group may be brought in by who came since, but not far ahead, and is asked where it does not come after", async () => {
  const { engine, db, ben } = await board("admin", "in");
  const held = boardOf(engine);
  const newcomer = { account: bytes(9, 32) };
  const brought = (state: object) => admit(engine, welcome(held, newcomer, { state, groupId: bytes(9, 16) }));
  expect(await brought(anew)).toBe("refuse");
  for (const state of ["left", "removed", "declined"]) {
    db.run("UPDATE conversations SET state = ? WHERE conversation = ?", state, conversation);
    expect(await brought(anew)).toEqual(active);
    expect(await brought({ founding: 0, gate: bytes(2, 32) })).toEqual({ ...active, person: "asked" });
    expect(await brought({ founding: 2 ** 30, gate: bytes(2, 32) })).toBe("refuse");
    // To the same one too.
    expect(await admit(engine, welcome(held, newcomer))).toEqual({ status: "active", replaces: true });
  }
  const row = { group_id: bytes(9, 16), conversation, founding: 0, gate: bytes(2, 32), epoch: 1, base: bytes(1, 1) };
  writeGroup(db, { ...row, status: "superseded", address: leaf, fresh: 0 }, []);
  // Somebody kept a Welcome to one that was held before.
  expect(await brought({ founding: 0, gate: bytes(2, 32) })).toBe("refuse");
  const byBen = welcome(held, { account: ben }, { state: { founding: 0, gate: bytes(2, 32) }, groupId: bytes(9, 16) });
  expect(await admit(engine, byBen)).toBe("refuse");
  db.run("UPDATE conversations SET dissolved = 1 WHERE conversation = ?", conversation);
  expect(await brought(anew)).toBe("refuse");
});

test("[GR61] who wishes to leave is brought in by a stranger only where the group hears no leave", async () => {
  const { engine, db } = await board("admin", "in");
  const dayMs = 86_400_000;
  Object.assign(engine.ports, { nowMs: () => 3 * dayMs });
  const other = { state: { founding: 0, gate: bytes(2, 32) }, groupId: bytes(9, 16) };
  const brought = () => admit(engine, welcome(boardOf(engine), { account: bytes(9, 32) }, other));
  const body = encodeBody({ kind: "leave" });
  addToOutbox(db, { conversation, id: bytes(1, 16), body, shown: false, roster: undefined, createdMs: dayMs });
  expect(await brought()).toBe("refuse"); // It goes once this device is online.
  setFrozen(db, conversation, "lost");
  expect(await brought()).toEqual({ ...active, person: "asked" });
});

test("[GR18] a chat of two that poses as a group is refused, and the group goes on", async () => {
  const { engine, db, ben } = await board("member", "in");
  Object.assign(engine.ports, { nowMs: () => hoursMs });
  Object.assign(engine, { link: offline });
  const held = boardOf(engine);
  const asGroup = { state: anew, groupId: bytes(9, 16) };
  const asChat = { ...asGroup, rules: directRules, state: { ...anew, kind: "direct" } };
  expect(await admit(engine, welcome(held, { account: ben, device: bytes(8, 32) }, asChat))).toBe("refuse");
  expect(readConversation(db, conversation)?.frozen).toBe(null);
  expect(await admit(engine, welcome(held, { account: ben, device: bytes(8, 32) }, asGroup))).toBe("refuse");
  expect(readConversation(db, conversation)?.frozen).toBe("called");
});

test("[GR18] a group is brought quietly by who is blocked, or by strangers, and never where one is in it already", async () => {
  const { engine, db, own, ben } = await board("admin", "in");
  const held = boardOf(engine);
  const quiet = (inviter: Bytes, state?: string, kind = "group") =>
    isQuiet(engine, welcome(held, { account: inviter, device: bytes(8, 32) }, { state: { kind } }), state);
  const stranger = bytes(9, 32);
  expect([quiet(stranger), quiet(stranger, "left"), quiet(stranger, "open")]).toEqual([true, true, false]);
  writeContact(db, ben, { state: "contact" }, 1);
  expect([quiet(stranger), quiet(ben)]).toEqual([false, false]);
  writeContact(db, stranger, { state: "blocked" }, 1);
  expect([quiet(stranger), quiet(stranger, "open")]).toEqual([true, false]);
  // Between own devices nobody is asked.
  expect(quiet(own.account, undefined, "own")).toBe(false);
  writeContact(db, ben, { state: "requested" }, 1);
  expect(quiet(ben, undefined, "direct")).toBe(false);
  writeContact(db, ben, { state: "deleted" }, 1);
  expect([quiet(ben, undefined, "direct"), quiet(ben, "open", "direct")]).toEqual([true, false]);
});

test("[GR31] that nobody here can let it in is told to a device that leads, where nobody else does who is left", async () => {
  const restored = 6;
  const told = async (role: Role, ownRole: Role) => {
    const { engine, db, ben, key, history } = await board(role, "in", ownRole);
    const device = deviceIdOf(crypto.sha256, key.publicKey);
    setFrozen(db, conversation, "lost");
    await engine.lists.take(history);
    Object.assign(engine.mls, {
      readKeyPackage: async () => ({ account: ben, device, deviceKey: key.publicKey, replaces: otherLeaf }),
    });
    const said = { conversation, reason: restored, founding: 1, epoch: 1, askedMs, device, keyPackage: bytes(1, 10) };
    const signature = await crypto.sign(key.privateKey, resyncBytes(said));
    // What it is told is made of a key package of its own, which is made here.
    let made = 0;
    Object.assign(engine.mls, {
      keyPackage: async () => {
        made++;
        throw new Error("it is told");
      },
    });
    const answer = answerResync(engine, { kind: "resync", ...said, history, signature });
    await answer.catch(() => undefined);
    return made;
  };
  expect([await told("owner", "member"), await told("owner", "admin"), await told("member", "member")]).toEqual([
    1, 0, 0,
  ]);
});

test("[GR27] of two askings of one person the later stands, and is turned away by a word that came after it, of who leads", async () => {
  const { engine, db, ben } = await board("admin", "in", "owner");
  const [cat, away] = [bytes(9, 32), [] as unknown[]];
  Object.assign(engine.mls, { readKeyPackage: async (of: Bytes) => void away.push(of) });
  const asks = (at: number) => {
    const offer = { secret: bytes(1, 16), packages: [bytes(at, 4)] };
    db.transaction(() => askPerson(engine, conversation, { account: cat, name: "Cat", askedMs: at, offer }));
    return readJoinRequest(db, conversation, cat)?.asked_ms;
  };
  expect([asks(20), asks(10), asks(30)]).toEqual([20, 20, 30]);
  db.transaction(() => turnAway(engine, conversation, cat, 29));
  expect([away, readJoinRequest(db, conversation, cat)?.asked_ms]).toEqual([[], 30]);
  const group = hold(engine, conversation, leaf, [
    { account: ben, role: "member" },
    { account: cat, role: "admin" },
  ]);
  const said = (account: Bytes) =>
    db.transaction(() =>
      groupKinds.turnedAway?.apply?.(
        engine,
        group,
        { account } as never,
        { body: { kind: "turnedAway", account: cat, askedMs: 30 } } as never,
        undefined,
      ),
    );
  said(ben);
  expect(readJoinRequest(db, conversation, cat)?.asked_ms).toBe(30);
  said(cat);
  expect([away, readJoinRequest(db, conversation, cat)]).toEqual([[bytes(30, 4)], undefined]);
});

test("[GR22] nobody is put out of a chat of two by the other's word", async () => {
  const { engine, db, notAMember, ben, own } = await board("admin", "in");
  const [chat, gate] = [elsewhere, bytes(60, 32)];
  insertConversation(db, { conversation: chat, kind: "direct", peer: ben, state: "open", activeMs: 0 });
  const group = hold(engine, chat, otherLeaf, [
    { account: own.account, role: "member" },
    { account: ben, role: "member" },
  ]);
  const kind = { rules: directRules, state: { ...group.state, kind: "direct" } };
  engine.groups.set(toHex(group.groupId), { ...group, ...kind } as unknown as Group);
  setFrozen(db, chat, "lost");
  for (let asked = 0; asked < 20; asked++) countAsking(db, chat);
  writeResyncAnswer(db, chat, own.device, { askedMs, recreatedMs: 0, heardMs: 0 });
  expect(await hearNotAMember(engine, await notAMember({ conversation: chat, gate }))).toBe(false);
  expect(refusedIn(engine, "not-a-member-refused")).toBe(1);
});

test("[GR72] an owner whom a member tells that the group goes on without them founds it above, once an hour, and is not out", async () => {
  const { engine, db, notAMember } = await board("member", "in", "owner");
  Object.assign(engine.ports, { nowMs: () => hoursMs });
  const founds = () => jobsOf(engine, conversation).filter(({ job }) => job.kind === "recreate").length;
  const now = () => ({
    state: readConversation(db, conversation)?.state,
    above: readConversation(db, conversation)?.founding,
  });
  // In answer to an asking, of the group that is held.
  setFrozen(db, conversation, "lost");
  expect(await hearNotAMember(engine, await notAMember({ founding: 1 }))).toBe(true);
  expect([founds(), now()]).toEqual([0, { state: "open", above: 1 }]);
  setFrozen(db, conversation, undefined);
  expect(await hearNotAMember(engine, await notAMember())).toBe(true);
  expect([founds(), now()]).toEqual([1, { state: "open", above: 2 }]);
  expect(await hearNotAMember(engine, await notAMember({ founding: 3 }))).toBe(true);
  expect(now()).toEqual({ state: "open", above: 2 });
  const over = await board("member", "in", "owner");
  Object.assign(over.engine.ports, { nowMs: () => hoursMs });
  over.db.run("UPDATE conversations SET dissolved = 1");
  expect(await hearNotAMember(over.engine, await over.notAMember())).toBe(true);
  expect(jobsOf(over.engine, conversation)).toEqual([]);
});

/** Ben's device asks Ann's to be let in. Returns how many notes it is told. */
async function benAsks(
  { engine, ben, key, history }: Awaited<ReturnType<typeof board>>,
  how: { readonly reason: number; readonly founding: number },
): Promise<number> {
  await engine.lists.take(history);
  const device = deviceIdOf(crypto.sha256, key.publicKey);
  const { publicKey: sealKey } = await crypto.sealKeyPair();
  const read = { account: ben, device, deviceKey: key.publicKey, replaces: otherLeaf, address: otherLeaf, sealKey };
  Object.assign(engine.mls, { readKeyPackage: async () => read });
  let posted = 0;
  Object.assign(engine, { link: { ...offline, isBefore: () => false, post: async () => void posted++ } });
  const said = { conversation, ...how, epoch: 1, askedMs, device, keyPackage: bytes(1, 10) };
  const signature = await crypto.sign(key.privateKey, resyncBytes(said));
  expect(await answerResync(engine, { kind: "resync", ...said, history, signature })).toBe(true);
  return posted;
}

test("[GR57] who was in a large group before, whose founder lets them in yet, is told by nobody that they are out", async () => {
  const told = async (before: number) => {
    const made = await board("member", "in", "admin");
    const { engine, own, ben } = made;
    const group = hold(engine, conversation, leaf, [{ account: own.account, role: "admin" }]);
    const members = [ben, ...Array.from({ length: before - 1 }, (_, at) => bytes(100 + at, 32))];
    const former = { ...group, groupId: bytes(77, 16), members: members.map((account) => ({ account })) };
    engine.groups.set(toHex(former.groupId), former as unknown as Group);
    return benAsks(made, { reason: 1, founding: 1 });
  };
  expect([await told(100), await told(101)]).toEqual([1, 0]);
});

test("[GR58] [GR71] a call to a group that was founded anew is heard of its members, by a number near, and of nobody else", async () => {
  const called = async ({ isIn = true, founding = 2, kind = {} }) => {
    const made = await board("member", "in", "admin");
    const { engine, db, own, ben } = made;
    const owner = { account: own.account, role: "admin" } as const;
    const group = hold(engine, conversation, leaf, isIn ? [owner, { account: ben, role: "member" }] : [owner]);
    engine.groups.set(toHex(group.groupId), { ...group, ...kind } as unknown as Group);
    if (!isIn) noteStrayed(db, conversation, ben);
    Object.assign(engine.ports, { nowMs: () => hoursMs });
    expect(await benAsks(made, { reason: 8, founding })).toBe(0);
    return readConversation(db, conversation)?.frozen;
  };
  expect(await called({})).toBe("called");
  expect([await called({ isIn: false }), await called({ founding: 2 ** 30 })]).toEqual([null, null]);
  const { state } = boardOf((await board("member", "in")).engine);
  const asChat = { rules: directRules, state: { ...state, kind: "direct", roles: [] } };
  expect(await called({ kind: asChat })).toBe(null);
});
