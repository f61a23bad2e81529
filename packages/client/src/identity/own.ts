/**
 * The account and the device of this client (docs/spec/identity.md ID1–ID4).
 *
 * The master key derives the root key, which signs the first entry of the device list; after that only the device key
 * is used. The master key is deleted once the person has confirmed the recovery card.
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

/** The inception record of the account that this master key begins (ID1). */
async function inceptionOf(crypto: Crypto, masterKey: Bytes): Promise<Bytes> {
  const [root, next] = [await rootKeyOf(crypto, masterKey), await nextRootKeyOf(crypto, masterKey)];
  return encodeInception(root.publicKey, rootHashOf(crypto.sha256, next.publicKey));
}

/** The key to which the recovery record is sealed (ID31). */
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

/** Stores the account and the device key. `masterKey` is absent on a linked device. */
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

/** The identity of this device for a leaf made now (ID8). */
export function identityOf(engine: Engine): DeviceIdentity {
  const own = ownOf(engine);
  const head = engine.lists.head(own.account);
  if (head === undefined) throw new Error("invariant: own device list is held");
  return {
    credential: { account: own.account, device: own.device, n: head.body.n, entryHash: head.hash },
    deviceKey: own.deviceKey,
  };
}

/** Signs the next entry of the device list, with exactly these devices. */
async function signEntry(engine: Engine, devices: readonly Bytes[]): Promise<Bytes> {
  const own = ownOf(engine);
  const list = await engine.lists.load(own.account);
  if (list === undefined) throw new Error("invariant: own device list is held");
  const head = headOf(list)?.body;
  const isRid = head?.devices.some((key) => !devices.some((kept) => equalBytes(kept, key))) === true;
  // A removed device knows the vault's key: later segments are sealed with another (VA6).
  const vaultEpoch = (head?.vaultEpoch ?? 0) + (isRid ? 1 : 0);
  const body = nextEntryBody(list, { devices, vaultEpoch }, own.deviceKey.publicKey);
  return encodeEntry(body, await engine.ports.crypto.sign(own.deviceKey.privateKey, entryBytes(body)));
}

/** Adds a recovery key to a list of an older version, as long as the master key is on this device (ID31). */
export async function nameRecoveryKey(engine: Engine): Promise<void> {
  const own = ownOf(engine);
  const { crypto } = engine.ports;
  const masterKey = readMeta(engine.db, "master-key");
  const list = await engine.lists.load(own.account);
  if (masterKey === undefined || list === undefined || recoveryPubOf(list) !== undefined) return;
  // An entry by the root key would end the freeze without the person's decision.
  if (engine.lists.isFrozen(own.account)) return;
  const root = await rootKeyOf(crypto, masterKey);
  const { publicKey: recoveryPub } = await recoveryKeyOf(crypto, masterKey);
  const body = nextEntryBody(list, { recoveryPub, day: today(engine) }, root.publicKey);
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  const answer = await engine.link.call("signed", "appendEntries", { account: own.account, entries: [entry] });
  if (answer.kind === "ok") await engine.lists.take({ inception: own.inception, entries: [entry] });
}

/** Days since 1970 by this device's clock, for entries of the root key (ID7). */
export function today({ ports }: Engine): number {
  return Math.floor(ports.nowMs() / dayMs);
}

/** The latest change of the own list per client; settles when it is done (ID7a). */
const changes = new WeakMap<Engine, Promise<unknown>>();

/**
 * Changes the listed devices; `change` gets those listed by then (ID7a). Home gets the entry first, on the signed
 * connection (DS50). Returns why home did not accept it; then nothing has changed here. Undefined if it did.
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
  // If several own devices change the list at once, home accepts one, and the others try again (DS28a).
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
    owe(); // Home may accept it and its answer be lost.
    const answer = await appendOwn(engine, entry);
    if (answer.kind === "ok") {
      owe(); // Records signed meanwhile named the list of before.
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
 * Appends an entry. If home lacks earlier entries that this device has, such as one of an own device that home showed
 * only to others, it gets those too.
 */
async function appendOwn(engine: Engine, entry: Bytes): Promise<Answer<CallResult<"appendEntries">>> {
  const { account } = ownOf(engine);
  const answer = await engine.link.call("signed", "appendEntries", { account, entries: [entry] });
  if (answer.kind !== "error" || answer.code !== "bad-entry") return answer;
  const held = engine.lists.get(account)?.entries.map(({ bytes }) => bytes) ?? [];
  return engine.link.call("signed", "appendEntries", { account, entries: [...held, entry] });
}

/**
 * Fetches entries of the own list that this device lacks: another own device's, or its own if the answer to it was
 * lost. Without them the next entry that it signs would contradict one at home. If home does not have the latest entry
 * of this device, its whole list is read, because an entry of the root key may have replaced some (ID41). Returns
 * whether home answered.
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
  // The entry that is held already changes nothing.
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
