/**
 * `npm run vectors`: writes vectors/device-list.json anew, where the format of device lists changed. What is written is
 * what this code makes, so each case says beforehand what has to come of it, and nothing is written where it does not.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Bytes,
  beginList,
  type DeviceList,
  deviceIdOf,
  devicesOf,
  type EntryChange,
  rootChangeBytes,
  rootOf,
  standingOf,
  takeEntries,
  toHex,
} from "../index.ts";
import { entryAfter, inceptionOf, nextHashOf, primitives, type Signer, sha256, signer } from "./signers.ts";

const [root, nextRoot, otherRoot, a, b, c] = ["root", "next root", "other root", "a", "b", "c"].map(signer) as [
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
];
const inception = inceptionOf(root, nextRoot);
const begun = beginList(primitives, inception);
const foreign = beginList(primitives, inceptionOf(otherRoot, nextRoot));

type Step = { readonly entries: readonly Bytes[]; readonly outcome: string; readonly why?: string };
type Case = { readonly name: string; readonly steps: readonly Step[] };

/** The list after these entries, whatever they are; each is signed over the one before it. */
type Plan = readonly (readonly [listed: readonly Signer[], by: Signer, change?: EntryChange])[];

async function grown(from: DeviceList, plan: Plan): Promise<{ list: DeviceList; entries: readonly Bytes[] }> {
  let list = from;
  const entries: Bytes[] = [];
  for (const [listed, by, change] of plan) {
    const entry = entryAfter(list, listed, by, change ?? {});
    const step = await takeEntries(primitives, list, [entry]);
    if (step.kind !== "advanced") throw new Error(`a plan that is not taken: ${step.kind}`);
    list = step.list;
    entries.push(entry);
  }
  return { list, entries };
}

const each = (entries: readonly Bytes[], outcome = "advanced"): readonly Step[] =>
  entries.map((entry) => ({ entries: [entry], outcome }));
const refused = (entry: Bytes, why: string): Step => ({ entries: [entry], outcome: "refused", why });

function changed(entry: Bytes, at: number): Bytes {
  const copy = entry.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

async function cases(): Promise<readonly Case[]> {
  const one = await grown(begun, [[[a], root]]);
  const two = await grown(one.list, [[[a, b], a]]);
  const byA = await grown(two.list, [[[a], a]]);
  const byB = await grown(two.list, [[[b], b]]);
  const start = [...each(one.entries), ...each(two.entries)];
  const first = one.entries[0] as Bytes;
  const chainOfB = await grown(two.list, [
    [[b], b],
    [[b, c], b],
  ]);
  const rivalOfB = await grown(two.list, [[[a, b, c], b]]);
  const otherOfB = entryAfter(two.list, [b], b);
  const frozen: readonly Step[] = [...start, ...each(rivalOfB.entries), { entries: [otherOfB], outcome: "frozen" }];
  const rootLater = await grown(two.list, [[[c], root, { day: 21 }]]);
  const rootEarlier = await grown(two.list, [[[a, c], root, { day: 20 }]]);
  const named = (key: Signer, by = key): EntryChange => ({
    root: {
      key: key.publicKey,
      nextHash: nextHashOf(key),
      proof: by.sign(rootChangeBytes(begun.account, key.publicKey)),
    },
  });
  const rooted = await grown(two.list, [[[a, b], nextRoot, named(otherRoot)]]);
  const rootedTwice = await grown(rooted.list, [[[c], otherRoot]]);
  const thief = await grown(two.list, [[[c], root, { day: 99 }]]);
  const more = await grown(one.list, [[[a, b], a]]);
  const ofRoot = [{ type: 1, data: Uint8Array.of(1, 2, 3) }];
  const ofAnybody = [{ type: 256, data: Uint8Array.of(4) }];
  const homed = await grown(begun, [[[a], root, { more: ofRoot }]]);
  const homedTwo = await grown(homed.list, [[[a, b], a]]);
  const movedOn = await grown(homedTwo.list, [[[a, b], root, { more: [{ type: 1, data: Uint8Array.of(7) }] }]]);
  return [
    {
      name: "a chain: the root lists a, a lists b, b drops a",
      steps: [...start, ...each(chainOfB.entries)],
    },
    { name: "known entries change nothing", steps: [...start, ...each([...one.entries, ...two.entries], "known")] },
    { name: "the first entry by a device", steps: [refused(entryAfter(begun, [a], a), "not-a-signer")] },
    {
      name: "an entry by a stranger",
      steps: [...each(one.entries), refused(entryAfter(one.list, [a], c), "not-a-signer")],
    },
    {
      name: "an entry by a device that it lists itself",
      steps: [...each(one.entries), refused(entryAfter(one.list, [a, b], b), "not-a-signer")],
    },
    {
      name: "an entry by a revoked device",
      steps: [...start, ...each(byB.entries), refused(entryAfter(byB.list, [a], a), "not-a-signer")],
    },
    { name: "a gap", steps: [...each(one.entries), refused(byA.entries[0] as Bytes, "gap")] },
    {
      name: "an entry that follows another one",
      steps: [...start, ...each(byB.entries), refused(entryAfter(byA.list, [a], a), "bad-link")],
    },
    { name: "another account's entry", steps: [refused(entryAfter(foreign, [a], otherRoot), "wrong-account")] },
    { name: "a signature that does not fit", steps: [refused(changed(first, first.length - 1), "bad-signature")] },
    { name: "a byte left over", steps: [refused(new Uint8Array([...first, 0]), "malformed")] },
    {
      name: "no entry at all",
      steps: [refused(Uint8Array.of(1, 2, 3), "malformed"), refused(new Uint8Array(), "malformed")],
    },
    { name: "an entry that names a device twice", steps: [refused(entryAfter(begun, [a, a], root), "malformed")] },
    {
      name: "additions that are not understood are kept, in their order and no other",
      steps: [
        ...each(
          (
            await grown(begun, [
              [[a], root, { more: [{ type: 7, data: Uint8Array.of(1) }] }],
              [[a, b], a],
            ])
          ).entries,
        ),
      ],
    },
    {
      name: "what a more senior device says takes the place of what a junior one said, with what follows",
      steps: [...start, ...each(rivalOfB.entries), { entries: byA.entries, outcome: "advanced" }],
    },
    {
      name: "a junior device's rival changes nothing",
      steps: [...start, ...each(byA.entries), ...each(rivalOfB.entries, "known")],
    },
    {
      name: "a senior device that was dropped changes nothing, and is told of",
      steps: [...start, ...each(byB.entries), ...each(byA.entries, "contested")],
    },
    {
      name: "one listed device that signed two entries freezes",
      steps: frozen,
    },
    {
      name: "a frozen list takes nothing more by that device",
      steps: [...frozen, { entries: [entryAfter(rivalOfB.list, [b], b)], outcome: "frozen" }],
    },
    {
      name: "a more senior device ends a freeze",
      steps: [...frozen, ...each([entryAfter(rivalOfB.list, [a], a)])],
    },
    {
      name: "an entry by the root ends a freeze, and the same rival begins none again",
      steps: [...frozen, ...each([entryAfter(rivalOfB.list, [a, c], root)]), ...each([otherOfB], "known")],
    },
    {
      name: "the root takes the place of a chain of devices' entries",
      steps: [...start, ...each(chainOfB.entries), ...each(rootEarlier.entries)],
    },
    {
      name: "a device's rival to what the root decided changes nothing",
      steps: [...start, ...each(rootEarlier.entries), ...each(byA.entries, "known")],
    },
    {
      name: "of two entries by the root with one number the later day counts",
      steps: [...start, ...each(rootEarlier.entries), ...each(rootLater.entries)],
    },
    {
      name: "and the earlier changes nothing",
      steps: [...start, ...each(rootLater.entries), ...each(rootEarlier.entries, "known")],
    },
    {
      name: "the root goes on from a history of which only its own word counts",
      steps: [
        ...start,
        ...each(byA.entries),
        { entries: [...byB.entries, entryAfter(byB.list, [c], root, { day: 30 })], outcome: "advanced" },
      ],
    },
    {
      name: "a device does not say where the account is at home",
      steps: [
        ...each(one.entries),
        refused(entryAfter(one.list, [a], a, { homeServers: ["elsewhere.example"] }), "root-only"),
      ],
    },
    {
      name: "the root says where the account is at home",
      steps: [...each(one.entries), ...each([entryAfter(one.list, [a], root, { homeServers: ["elsewhere.example"] })])],
    },
    {
      name: "what is added under a number below 256 is the root's word, and devices repeat it",
      steps: [...each(homed.entries), ...each(homedTwo.entries), ...each(movedOn.entries)],
    },
    ...[
      { name: "a device does not change it", more: [{ type: 1, data: Uint8Array.of(9) }] },
      { name: "a device does not add to it", more: [...ofRoot, { type: 255, data: Uint8Array.of(9) }] },
      { name: "nor does a device leave it away", more: ofAnybody },
    ].map(({ name, more }) => ({
      name,
      steps: [...each(homed.entries), refused(entryAfter(homed.list, [a], a, { more }), "root-only")],
    })),
    {
      name: "what is added under a higher number is anybody's",
      steps: [
        ...each(homed.entries),
        ...each((await grown(homed.list, [[[a, b], a, { more: [...ofRoot, ...ofAnybody] }]])).entries),
      ],
    },
    {
      name: "the key that was named beforehand changes the root, and the new one counts",
      steps: [...start, ...each(rooted.entries), ...each(rootedTwice.entries)],
    },
    {
      name: "no other key changes the root",
      steps: [...each(one.entries), refused(entryAfter(one.list, [a], root, named(otherRoot)), "not-a-signer")],
    },
    {
      name: "nobody names a root key that is not theirs",
      steps: [
        ...each(one.entries),
        refused(entryAfter(one.list, [a], nextRoot, named(otherRoot, nextRoot)), "bad-signature"),
      ],
    },
    {
      name: "the former root counts no more, whatever day it names",
      steps: [
        ...start,
        ...each(rooted.entries),
        ...each(thief.entries, "known"),
        refused(entryAfter(rooted.list, [c], root), "not-a-signer"),
      ],
    },
    {
      name: "a root that was changed outranks the former one's word",
      steps: [...start, ...each(thief.entries), { entries: rooted.entries, outcome: "advanced" }],
    },
    { name: "several entries at once", steps: [{ entries: [...one.entries, ...more.entries], outcome: "advanced" }] },
  ];
}

async function played({ name, steps }: Case) {
  let held = begun;
  for (const [i, { entries, outcome, why }] of steps.entries()) {
    const step = await takeEntries(primitives, held, entries);
    const came = step.kind === "refused" ? `refused ${step.why}` : step.kind;
    if (came !== [outcome, why].filter(Boolean).join(" ")) throw new Error(`${name}, step ${i}: ${came}`);
    if (step.kind !== "refused") held = step.list;
  }
  const standings = Object.fromEntries(
    [a, b, c].map((one) => [one.name, standingOf(primitives, held, deviceIdOf(sha256, one.publicKey))]),
  );
  return {
    name,
    steps: steps.map(({ entries, ...outcome }) => ({ entries: entries.map(toHex), ...outcome })),
    length: held.entries.length,
    devices: devicesOf(primitives, held).map(({ id }) => toHex(id)),
    ...(held.frozenAt === undefined ? {} : { frozenAt: held.frozenAt }),
    rootKey: toHex(rootOf(held).key),
    standings,
  };
}

const vectors = {
  about:
    "Device lists (docs/spec/identity.md ID1-ID8, ID41-ID43): each case takes its entries one step after the other, those of one step together, beginning with none. Byte strings are hexadecimal. A key's seed is the SHA-256 of its name.",
  rootKey: toHex(root.publicKey),
  nextRootKey: toHex(nextRoot.publicKey),
  inception: toHex(inception),
  account: toHex(begun.account),
  devices: Object.fromEntries(
    [a, b, c].map(({ name, publicKey }) => [name, { key: toHex(publicKey), id: toHex(deviceIdOf(sha256, publicKey)) }]),
  ),
  invalidInceptions: [
    { name: "nothing", hex: "" },
    { name: "without the hash of the next root key", hex: `a261760167726f6f744b65795820${toHex(root.publicKey)}` },
    { name: "a byte left over", hex: `${toHex(inception)}00` },
  ],
  cases: await Promise.all((await cases()).map(played)),
};
writeFileSync(
  join(import.meta.dirname, "../../../../vectors/device-list.json"),
  `${JSON.stringify(vectors, undefined, 1)}\n`,
);
console.log(`vectors/device-list.json: ${vectors.cases.length} cases`);
