/**
 * What is no way back into an account, and no way in beside it (docs/spec/identity.md ID12, ID15, ID20, ID30, ID33,
 * ID34, ID36–ID38).
 */
import { expect, test } from "bun:test";
import { encodeNote, encodeRecoveryRecord, type Note } from "@yanshu/content";
import { directConversationId, sealTo } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  insertAddress,
  insertConversation,
  readMeta,
  setConversationState,
  writeContact,
  writeMeta,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import {
  accountIdOf,
  type Bytes,
  decodeLink,
  encodeEntry,
  entryBytes,
  historyOf,
  limits,
  nextEntryBody,
  toHex,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import { clientFeatures } from "../features/index.ts";
import { jobsOf } from "../group-state/jobs.ts";
import { makeAccount, rootKeyOf } from "../identity/own.ts";
import { sealedWithin } from "../messages/seals.ts";
import { ben, bytes, chatsIn } from "../testing/chat.ts";
import { createFamilyBack, type FamilyBack } from "./back-by-helpers.ts";
import { cardOf } from "./card.ts";
import { familyApi } from "./helpers.ts";
import { createNewSide } from "./link-new.ts";
import { createOldSide } from "./link-old.ts";
import { commitmentOf } from "./link-proof.ts";
import type { LinkTable, Talk } from "./link-table.ts";
import { ownRoot, passkeysApi } from "./passkeys.ts";
import { recoveryApi } from "./restore.ts";
import { restoreAccountState } from "./restore-account-state.ts";
import { openPiece } from "./sealed-piece.ts";

const crypto = createBunCrypto();
const chat = chatsIn(crypto, () => openBunDatabase(":memory:"), clientFeatures);
const home = "yan.test";
type Made = Awaited<ReturnType<typeof makeAccount>>;

/** The code with which it was refused; `undefined` where it was not. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code ?? "an error without a code",
  );
}

/** A home that answers each call as it is told, on a connection of its own. */
function homeThatSays(engine: Engine, answer: (name: string) => unknown): readonly string[] {
  const asked: string[] = [];
  const call = async (name: string) => {
    asked.push(name);
    const value = answer(name);
    return value === undefined ? { kind: "error", code: "refused" } : { kind: "ok", value };
  };
  const hello = { domain: home, incarnation: bytes(1, 16), nonce: bytes(2, 32), timeMs: 0 };
  const errand = async (_server: string, opened?: (made: typeof call, greeted: typeof hello) => Promise<boolean>) => {
    await opened?.(call, hello);
    return { call, close: () => undefined };
  };
  Object.assign(engine, { link: { errand } });
  return asked;
}

/** A device on which nobody lives, and a home that shows `shown` to a root. */
async function backBy(
  made: Made,
  shown: { readonly inception: Bytes; readonly entries: readonly Bytes[] },
  how: { readonly account?: Bytes; readonly server?: string; readonly former?: Bytes; readonly kept?: boolean } = {},
) {
  const { engine, db } = await chat("own");
  Object.assign(engine, { own: undefined, phase: "new", family: {} });
  Object.assign(engine.ports, { server: home });
  if (how.former !== undefined) writeMeta(db, "inception", how.former);
  const asked = homeThatSays(engine, (name) => (name === "rootEntries" ? shown : undefined));
  const account = how.account ?? accountIdOf(crypto.sha256, made.inception);
  const written = await cardOf(made.masterKey, account as never, how.server ?? home);
  // The words alone do not name the account.
  const card = how.account === undefined && how.server === undefined ? written.words.join(" ") : written.code;
  const areOthersLost = how.kept !== true;
  const refused = await codeOf(recoveryApi(engine, () => undefined).restoreAccount({ card, areOthersLost }));
  return { refused, hasSigned: asked.includes("appendEntries") };
}

test("[ID30] nothing is signed over a list that is another's, has no head, is too full, or is of another account than the card says", async () => {
  const [ann, cat] = [await makeAccount(crypto, home), await makeAccount(crypto, home)];
  const of = ({ inception, entry }: Made) => ({ inception, entries: [entry] });
  // Home refuses what is honest here, so that it ends there.
  expect(await backBy(ann, of(ann))).toEqual({ refused: "refused", hasSigned: true });
  const refused = { refused: "refused", hasSigned: false };
  expect(await backBy(ann, of(cat))).toEqual(refused);
  expect(await backBy(ann, { inception: ann.inception, entries: [] })).toEqual(refused);
  const other = accountIdOf(crypto.sha256, cat.inception);
  expect(await backBy(ann, of(ann), { account: other })).toEqual(refused);
  const { engine } = await chat("own");
  const list = await engine.lists.read(of(ann));
  const root = await rootKeyOf(crypto, ann.masterKey);
  if (list === undefined) throw new Error("it is a list");
  const devices = Array.from({ length: limits.devicesMax }, (_, at) => bytes(100 + at, 32));
  const keys = await Promise.all(devices.map(async (seed) => (await crypto.signatureKeyPair(seed)).publicKey));
  const body = nextEntryBody(list, { devices: keys, vaultEpoch: 1 }, root.publicKey);
  const full = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  const shown = { inception: ann.inception, entries: [ann.entry, full] };
  expect(await backBy(ann, shown, { kept: true })).toEqual({ refused: "not-allowed", hasSigned: false });
  expect(await backBy(ann, shown)).toEqual({ refused: "refused", hasSigned: true });
});

test("[ID30] a card of another home is none here, and on a device that was somebody else's nobody else comes back", async () => {
  const [ann, cat] = [await makeAccount(crypto, home), await makeAccount(crypto, home)];
  const shown = { inception: ann.inception, entries: [ann.entry] };
  expect(await backBy(ann, shown, { server: "elsewhere.test" })).toEqual({ refused: "bad-card", hasSigned: false });
  expect(await backBy(ann, shown, { former: cat.inception })).toEqual({ refused: "has-account", hasSigned: false });
  expect((await backBy(ann, shown, { former: ann.inception })).hasSigned).toBe(true);
});

test("[ID33] a passkey of another length, or of another account, is none of this one", async () => {
  const { engine, db } = await chat("own");
  writeMeta(db, "master-key", crypto.random(32));
  expect(await codeOf(passkeysApi(engine).keepPasskey({ secret: bytes(1, 31) }))).toBe("not-allowed");
  homeThatSays(engine, () => ({}));
  const passkey = { account: toHex(ben), secret: bytes(1, 32) };
  const asked = homeThatSays(engine, () => ({}));
  expect(await codeOf(ownRoot(engine, { passkey }))).toBe("no-account");
  expect(asked).toEqual([]);
});

test("[ID36] three are chosen who are contacts, in chats that are open", async () => {
  const { engine, db, own } = await chat("own");
  const three = [bytes(61, 32), bytes(62, 32), bytes(63, 32)];
  const chatWith = (account: Bytes) => directConversationId(crypto.sha256, own.account, account as never);
  for (const account of three) {
    insertConversation(db, {
      conversation: chatWith(account),
      kind: "direct",
      peer: account,
      state: "open",
      activeMs: 0,
    } as never);
    writeContact(db, account as never, { state: "contact" }, 1);
  }
  const chosen = (helpers = three) => codeOf(familyApi(engine).chooseFamily({ helpers: helpers.map(toHex) } as never));
  // The root is not here, so that it ends there.
  expect(await chosen()).toBe("not-allowed");
  expect(await chosen(three.slice(1))).toBe("not-allowed");
  // Fewer or more than three are refused before it is asked who they are.
  for (const helpers of [
    [bytes(64, 32), bytes(65, 32)],
    [...three, bytes(64, 32)],
    [bytes(64, 32), bytes(64, 32)],
  ])
    expect(await chosen(helpers)).toBe("not-allowed");
  const [first = bytes(0, 32)] = three;
  setConversationState(db, chatWith(first), "request-out");
  expect(await chosen()).toBe("unknown-contact");
  setConversationState(db, chatWith(first), "open");
  writeContact(db, first as never, { state: "deleted" }, 2);
  expect(await chosen()).toBe("unknown-contact");
});

test("[ID38] what home answers to an asking that was given up meanwhile is nothing", async () => {
  const { engine, db } = await chat("own");
  const due: (() => void)[] = [];
  Object.assign(engine.ports, {
    after: (_: number, run: () => void) => {
      due.push(run);
      return () => undefined;
    },
  });
  Object.assign(engine, { family: {} });
  const { makeFamilySecret } = await import("./helpers-secret.ts");
  const { check, pieces } = makeFamilySecret(crypto);
  const handed = (at: number) => ({ account: ben, check, piece: pieces[at] ?? bytes(0, 33), by: "Ben" });
  const held = (request: Bytes): FamilyBack => ({ server: home, pieces: [handed(0), handed(1)], request }) as never;
  const keep = (request: Bytes) => db.transaction(() => writeMeta(db, "family-back", pack(held(request))));
  let meanwhile = (): void => undefined;
  homeThatSays(engine, () => {
    meanwhile();
    return { state: "waiting", waitMs: 1_000 };
  });
  const asked = async () => {
    keep(bytes(1, 16));
    createFamilyBack(engine).resume();
    due.shift()?.();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return unpack<FamilyBack>(readMeta(db, "family-back") ?? new Uint8Array()).isBegun === true;
  };
  expect(await asked()).toBe(true);
  meanwhile = () => keep(bytes(2, 16));
  expect(await asked()).toBe(false);
});

test("[ID37] what was sealed as a piece, and is of another length, is none", async () => {
  const { engine, db, group, own, bens } = await chat("direct");
  const seal = await crypto.sealKeyPair();
  const address = bytes(5, 16);
  insertAddress(db, { address: address as never, sealPrivate: seal.privateKey, claimCap: bytes(2, 16) as never });
  const members = group.members.map((member, at) => (at === 0 ? { ...member, address } : member));
  const here = { ...group, ownLeaf: 0, members } as never as typeof group;
  const opened = async (length: number) => {
    const context = sealedWithin("family piece", here, bens.device);
    const sealed = await sealTo(crypto, seal.publicKey, context, bytes(9, length));
    const body = {
      kind: "familyPiece",
      stampMs: 1,
      check: bytes(1, 16),
      sealed: [{ reader: own.device, sealed }],
    } as const;
    const said = { body, authenticator: group.keys.authenticator.slice(0, 16) };
    const { body: read } = await openPiece(engine, here, bens, said as never);
    return read.kind === "familyPiece" ? read.piece?.length : undefined;
  };
  expect([await opened(33), await opened(32), await opened(34)]).toEqual([33, undefined, undefined]);
});

test("[ID34] after a coming back chats are founded anew with contacts, and with nobody who was blocked", async () => {
  const planned = async (state: "contact" | "blocked") => {
    const { engine, db, own } = await chat("own");
    const cat = await makeAccount(crypto, home);
    const account = accountIdOf(crypto.sha256, cat.inception);
    const conversation = directConversationId(crypto.sha256, own.account, account);
    insertConversation(db, { conversation, kind: "direct", peer: account, state: "open", activeMs: 0 });
    const history = { inception: cat.inception, entries: [cat.entry] };
    const contact = { kind: "contact", account, name: "Cat", remark: "", state, verified: "none", history, stampMs: 1 };
    const record = { keys: [], begins: [], items: [contact], rights: [], groups: [], people: [], ownFounding: 0 };
    writeMeta(db, "kept-record", encodeRecoveryRecord(record as never));
    Object.assign(engine, { deleteRetired: () => undefined, turn: { take: (run: () => unknown) => run() } });
    await restoreAccountState(engine);
    return jobsOf(engine, conversation).length;
  };
  expect([await planned("contact"), await planned("blocked")]).toEqual([1, 0]);
});

/** One linking, of which nobody hears but who is told; `hears` is what the other device says. */
function tableOf() {
  const stopped: string[] = [];
  const said: Note[] = [];
  let [isOn, hear] = [true, undefined as ((note: Note) => Promise<void> | void) | undefined];
  const talk = {
    address: bytes(11, 16),
    sealKey: bytes(12, 32),
    nonce: bytes(13, 16),
    isOn: () => isOn,
    send: async (_: unknown, note: Note) => {
      said.push(note);
      encodeNote(note);
      return true;
    },
  } as unknown as Talk;
  const table = {
    open: async (_side: string, _server: string, heard: (note: Note) => Promise<void> | void) => {
      hear = heard;
      return talk;
    },
    show: () => undefined,
    end: () => undefined,
    settled: () => undefined,
    stop: (why: string) => {
      isOn = false;
      stopped.push(why);
    },
  } as unknown as LinkTable;
  return { table, talk, stopped, said, hears: async (note: Note) => hear?.(note) };
}

/** A device that shows a code, and Ann's that scans it. */
async function linking() {
  const { engine, db, own } = await chat("own");
  const list = engine.lists.get(own.account);
  if (list === undefined) throw new Error("the list is held");
  const history = historyOf(list);
  Object.assign(engine, {
    phase: "signed-out",
    failed: () => undefined,
    turn: { take: (run: () => unknown) => run() },
    before: { server: undefined, awayMs: undefined, known: new Set() },
  });
  for (const name of [
    "next",
    "echoes",
    "renewals",
    "places",
    "stopped",
    "floods",
    "floodedLeaves",
    "firstUnread",
    "resting",
  ])
    Object.assign(engine, { [name]: new Map() });
  Object.assign(engine.ports, { server: home, originOf: () => `https://${home}` });
  const all = tableOf();
  let joins = 0;
  const side = createNewSide(engine, all.table, () => joins++);
  await side.start();
  const hello = {
    kind: "linkHello",
    account: own.account,
    history,
    deviceKey: own.deviceKey.publicKey,
    nonce: bytes(14, 16),
    replyTo: bytes(15, 16),
    replySealKey: bytes(16, 32),
    name: "Ann",
  } as const;
  /** Ann's list, in which the device that shows the code stands. */
  const named = async () => {
    const reveal = all.said.find(({ kind }) => kind === "linkReveal") as Extract<Note, { kind: "linkReveal" }>;
    const body = nextEntryBody(list, { devices: [own.deviceKey.publicKey, reveal.deviceKey] }, own.deviceKey.publicKey);
    const entry = encodeEntry(body, await crypto.sign(own.deviceKey.privateKey, entryBytes(body)));
    return { ...history, entries: [...history.entries, entry] };
  };
  const confirm = (of: typeof history) => all.hears({ kind: "linkConfirm", history: of, packagesWanted: 0 } as never);
  return { engine, db, own, history, side, hello, named, confirm, ...all, joins: () => joins };
}

test("[ID21] a device is linked to the account whose list was shown, and by a device that it names", async () => {
  const cat = await makeAccount(crypto, home);
  const strange = { inception: cat.inception, entries: [cat.entry] };
  for (const change of [
    { history: strange },
    { deviceKey: (await crypto.signatureKeyPair(cat.deviceSeed)).publicKey },
  ]) {
    const { hears, hello, stopped, said } = await linking();
    await hears({ ...hello, ...change } as never);
    expect([stopped, said.length]).toEqual([["refused"], 0]);
  }
  const { hears, hello, stopped, said } = await linking();
  await hears(hello as never);
  expect([stopped, said.map(({ kind }) => kind)]).toEqual([[], ["linkReveal"]]);
});

test("[ID15] a device joins once, when the list names it and its person agreed, and while it is shown", async () => {
  const all = await linking();
  await all.hears(all.hello as never);
  const list = await all.named();
  await all.side.confirm(true);
  await all.confirm(list);
  await all.confirm(list);
  expect(all.joins()).toBe(1);
  const late = await linking();
  await late.hears(late.hello as never);
  await late.side.confirm(true);
  late.table.stop("link-expired");
  await late.confirm(await late.named());
  expect(late.joins()).toBe(0);
  const unnamed = await linking();
  await unnamed.hears(unnamed.hello as never);
  await unnamed.side.confirm(true);
  await unnamed.confirm(unnamed.history);
  expect([unnamed.joins(), unnamed.stopped]).toEqual([0, ["refused"]]);
});

test("[ID20] an account that is frozen, or has as many devices as it may, adds none", async () => {
  const confirmed = async (change: (engine: Engine) => void) => {
    const { engine, own } = await chat("own");
    const all = tableOf();
    const fresh = { key: bytes(20, 32), nonce: bytes(21, 16) };
    Object.assign(engine, { own: { ...own, server: home } });
    const link = {
      server: home,
      rendezvous: bytes(22, 16),
      sealKey: bytes(23, 32),
      commitment: commitmentOf(crypto, fresh),
    };
    const { encodeLink } = await import("@yanshu/wire");
    const text = encodeLink(`https://${home}`, { kind: "device", link } as never);
    expect(decodeLink(text)?.kind).toBe("device");
    const side = createOldSide(engine, all.table);
    await side.scan(text);
    await all.hears({ kind: "linkReveal", deviceKey: fresh.key, nonce: fresh.nonce } as never);
    change(engine);
    return codeOf(side.confirm(true));
  };
  const lists = (engine: Engine, change: object) => Object.assign(engine, { lists: { ...engine.lists, ...change } });
  expect(await confirmed((engine) => lists(engine, { isFrozen: () => true }))).toBe("account-frozen");
  const full = Array.from({ length: limits.devicesMax }, (_, at) => ({ id: bytes(at, 32), key: bytes(at, 32) }));
  expect(await confirmed((engine) => lists(engine, { devices: () => full }))).toBe("not-allowed");
});
