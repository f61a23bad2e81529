/** Accounts, device lists and links (docs/spec/identity.md ID1–ID5, ID10, ID11). */
import { type Bytes, Fields, fromCbor, hex, isEqual, randomBytes, toCbor } from "./bytes.ts";
import { derive, hashOf, type KeyPair, keyPairOf, labelled, sha256, sign, verifies } from "./signing.ts";

export type History = { readonly inception: Bytes; readonly entries: readonly Bytes[] };
export type Account = {
  readonly id: Bytes;
  readonly device: Bytes;
  readonly deviceKey: KeyPair;
  readonly history: History;
};

/** An account with one device, named by entry 0 of its list. */
export function newAccount(server: string): Account {
  const root = keyPairOf(derive(randomBytes(32), "yanshu root key v1"));
  const nextRoot = keyPairOf(randomBytes(32)); // Nobody keeps it: this root is never changed.
  const deviceKey = keyPairOf(randomBytes(32));
  const nextRootHash = hashOf("root", nextRoot.publicKey);
  const inception = toCbor({ v: 1, rootKey: root.publicKey, nextRootHash });
  const id = hashOf("account", inception);
  const body = toCbor({
    v: 1,
    account: id,
    n: 0,
    prev: new Uint8Array(32),
    devices: [deviceKey.publicKey],
    homeServers: [server],
    vaultEpoch: 0,
    signer: root.publicKey,
  });
  const entry = toCbor({ body, signature: sign(root, labelled("device list entry", body)) });
  const device = hashOf("device", deviceKey.publicKey);
  return { id, device, deviceKey, history: { inception, entries: [entry] } };
}

export type DeviceList = {
  readonly account: Bytes;
  /** Keys of the devices that the last entry names. */
  readonly keys: readonly Bytes[];
  /** Hex ids of devices that some entry names: a leaf of any other is refused (ID8). */
  readonly listed: ReadonlySet<string>;
  /** How many entries it has. */
  readonly length: number;
};

/**
 * A device list that certifies itself. What this client does not follow: two continuations (ID7), changes of the root
 * (ID43).
 *
 * @throws when it does not.
 */
export function readHistory(history: History): DeviceList {
  const rootKey = Fields.of(history.inception).bytes("rootKey", 32);
  const account = hashOf("account", history.inception);
  const listed = new Set<string>();
  let prev: Bytes = new Uint8Array(32);
  let signers: readonly Bytes[] = [];
  for (const [n, entry] of history.entries.entries()) {
    const [signed, body] = [Fields.of(entry), Fields.of(Fields.of(entry).bytes("body"))];
    const signer = body.bytes("signer", 32);
    const follows = body.number("n") === n && isEqual(body.bytes("prev", 32), prev);
    if (!follows || !isEqual(body.bytes("account", 32), account)) throw new Error("an entry of another list");
    if (![rootKey, ...signers].some((key) => isEqual(key, signer))) throw new Error("an entry by nobody of it");
    if (!verifies(signer, labelled("device list entry", signed.bytes("body")), signed.bytes("signature", 64)))
      throw new Error("an entry that is signed badly");
    signers = body.list("devices").map((key) => new Uint8Array(key as Uint8Array));
    for (const key of signers) listed.add(hex(hashOf("device", key)));
    prev = sha256(entry);
  }
  return { account, keys: signers, listed, length: history.entries.length };
}

export function historyOf(value: unknown): History {
  const fields = new Fields(value);
  const entries = fields.list("entries").map((entry) => new Uint8Array(entry as Uint8Array));
  return { inception: fields.bytes("inception"), entries };
}

/** The home's name, and where it is reached. */
export type Home = { readonly origin: string; readonly server: string };
/** What an invitation gives: a home, and the right to register there. */
export type Invitation = Home & { readonly token: Bytes };

/** The fields of a link of one kind, and where its home is reached. @throws when it is none */
export function readLink(
  link: string,
  letter: "c" | "g" | "i",
): { readonly origin: string; readonly fields: readonly unknown[] } {
  const [, origin, kind, encoded] = /^(https?:\/\/[^/]+)\/#([a-z])\/([A-Za-z0-9_-]+)$/.exec(link.trim()) ?? [];
  if (origin === undefined || encoded === undefined || kind !== letter) throw new Error("another link");
  const fields = fromCbor(Uint8Array.fromBase64(encoded, { alphabet: "base64url" }));
  if (!Array.isArray(fields) || fields[0] !== letter) throw new Error("another link");
  return { origin, fields: fields.slice(1) };
}

/** @param link `ORIGIN/#i/…` @throws when it is none */
export function readInvitation(link: string): Invitation {
  const { origin, fields } = readLink(link, "i");
  const [server, token] = fields;
  if (typeof server !== "string" || !(token instanceof Uint8Array)) throw new Error("no invitation");
  return { origin, server, token: new Uint8Array(token) };
}

/** @param link `ORIGIN/#c/…` @throws when it is none */
export function readContactLink(link: string): { readonly account: Bytes; readonly capability: Bytes } {
  const [account, , capability] = readLink(link, "c").fields;
  if (!(account instanceof Uint8Array && capability instanceof Uint8Array)) throw new Error("no contact link");
  return { account: new Uint8Array(account), capability: new Uint8Array(capability) };
}

export function contactLink({ origin, server }: Home, account: Bytes, capability: Bytes, name: string): string {
  return linkOf(origin, ["c", account, server, capability, name]);
}

/** A link is a list that begins with its letter (ID10). */
export function linkOf(origin: string, fields: readonly [letter: string, ...unknown[]]): string {
  return `${origin}/#${fields[0]}/${toCbor(fields).toBase64({ alphabet: "base64url", omitPadding: true })}`;
}
