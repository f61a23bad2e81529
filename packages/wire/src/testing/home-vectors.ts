/**
 * `npm run vectors`: writes vectors/homes.json anew, where the format of home records changed. What is written is what
 * this code makes, so each step says beforehand what has to come of it, and nothing is written where it does not.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  arriveProofBytes,
  type Bytes,
  beginList,
  type DeviceList,
  encodeHomeBody,
  encodeHomeRecord,
  type HomeBody,
  type HomeRecord,
  homeRecordBytes,
  homesOf,
  leaveProofBytes,
  nextHomeBody,
  openHomeRecord,
  takeEntries,
  takeHomeRecord,
  toHex,
  withRootHomes,
} from "../index.ts";
import { entryAfter, inceptionOf, primitives, type Signer, sha256, signer } from "./signers.ts";

const [root, nextRoot, a, b] = ["root", "next root", "a", "b"].map(signer) as [Signer, Signer, Signer, Signer];
const inception = inceptionOf(root, nextRoot);

const homes: object[] = [];
let list: DeviceList = beginList(primitives, inception);
let held: HomeRecord | undefined;

async function entry(listed: readonly Signer[], by: Signer, change: Parameters<typeof entryAfter>[3] = {}) {
  const bytes = entryAfter(list, listed, by, change);
  const step = await takeEntries(primitives, list, [bytes]);
  if (step.kind !== "advanced") throw new Error(`an entry that is not taken: ${step.kind}`);
  list = step.list;
  homes.push({ entry: toHex(bytes), at: homesOf(list, held) });
}

async function record(bytes: Bytes, outcome: string): Promise<void> {
  const step = await takeHomeRecord(primitives, list, held, bytes);
  const is = step.kind === "refused" ? step.why : step.kind;
  if (is !== outcome) throw new Error(`${is} in the place of ${outcome}`);
  if (step.kind !== "refused") held = step.record;
  homes.push({ record: toHex(bytes), outcome, at: homesOf(list, held) });
}

const signed = (body: Bytes, by: Signer): Bytes => encodeHomeRecord(body, by.sign(homeRecordBytes(body)));
const moved = (by: Signer, ...names: readonly string[]): Bytes =>
  signed(nextHomeBody(list, held, { homes: names }, by.publicKey), by);
const changed = (bytes: Bytes, by: Signer, change: Partial<HomeBody>): Bytes =>
  signed(encodeHomeBody({ ...(openHomeRecord(bytes) as HomeRecord).body, ...change }), by);

await entry([a], root, { homeServers: ["old.example"] });
await entry([a, b], a);
const first = moved(a, "old.example", "new.example");
await record(first, "taken");
await record(first, "known");
await record(changed(first, b, { signer: b.publicKey, seq: 1, reserve: "spare.example" }), "taken");
await record(first, "outranked");
await record(changed(first, b, { signer: b.publicKey, account: sha256(first) }), "wrong-account");
await record(changed(first, b, { seq: 2 }), "bad-signature");
const evil = changed(first, b, { homes: ["evil.example"], signer: b.publicKey, seq: 0xffff_ffff });
await record(evil, "taken");
await entry([a], a);
await record(changed(evil, b, { n: 2, entryHash: list.entries[2]?.hash as Bytes }), "not-a-signer");
await record(moved(a, "new.example", "old.example"), "taken");
await record(evil, "outranked");
await entry([a], root, {
  day: 21_000,
  more: withRootHomes(undefined, { homes: ["new.example"], reserve: "spare.example" }),
});
await record(evil, "old-base");
const ahead = changed(moved(a, "far.example"), a, { n: 4 });
await record(ahead, "unknown-head");
await record(moved(a, "far.example", "new.example"), "taken");
await record(Uint8Array.of(0xa0), "malformed");

const proof = {
  domain: "new.example",
  incarnation: sha256(root.publicKey).slice(0, 16),
  nonce: sha256(a.publicKey),
  account: list.account,
};
const homeHash = sha256(first);
const vectors = {
  about:
    "Homes (docs/spec/homes.md HM1-HM8, HM10, HM16): a device list and home records, one after the other, with what comes of each record and where the account is then. Byte strings are hexadecimal. A key's seed is the SHA-256 of its name: root, next root, a, b.",
  inception: toHex(inception),
  steps: homes,
  arrive: {
    domain: proof.domain,
    incarnation: toHex(proof.incarnation),
    nonce: toHex(proof.nonce),
    account: toHex(proof.account),
    homeHash: toHex(homeHash),
    signed: toHex(arriveProofBytes({ ...proof, homeHash })),
  },
  leave: { signed: toHex(leaveProofBytes(proof)) },
};
writeFileSync(join(import.meta.dirname, "../../../../vectors/homes.json"), `${JSON.stringify(vectors, null, 1)}\n`);
console.log(`vectors/homes.json: ${homes.length} steps`);
