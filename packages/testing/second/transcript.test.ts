/** vectors/transcript.json, read by the second client's code: each frame means what stands beside it. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMlsMessage } from "ts-mls";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { type Bytes, Fields, hex, toCbor } from "./bytes.ts";
import { open, openNote } from "./envelope.ts";
import { type Push, readFrame } from "./frames.ts";
import { Group } from "./group.ts";
import { historyOf, readHistory } from "./identity.ts";
import { hashOf, keyPairOf, labelled, place, sha256, sign, verifies } from "./signing.ts";
import { type OwnKeyPackage, openSuite, readLeaf, type Suite } from "./suite.ts";

type Frame = { readonly connection: string; readonly from: string; readonly says: string; readonly hex: string };
const { ben, ann, inside, frames } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../vectors/transcript.json"), "utf8"),
) as {
  ben: Record<string, string>;
  ann: Record<string, string>;
  inside: Record<string, string>;
  frames: readonly Frame[];
};
const bytes = (text: string | undefined): Bytes => Uint8Array.fromHex(text ?? "");

/** Arguments of the call of that name, the first on that connection. */
function argsOf(connection: string, name: string): Fields {
  const frame = bytes(frames.find((one) => one.connection === connection && one.says === name)?.hex);
  return Fields.of(frame.slice(6 + name.length));
}

function answersOn(connection: string): readonly Fields[] {
  return frames
    .filter((one) => one.connection === connection && one.from === "home")
    .map((one) => readFrame(bytes(one.hex)))
    .flatMap((frame) => (frame.type === "result" ? [new Fields(frame.result)] : []));
}

const pushes: readonly Push[] = frames.flatMap((one) => {
  const frame = one.from === "home" ? readFrame(bytes(one.hex)) : undefined;
  return frame?.type === "push" ? [frame.push] : [];
});

async function packageOf(suite: Suite): Promise<OwnKeyPackage> {
  const message = bytes(ben["keyPackage"]);
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== "mls_key_package") throw new Error("no key package");
  const [initPrivateKey, hpkePrivateKey] = [bytes(ben["initPrivateKey"]), bytes(ben["leafPrivateKey"])];
  return {
    bytes: message,
    ref: new Uint8Array(await makeKeyPackageRef(decoded.keyPackage, suite.hash)),
    made: decoded.keyPackage,
    keys: { initPrivateKey, hpkePrivateKey, signaturePrivateKey: bytes(ben["deviceSeed"]) },
    address: bytes(ben["address"]),
    sealKey: bytes(ben["sealPrivateKey"]),
    expiresAtMs: 0,
  };
}

test("[WI42] the account of the transcript certifies itself, and its device signs in over the greeting", () => {
  const asked = argsOf("register", "register");
  const history = { inception: asked.bytes("inception"), entries: [asked.bytes("entry")] };
  expect(hex(readHistory(history).account)).toBe(ben["account"] as string);
  const greeting = answersOn("receive")[0] as Fields;
  const signIn = argsOf("receive", "signIn");
  const fields = ["account", "device", "current", "next"].map((name) => signIn.bytes(name));
  const at = {
    domain: greeting.text("domain"),
    incarnation: greeting.bytes("incarnation"),
    nonce: greeting.bytes("nonce"),
  };
  const signed = labelled("sign-in", place(at), ...fields);
  const deviceKey = keyPairOf(bytes(ben["deviceSeed"]));
  expect(hex(sign(deviceKey, signed))).toBe(hex(signIn.bytes("signature", 64)));
  expect(verifies(deviceKey.publicKey, signed, signIn.bytes("signature", 64))).toBe(true);
  const [link, claim] = argsOf("receive", "capabilities").list("add") as readonly Uint8Array[];
  expect([link, claim].map((one) => hex(one as Uint8Array))).toEqual(
    [ben["linkCapability"], ben["claimCapability"]].map((one) => hex(hashOf("capability", bytes(one)))),
  );
});

test("[WI40] what is published is an MLSMessage with a key package, whose leaf says who and where", async () => {
  const suite = await openSuite();
  const { made, address, bytes: message } = await packageOf(suite);
  expect(hex(new Fields(argsOf("receive", "keyPackages").list("add")[0]).bytes("package"))).toBe(hex(message));
  expect(made.extensions).toEqual([]);
  const { capabilities, credential } = made.leafNode;
  expect(capabilities).toMatchObject({
    versions: ["mls10"],
    extensions: [0xf0a1, 0xf0a2],
    proposals: [],
    credentials: ["basic"],
  });
  expect(hex(readLeaf(made.leafNode).address)).toBe(hex(address));
  const entry = argsOf("register", "register").bytes("entry");
  if (!("identity" in credential)) throw new Error("not basic");
  expect(hex(Fields.of(credential.identity).bytes("entryHash"))).toBe(hex(sha256(entry)));
});

test("[WI36] [WI37] [WI41] the note opens, the Welcome is joined by, and the greeting is read", async () => {
  const suite = await openSuite();
  const own = await packageOf(suite);
  const [welcome, note, said] = pushes;
  if (welcome === undefined || note === undefined || said === undefined) throw new Error("three pushes");
  // The Welcome comes first, for the list of all; the note for the one address.
  expect("list" in welcome.target && "address" in note.target && hex(note.target.address)).toBe(
    ben["address"] as string,
  );
  const told = await openNote(suite, own.sealKey, own.address, note.envelope);
  expect(hex(toCbor({ kind: told.text("kind"), tag: told.bytes("tag"), key: told.bytes("key") }))).toBe(
    inside["note"] as string,
  );
  const content = open({ tag: told.bytes("tag", 16), key: told.bytes("key", 32) }, welcome.envelope);
  expect(content.histories.map((history) => hex(readHistory(history).account))).toEqual([ann["account"] as string]);
  const { group } = await Group.join(suite, content.mls, [own], () => true);
  expect(hex(group.state.conversation)).toBe(inside["conversation"] as string);
  expect(hex(group.state.gate)).toBe(inside["gate"] as string);
  expect(group.epoch.number).toBe(1);
  expect(hex(group.epoch.token)).toBe(inside["postToken"] as string);
  const heard = await group.receive(open(group.epoch.keys, said.envelope).mls);
  expect(hex(heard?.message ?? new Uint8Array())).toBe(inside["message"] as string);
  expect(hex(heard?.sender.device ?? new Uint8Array())).toBe(ann["device"] as string);
  const body = Fields.of(Fields.of(bytes(inside["message"])).bytes("body"));
  expect([body.text("kind"), body.text("text"), body.text("name")]).toEqual(["greeting", "eight o'clock?", "Ann"]);
});

test("[WI31] an entry's hash, which the next one bears, is that of its bytes, without a label", () => {
  const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../vectors/device-list.json"), "utf8"));
  const [first, second] = cases[0].steps.map(({ entries }: { entries: readonly string[] }) => bytes(entries[0]));
  const body = Fields.of(Fields.of(second).bytes("body"));
  expect(hex(body.bytes("prev"))).toBe(hex(sha256(first)));
  const { inception } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../vectors/device-list.json"), "utf8"),
  );
  const history = historyOf({ inception: bytes(inception), entries: [first, second] });
  expect(readHistory(history).length).toBe(2);
  expect(() => readHistory({ ...history, entries: [second] })).toThrow("another list");
  const broken = first.slice();
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  expect(() => readHistory({ ...history, entries: [broken] })).toThrow("signed badly");
});
