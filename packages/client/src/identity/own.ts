/**
 * Own: the account and the device that live here (docs/spec/identity.md ID1–ID4).
 *
 * The master key derives the root key, which signs the first entry of the device list; then only
 * the device key is used, until the recovery card was confirmed and the master key goes.
 */
import type { Crypto, DeviceIdentity, KeyPair } from "@yanshu/mls";
import { type Database, learnPerson, readMeta, writeMeta } from "@yanshu/store";
import {
  type AccountId,
  accountIdOf,
  type Bytes,
  beginList,
  type CallResult,
  deviceIdOf,
  encodeEntry,
  encodeInception,
  entryBytes,
  equalBytes,
  fromUtf8,
  headOf,
  limits,
  nextEntryBody,
  recoveryPubOf,
  rootHashOf,
  utf8,
} from "@yanshu/wire";
import type { Answer } from "../connection/link.ts";
import { type Engine, type Own, ownOf } from "../core/engine.ts";
import { oweHomes, sayHomes } from "./own-homes.ts";

const masterKeyBytes = 32;
const dayMs = 86_400_000;

export async function rootKeyOf(crypto: Crypto, masterKey: Bytes): Promise<KeyPair> {
  return crypto.signatureKeyPair(crypto.derive(masterKey, "yanshu root key v1", 32));
}

/** The key that changes the root, and nothing else (ID43). */
export async function nextRootKeyOf(crypto: Crypto, masterKey: Bytes): Promise<KeyPair> {
  return crypto.signatureKeyPair(crypto.derive(masterKey, "yanshu next root key v1", 32));
}

/** The record that certifies the account which begins with this master key (ID1). */
async function inceptionOf(crypto: Crypto, masterKey: Bytes): Promise<Bytes> {
  const [root, next] = [await rootKeyOf(crypto, masterKey), await nextRootKeyOf(crypto, masterKey)];
  return encodeInception(root.publicKey, rootHashOf(crypto.sha256, next.publicKey));
}

/** What the recovery record is sealed to (ID31). */
export async function recoveryKeyOf(crypto: Crypto, masterKey: Bytes): Promise<KeyPair> {
  return crypto.sealKeyPairFrom(crypto.derive(masterKey, "yanshu recovery key v1", 32));
}

/** A new account with its first entry; nothing is stored yet. */
export async function makeAccount(crypto: Crypto, server: string) {
  const masterKey = crypto.random(masterKeyBytes);
  const root = await rootKeyOf(crypto, masterKey);
  const deviceSeed = crypto.random(32);
  const deviceKey = await crypto.signatureKeyPair(deviceSeed);
  const inception = await inceptionOf(crypto, masterKey);
  const body = nextEntryBody(
    beginList(crypto, inception),
    {
      devices: [deviceKey.publicKey],
      homeServers: [server],
      recoveryPub: (await recoveryKeyOf(crypto, masterKey)).publicKey,
    },
    root.publicKey,
  );
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  return { masterKey, deviceSeed, inception, entry, server };
}

/** Stores who lives here. `masterKey` is absent on a linked device. */
export function writeOwn(
  db: Database,
  own: { deviceSeed: Bytes; inception: Bytes; server: string; masterKey?: Bytes },
): void {
  writeMeta(db, "server", utf8(own.server));
  writeMeta(db, "inception", own.inception);
  writeMeta(db, "device-seed", own.deviceSeed);
  if (own.masterKey !== undefined) writeMeta(db, "master-key", own.masterKey);
}

export async function readOwn(db: Database, crypto: Crypto): Promise<Own | undefined> {
  const server = readMeta(db, "server");
  const inception = readMeta(db, "inception");
  const seed = readMeta(db, "device-seed");
  if (server === undefined || inception === undefined || seed === undefined) return undefined;
  const deviceKey = await crypto.signatureKeyPair(seed);
  return {
    account: accountIdOf(crypto.sha256, inception),
    device: deviceIdOf(crypto.sha256, deviceKey.publicKey),
    deviceKey,
    inception,
    server: fromUtf8(server),
  };
}

/** How this device stands in a leaf made now (ID8). */
export function identityOf(engine: Engine): DeviceIdentity {
  const own = ownOf(engine);
  const head = engine.lists.head(own.account);
  if (head === undefined) throw new Error("invariant: own device list is held");
  return {
    credential: { account: own.account, device: own.device, n: head.body.n, entryHash: head.hash },
    deviceKey: own.deviceKey,
  };
}

/** Signs the entry that follows, in which `devices` are all that count. */
async function signEntry(engine: Engine, devices: readonly Bytes[]): Promise<Bytes> {
  const own = ownOf(engine);
  const list = await engine.lists.load(own.account);
  if (list === undefined) throw new Error("invariant: own device list is held");
  const head = headOf(list)?.body;
  const isRid = head?.devices.some((key) => !devices.some((kept) => equalBytes(kept, key))) === true;
  // Who goes knows the vault's key: what is put there from now on is sealed with another (VA6).
  const vaultEpoch = (head?.vaultEpoch ?? 0) + (isRid ? 1 : 0);
  const body = nextEntryBody(list, { devices, vaultEpoch }, own.deviceKey.publicKey);
  return encodeEntry(body, await engine.ports.crypto.sign(own.deviceKey.privateKey, entryBytes(body)));
}

/** A list that was begun before there were recovery keys: while the master key is here, the root names it (ID31). */
export async function nameRecoveryKey(engine: Engine): Promise<void> {
  const own = ownOf(engine);
  const { crypto } = engine.ports;
  const masterKey = readMeta(engine.db, "master-key");
  const list = await engine.lists.load(own.account);
  if (masterKey === undefined || list === undefined || recoveryPubOf(list) !== undefined) return;
  if (engine.lists.isFrozen(own.account)) return; // An entry by the root would end that unasked.
  const root = await rootKeyOf(crypto, masterKey);
  const { publicKey: recoveryPub } = await recoveryKeyOf(crypto, masterKey);
  const body = nextEntryBody(list, { recoveryPub, day: today(engine) }, root.publicKey);
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  const answer = await engine.link.call("signed", "appendEntries", { account: own.account, entries: [entry] });
  if (answer.kind === "ok") await engine.lists.take({ inception: own.inception, entries: [entry] });
}

/** By this device's clock: what the root signs says when (ID7). */
export function today({ ports }: Engine): number {
  return Math.floor(ports.nowMs() / dayMs);
}

/** The last change of the own list that each client was asked for, when it is over (ID7a). */
const changes = new WeakMap<Engine, Promise<unknown>>();

/**
 * Changes which devices count, of those that do by then (ID7a): home hears of it first, on the signed-in connection
 * (DS50). Answers why not, if it did not take it; then nothing has changed here either.
 */
export function listDevices(
  engine: Engine,
  change: (devices: readonly Bytes[]) => readonly Bytes[],
): Promise<"offline" | "refused" | undefined> {
  const before = changes.get(engine) ?? Promise.resolve();
  const mine = before.then(() => listNow(engine, change));
  changes.set(
    engine,
    mine.catch(() => undefined),
  );
  return mine;
}

async function listNow(engine: Engine, change: (devices: readonly Bytes[]) => readonly Bytes[]) {
  const own = ownOf(engine);
  // Of own devices that change the list at one moment one is taken each time, and the others come again (DS28a).
  for (let round = 0; round < limits.devicesMax; round++) {
    if (!(await engine.link.whenReady("signed")) || !(await followOwnList(engine))) return "offline";
    const listed = engine.lists.devices(own.account).map(({ key }) => key);
    const devices = change(listed);
    if (devices.length === listed.length) return undefined;
    if (devices.length > limits.devicesMax) return "refused";
    const entry = await signEntry(engine, devices);
    const owe = () => {
      if (devices.length < listed.length) engine.db.transaction(() => oweHomes(engine));
    };
    owe(); // Home may take it and its answer be lost.
    const answer = await appendOwn(engine, entry);
    if (answer.kind === "ok") {
      owe(); // What was said meanwhile was said by the list of before.
      await engine.lists.take({ inception: own.inception, entries: [entry] });
      engine.changed("devices");
      if (devices.length < listed.length) void sayHomes(engine).catch(engine.failed); // At once (HM30).
      return undefined;
    }
    if (answer.kind === "lost") return "offline";
    if (answer.code !== "list-conflict" || engine.lists.isFrozen(own.account)) return "refused";
  }
  return "refused";
}

/**
 * Where home lacks what this device holds, such as an own device's entry that it showed to others alone, it is told
 * that too.
 */
async function appendOwn(engine: Engine, entry: Bytes): Promise<Answer<CallResult<"appendEntries">>> {
  const { account } = ownOf(engine);
  const answer = await engine.link.call("signed", "appendEntries", { account, entries: [entry] });
  if (answer.kind !== "error" || answer.code !== "bad-entry") return answer;
  const held = engine.lists.get(account)?.entries.map(({ bytes }) => bytes) ?? [];
  return engine.link.call("signed", "appendEntries", { account, entries: [...held, entry] });
}

/**
 * Entries of the own list that this device lacks: another own device's, or its own, when the answer to it was lost.
 * Without them the next entry that it signs would contradict one that is there. Where home does not hold what is the
 * last one here, its whole list is read: the root's word may stand below it (ID41). Answers whether home told.
 */
export async function followOwnList(engine: Engine): Promise<boolean> {
  const own = ownOf(engine);
  const head = engine.lists.head(own.account);
  if (head === undefined) return false;
  let answer = await engine.link.call("signed", "ownEntries", { from: head.body.n });
  const first = answer.kind === "ok" ? answer.value.entries[0] : undefined;
  if (answer.kind === "ok" && (first === undefined || !equalBytes(first, head.bytes)))
    answer = await engine.link.call("signed", "ownEntries", { from: 0 });
  if (answer.kind !== "ok") return false;
  // The held one alone moves nothing.
  if (answer.value.entries.length !== 1 || first === undefined || !equalBytes(first, head.bytes))
    await engine.lists.take({ inception: own.inception, entries: answer.value.entries });
  return true;
}

export function writeOwnProfile(
  db: Database,
  account: AccountId,
  name: string,
  avatar: Bytes | undefined,
  stampMs: number,
  pat?: string,
): void {
  learnPerson(db, { account, name, avatar, ownWord: true, stampMs, ...(pat === undefined ? {} : { pat }) });
}
