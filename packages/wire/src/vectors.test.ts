/** The vectors in vectors/, which another implementation can run too. */
import { describe, expect, test } from "bun:test";
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  accountIdOf,
  appendProofBytes,
  arriveProofBytes,
  type Bytes,
  beginList,
  capabilityHashOf,
  type DeviceList,
  decodeClientFrame,
  decodeServerFrame,
  deviceIdOf,
  devicesOf,
  entryBytes,
  familyProofBytes,
  fromHex,
  gateBytes,
  gateIdOf,
  type HomeRecord,
  homesOf,
  leaveProofBytes,
  listHashOf,
  MalformedError,
  type PostHeader,
  type Primitives,
  postHashOf,
  recordBytes,
  rootChangeBytes,
  rootHashOf,
  rootOf,
  rootProofBytes,
  segmentBytes,
  signInBytes,
  standingOf,
  takeEntries,
  takeHomeRecord,
  toHex,
  tokenHashOf,
} from "./index.ts";

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, "../../../vectors", name), "utf8"));

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");
const primitives: Primitives = {
  sha256,
  verify: (key, message, signature) => {
    const der = Buffer.concat([spkiHead, key]);
    return verify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
  },
};

/** Bytes as hexadecimal, unset fields left out: what the vectors hold. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}

/** The way back, for objects whose every text is bytes but for those named. */
function bytesIn<T>(value: Record<string, unknown>, texts: readonly string[]): T {
  const fields = Object.entries(value).map(([name, field]) =>
    typeof field === "string" && !texts.includes(name) ? [name, fromHex(field)] : [name, field],
  );
  return Object.fromEntries(fields) as T;
}

type FrameVector = { name: string; hex: string; frame: unknown };

describe("frames", () => {
  const vectors = read("frames.json");
  for (const [side, decode] of [
    ["client", decodeClientFrame],
    ["server", decodeServerFrame],
  ] as const) {
    for (const { name, hex, frame } of vectors[side].valid as FrameVector[])
      test(`[WI4] ${side}: ${name}`, () => expect(plain(decode(fromHex(hex)))).toEqual(frame));
    for (const { name, hex } of vectors[side].invalid as FrameVector[])
      test(`[WI7] ${side}, refused: ${name}`, () => expect(() => decode(fromHex(hex))).toThrow(MalformedError));
  }

  test("[WI8] hashes are taken over their labels", () => {
    const of: Record<string, (...fields: Bytes[]) => Bytes> = {
      account: (inception = new Uint8Array()) => accountIdOf(sha256, inception),
      device: (key = new Uint8Array()) => deviceIdOf(sha256, key),
      root: (key = new Uint8Array()) => rootHashOf(sha256, key),
      gate: (key = new Uint8Array()) => gateIdOf(sha256, key),
      list: (...addresses) => listHashOf(sha256, addresses),
      post: (parts = new Uint8Array()) => postHashOf(sha256, parts),
      capability: (capability = new Uint8Array()) => capabilityHashOf(sha256, capability),
      token: (token = new Uint8Array()) => tokenHashOf(sha256, token),
    };
    for (const vector of vectors.hashes as { of: string; fields: string[]; hash: string }[]) {
      const hash = of[vector.of]?.(...vector.fields.map(fromHex)) as Bytes;
      expect(toHex(hash)).toBe(vector.hash);
      // The rule in words, without our own code.
      const preimage = Buffer.concat([
        Buffer.from(`yanshu ${vector.of} v1\0`),
        ...vector.fields.map((hex) => Buffer.from(hex, "hex")),
      ]);
      expect(createHash("sha256").update(preimage).digest("hex")).toBe(vector.hash);
    }
    expect(vectors.hashes).toHaveLength(Object.keys(of).length);
  });

  test("[WI8] the bytes under each signature", () => {
    for (const vector of vectors.signed)
      switch (vector.of) {
        case "sign-in":
          expect(toHex(signInBytes(bytesIn(vector.fields, ["domain"])))).toBe(vector.bytes);
          break;
        case "restore":
          expect(toHex(rootProofBytes(bytesIn(vector.fields, ["domain"])))).toBe(vector.bytes);
          break;
        case "append":
          expect(toHex(appendProofBytes(bytesIn(vector.fields, ["domain"])))).toBe(vector.bytes);
          break;
        case "root change":
          expect(toHex(rootChangeBytes(fromHex(vector.fields.account), fromHex(vector.fields.rootKey)))).toBe(
            vector.bytes,
          );
          break;
        case "family":
        case "family end": {
          const fields = bytesIn<Omit<Parameters<typeof familyProofBytes>[0], "kept">>(vector.fields, ["domain"]);
          const kept = vector.kept && bytesIn<{ tag: Bytes; wrap: Bytes }>(vector.kept, []);
          expect(toHex(familyProofBytes({ ...fields, kept }))).toBe(vector.bytes);
          break;
        }
        case "vault segment signed":
          expect(toHex(segmentBytes(bytesIn(vector.fields, [])))).toBe(vector.bytes);
          break;
        case "recovery record signed":
          expect(toHex(recordBytes(bytesIn(vector.fields, [])))).toBe(vector.bytes);
          break;
        case "device list entry":
          expect(toHex(entryBytes(fromHex(vector.body)))).toBe(vector.bytes);
          break;
        default: {
          const header = bytesIn<Extract<PostHeader, { mode: "commit" | "create" }>>(vector.header, ["mode"]);
          expect(toHex(gateBytes(header, fromHex(vector.postHash)))).toBe(vector.bytes);
        }
      }
    expect(vectors.signed).toHaveLength(11);
  });
});

test("[HM3] [HM5] [HM6] [HM10] homes: what comes of each record, and where the account is after it", async () => {
  const { inception, steps, arrive, leave } = read("homes.json");
  let list = beginList(primitives, fromHex(inception));
  let held: HomeRecord | undefined;
  for (const { entry, record, outcome, at } of steps) {
    if (entry !== undefined) {
      const step = await takeEntries(primitives, list, [fromHex(entry)]);
      if (step.kind === "refused") throw new Error(step.why);
      list = step.list;
    } else {
      const step = await takeHomeRecord(primitives, list, held, fromHex(record));
      expect(step.kind === "refused" ? step.why : step.kind).toBe(outcome);
      if (step.kind !== "refused") held = step.record;
    }
    expect(homesOf(list, held)).toEqual(at);
  }
  expect(steps).toHaveLength(18);
  const proof = {
    domain: arrive.domain,
    incarnation: fromHex(arrive.incarnation),
    nonce: fromHex(arrive.nonce),
    account: fromHex(arrive.account),
  };
  expect(toHex(arriveProofBytes({ ...proof, homeHash: fromHex(arrive.homeHash) }))).toBe(arrive.signed);
  expect(toHex(leaveProofBytes(proof))).toBe(leave.signed);
});

describe("device lists", () => {
  const vectors = read("device-list.json");
  const inception = fromHex(vectors.inception);

  test("[ID1] the inception record names the account", () => {
    const list = beginList(primitives, inception);
    expect(toHex(list.account)).toBe(vectors.account);
    expect(toHex(list.firstRoot.key)).toBe(vectors.rootKey);
    expect(toHex(list.firstRoot.nextHash)).toBe(toHex(rootHashOf(sha256, fromHex(vectors.nextRootKey))));
    for (const { hex } of vectors.invalidInceptions)
      expect(() => beginList(primitives, fromHex(hex))).toThrow(MalformedError);
  });

  for (const { name, steps, length, devices, frozenAt, standings, rootKey } of vectors.cases)
    test(`[ID5] ${name}`, async () => {
      let held: DeviceList = beginList(primitives, inception);
      for (const { entries, outcome, why } of steps) {
        const step = await takeEntries(primitives, held, entries.map(fromHex));
        expect(step.kind).toBe(outcome);
        if (step.kind === "refused") expect(step.why).toBe(why);
        else held = step.list;
      }
      expect(held.entries).toHaveLength(length);
      expect(devicesOf(primitives, held).map(({ id }) => toHex(id))).toEqual(devices);
      expect(held.frozenAt).toBe(frozenAt);
      expect(toHex(rootOf(held).key)).toBe(rootKey);
      for (const [device, standing] of Object.entries(standings))
        expect(standingOf(primitives, held, fromHex(vectors.devices[device].id)) as string).toBe(standing as string);
    });
});
