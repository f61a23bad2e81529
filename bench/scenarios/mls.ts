/**
 * MLS: what a group of 500 devices costs whoever founds it, joins it, or changes who is in it. CPU time of this process,
 * with Bun's provider; nothing is sent, and nothing stored.
 */
import {
  createMls,
  type DeviceIdentity,
  type Group,
  type LeafDelivery,
  type Mls,
  type OwnKeyPackage,
} from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { deviceIdOf, utf8 } from "@yanshu/wire";
import { row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = {
  create: { atMost: 1_000 },
  join: { atMost: 600 },
  add: { atMost: 150 },
  remove: { atMost: 400 },
};
const nowMs = 1_700_000_000_000;
const packageMs = 30 * 86_400_000;
const rounds = 5;

type Device = { readonly mls: Mls; readonly identity: DeviceIdentity; readonly own: OwnKeyPackage };

export const mls: Scenario = {
  name: "mls",
  about:
    "a group of 500 devices of 500 accounts, by ts-mls with Bun's provider: founding it with everybody in one commit, the first time in this process; joining; and then the middle of five for adding and removing one, by whoever does it and whoever is told",
  run: async (conditions) => {
    const count = conditions.quick ? 12 : 500;
    const devices: Device[] = [];
    for (let i = 0; i < count + rounds; i++) devices.push(await makeDevice(i));
    const [founder, second, third] = devices as [Device, Device, Device];
    const crowd = devices.slice(1, count);
    const create = await timed(async () => {
      const alone = await founder.mls.create(founder.identity, deliveryOf(founder.mls), stateOf(founder));
      return commit(founder, alone, { adds: crowd.map(({ own }) => own.bytes) });
    });
    const join = await timed(() => joined(second, create.value.welcome));
    const thirdGroup = await joined(third, create.value.welcome);
    let [group, other] = [create.value.next, thirdGroup];
    const adds: number[] = [];
    const addsTold: number[] = [];
    const removes: number[] = [];
    const removesTold: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const added = await timed(() => commit(founder, group, { adds: [(devices[count + i] as Device).own.bytes] }));
      const addTold = await timed(() => taken(third, other, added.value.commit));
      const leaf = group.members.at(-1 - i)?.leaf ?? 0;
      const removed = await timed(() => commit(founder, added.value.next, { removes: [leaf] }));
      const removeTold = await timed(() => taken(third, addTold.value, removed.value.commit));
      group = removed.value.next;
      other = removeTold.value;
      adds.push(added.cpuMs);
      addsTold.push(addTold.cpuMs);
      removes.push(removed.cpuMs);
      removesTold.push(removeTold.cpuMs);
    }
    const goal = (which: keyof typeof goals) => unlessQuick(conditions, goals[which]);
    return [
      row("mls: founding with all", create.cpuMs, "ms", goal("create")),
      row("mls: joining", join.cpuMs, "ms", goal("join")),
      row("mls: adding one", middle(adds), "ms", goal("add")),
      row("mls: adding one, told", middle(addsTold), "ms"),
      row("mls: removing one", middle(removes), "ms", goal("remove")),
      row("mls: removing one, told", middle(removesTold), "ms"),
      row("mls: Welcome", (create.value.welcome?.length ?? Number.NaN) / 1_024, "KiB"),
      row("mls: members who agree", other.members.length, "members", { atLeast: count }),
    ];
  },
};

async function makeDevice(index: number): Promise<Device> {
  const crypto = createBunCrypto();
  const mls = createMls(crypto, { nowMs: () => nowMs });
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const account = crypto.sha256(utf8(`account ${index}`));
  const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
  const identity = { credential: { account, device, n: 0, entryHash: crypto.random(32) }, deviceKey };
  return { mls, identity, own: await mls.keyPackage(identity, deliveryOf(mls), nowMs + packageMs) };
}

function deliveryOf({ crypto }: Mls): LeafDelivery {
  const [address, sealKey, claimCap] = [crypto.random(16), crypto.random(32), crypto.random(16)];
  return { server: "home.example", address, sealKey, claimCap, features: [] };
}

function stateOf({ identity }: Device): Group["state"] {
  return {
    policyVersion: 1,
    conversation: new Uint8Array(32).fill(7, 1), // The first byte says “group” (GR1).
    kind: "group",
    founding: 0,
    gate: new Uint8Array(32).fill(9),
    gateServer: "home.example",
    name: "乡亲",
    roles: [{ account: identity.credential.account, role: "owner" }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
}

async function commit({ mls }: Device, group: Group, change: Parameters<Mls["prepare"]>[1]) {
  const prepared = await mls.prepare(group, change, () => "listed");
  if ("refused" in prepared) throw new Error(`refused: ${prepared.refused}`);
  return prepared;
}

async function joined({ mls, own }: Device, welcome: Uint8Array | undefined): Promise<Group> {
  const group = await mls.join(welcome ?? new Uint8Array(), own, () => "listed");
  if ("refused" in group) throw new Error(`refused: ${group.refused}`);
  return group;
}

async function taken({ mls }: Device, group: Group, bytes: Uint8Array): Promise<Group> {
  const received = await mls.receive(group, bytes, () => "listed");
  if (received.kind !== "commit") throw new Error(`a commit was ${received.kind}`);
  return received.group;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cpuMs: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1_000 };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
