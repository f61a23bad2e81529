/**
 * People for tests: devices of named accounts, a judge that knows them, and groups made the way a client makes them.
 * The account is a hash of its name; device lists are the business of `wire` and `client`.
 */
import { type AccountId, type DeviceStanding, deviceIdOf, toHex, type UnixMs, utf8 } from "@yanshu/wire";
import { createBrowserCrypto } from "../browser/index.ts";
import { createBunCrypto } from "../bun/index.ts";
import {
  type CommitChange,
  type Crypto,
  createMls,
  type DeviceIdentity,
  directConversationId,
  type Group,
  type GroupState,
  type Joined,
  type Judge,
  type LeafDelivery,
  type Mls,
  type OwnKeyPackage,
  ownConversationId,
  type Prepared,
  type Received,
  type Refusal,
} from "../index.ts";

export const nowMs: UnixMs = 1_700_000_000_000;
const dayMs = 86_400_000;

/** Both providers, so that one suite covers both. */
export const providers: readonly (readonly [string, (random?: (length: number) => Uint8Array) => Crypto])[] = [
  ["bun", (random) => createBunCrypto({ random })],
  ["browser", (random) => createBrowserCrypto({ random })],
];

/** The same bytes for the same seed. */
export function seeded(crypto: Crypto, seed: string): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => crypto.derive(utf8(seed), `random ${counter++}`, length);
}

export type Device = {
  readonly mls: Mls;
  readonly identity: DeviceIdentity;
  readonly account: AccountId;
  readonly delivery: () => LeafDelivery;
  readonly keyPackage: () => Promise<OwnKeyPackage>;
};

function accountNamed(crypto: Pick<Crypto, "sha256">, name: string): AccountId {
  return crypto.sha256(utf8(`account ${name}`));
}

export async function device(crypto: Crypto, account: string): Promise<Device> {
  const mls = createMls(crypto, { nowMs: () => nowMs });
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const credential = {
    account: accountNamed(crypto, account),
    device: deviceIdOf(crypto.sha256, deviceKey.publicKey),
    n: 0,
    entryHash: crypto.sha256(utf8(`entry 0 of ${account}`)),
  };
  const identity = { credential, deviceKey };
  const delivery = (): LeafDelivery => ({
    server: "home.example",
    address: crypto.random(16),
    sealKey: crypto.random(32),
    claimCap: crypto.random(16),
    features: [],
  });
  return {
    mls,
    identity,
    account: credential.account,
    delivery,
    keyPackage: () => mls.keyPackage(identity, delivery(), nowMs + 30 * dayMs),
  };
}

/** Everybody is listed but those named otherwise. */
export function judgeOf(exceptions: readonly (readonly [Device, DeviceStanding])[] = []): Judge {
  const known = new Map(exceptions.map(([one, standing]) => [toHex(one.identity.credential.device), standing]));
  return (leaf) => known.get(toHex(leaf.device)) ?? "listed";
}

export const everybodyListed = judgeOf();

export function groupState(owner: Device, change: Partial<GroupState> = {}): GroupState {
  return {
    policyVersion: 1,
    conversation: new Uint8Array(32).fill(7, 1), // The first byte says “group” (GR1).
    kind: "group",
    founding: 0,
    gate: new Uint8Array(32).fill(9),
    gateServer: "home.example",
    name: "Dinner",
    roles: [{ account: owner.account, role: "owner" }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
    ...change,
  };
}

export function directState(one: Device, other: Device): GroupState {
  const conversation = directConversationId(one.mls.crypto.sha256, one.account, other.account);
  return groupState(one, { kind: "direct", roles: [], conversation });
}

export function ownState(one: Device): GroupState {
  return groupState(one, {
    kind: "own",
    roles: [],
    conversation: ownConversationId(one.mls.crypto.sha256, one.account),
  });
}

export async function commits(one: Device, group: Group, change: CommitChange, judge: Judge = everybodyListed) {
  return expectPrepared(await one.mls.prepare(group, change, judge));
}

function expectPrepared(prepared: Prepared | { readonly refused: Refusal }): Prepared {
  if ("refused" in prepared) throw new Error(`refused: ${prepared.refused}`);
  return prepared;
}

export async function joins(one: Device, welcome: Uint8Array | undefined, own: OwnKeyPackage): Promise<Joined> {
  if (welcome === undefined) throw new Error("no Welcome");
  const joined = await one.mls.join(welcome, own, everybodyListed);
  if ("refused" in joined) throw new Error(`refused: ${joined.refused}`);
  return joined;
}

export async function takes(one: Device, group: Group, commit: Uint8Array, judge: Judge = everybodyListed) {
  return expectCommit(await one.mls.receive(group, commit, judge));
}

function expectCommit(received: Received): Group {
  if (received.kind !== "commit") throw new Error(received.kind === "refused" ? received.why : received.kind);
  return received.group;
}

/** A group of these devices; the first founded it and owns it. */
export async function groupOf(devices: readonly Device[], state?: GroupState): Promise<Group[]> {
  const [founder, ...others] = devices;
  if (founder === undefined) throw new Error("a group needs somebody");
  const first = await founder.mls.create(founder.identity, founder.delivery(), state ?? groupState(founder));
  if (others.length === 0) return [first];
  const packages = await Promise.all(others.map((one) => one.keyPackage()));
  const { next, welcome } = await commits(founder, first, { adds: packages.map(({ bytes }) => bytes) });
  const joined: Group[] = [next];
  for (const [i, one] of others.entries()) joined.push(await joins(one, welcome, packages[i] as OwnKeyPackage));
  return joined;
}
