/**
 * What follows from secrets, in vectors/derived.json: keys by HKDF, conversation ids, words to compare, hashes without
 * a label, proofs of notes.
 */
import { linkWord, linkWordCount } from "@yanshu/client";
import { type Crypto, directConversationId, ownConversationId } from "@yanshu/mls";
import { type Bytes, ByteWriter, concat, passkeyProofBytes, toHex, utf8 } from "@yanshu/wire";
import { filled } from "./calls.ts";

/** What follows from it by HKDF, and how long it is. */
const labels: readonly (readonly [label: string, bytes: number, use: string])[] = [
  ["yanshu root key v1", 32, "Ed25519 seed of the root key, from the master key"],
  ["yanshu next root key v1", 32, "Ed25519 seed of the next root key, from the master key"],
  ["yanshu recovery key v1", 32, "input of DHKEM(X25519)'s DeriveKeyPair, from the master key"],
  ["yanshu passkey tag v1", 32, "tag at home, from what the passkey answers"],
  ["yanshu passkey key v1", 32, "AES-256-GCM key of the wrap, from what the passkey answers"],
  ["yanshu family tag v1", 32, "tag at home, from the family's secret"],
  ["yanshu family key v1", 32, "AES-256-GCM key of the wrap, from the family's secret"],
  ["yanshu family check v1", 16, "whether two pieces belong together, from the family's secret"],
];

export async function derived(crypto: Crypto): Promise<object> {
  const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
  const keys = await Promise.all(
    labels.map(async ([label, bytes, use]) => {
      const key = crypto.derive(secret, label, bytes);
      const pair = /root/.test(label) ? await crypto.signatureKeyPair(key) : undefined;
      const seal = /recovery/.test(label) ? await crypto.sealKeyPairFrom(key) : undefined;
      const publicKey = pair?.publicKey ?? seal?.publicKey;
      return { label, use, derived: toHex(key), ...(publicKey === undefined ? {} : { publicKey: toHex(publicKey) }) };
    }),
  );
  const [ann, ben] = [filled(0x0a, 32), filled(0x0b, 32)];
  const conversations = [
    { kind: "direct", accounts: [ann, ben].map(toHex), id: toHex(directConversationId(crypto.sha256, ben, ann)) },
    { kind: "own", accounts: [toHex(ann)], id: toHex(ownConversationId(crypto.sha256, ann)) },
  ];
  return {
    secret: toHex(secret),
    keys,
    conversations,
    words: words(crypto),
    wordList,
    passkey: passkey(),
    proofs: proofs(crypto),
  };
}

const wordList = Array.from({ length: linkWordCount }, (_, i) => [linkWord(i, "zh"), linkWord(i, "en")]);

/** The four numbers of 6 bits that two devices show (ID14, ID38). */
function words(crypto: Crypto): readonly object[] {
  const fields = {
    account: filled(0x0a, 32),
    oldKey: filled(0x01, 32),
    oldNonce: filled(0x02, 16),
    newKey: filled(0x03, 32),
    newNonce: filled(0x04, 16),
  };
  return ["link words", "family words"].map((label) => {
    const hash = crypto.sha256(concat(utf8(`yanshu ${label} v1\0`), ...Object.values(fields)));
    const bits = ((hash[0] ?? 0) << 16) | ((hash[1] ?? 0) << 8) | (hash[2] ?? 0);
    const numbers = [18, 12, 6, 0].map((shift) => (bits >> shift) & 63);
    const hexed = Object.fromEntries(
      Object.entries(fields).map(([name, value]: [string, Bytes]) => [name, toHex(value)]),
    );
    return { label, ...hexed, numbers };
  });
}

function passkey(): object {
  const fields = {
    domain: "yan.example",
    incarnation: filled(0x01, 16),
    nonce: filled(0x02, 32),
    account: filled(0x03, 32),
    tag: filled(0x07, 32),
    wrap: filled(0x08, 61),
  };
  const { domain, ...others } = fields;
  const hexed = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, toHex(value)]));
  return { domain, ...hexed, bytes: toHex(passkeyProofBytes(fields)) };
}

/** What a device signs of the notes that carry a signature (WI31). */
function proofs(crypto: Crypto): readonly object[] {
  const [conversation, device, gate] = [filled(0x07, 32), filled(0x0d, 32), filled(0x6a, 32)];
  const askedMs = 1_800_000_000_000;
  const asked = new ByteWriter(8).u53(askedMs).finish();
  const keyPackage = filled(0x4b, 6);
  const resync = concat(
    utf8("yanshu resync v1\0"),
    conversation,
    Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 5),
    asked,
    device,
    keyPackage,
  );
  const notAMember = concat(
    utf8("yanshu not a member v1\0"),
    conversation,
    gate,
    Uint8Array.of(0, 0, 0, 2),
    asked,
    filled(0x0e, 32),
    device,
  );
  const [secret, name] = [filled(0x5c, 16), "Ben"];
  const hashes = [crypto.sha256(utf8(name)), crypto.sha256(keyPackage)];
  const join = concat(utf8("yanshu join v1\0"), secret, asked, device, ...hashes);
  const common = { askedMs, device: toHex(device) };
  return [
    {
      of: "resync",
      note: {
        ...common,
        conversation: toHex(conversation),
        reason: 1,
        founding: 2,
        epoch: 5,
        keyPackage: toHex(keyPackage),
      },
      bytes: toHex(resync),
    },
    {
      of: "notAMember",
      note: {
        ...common,
        conversation: toHex(conversation),
        gate: toHex(gate),
        founding: 2,
        reader: toHex(filled(0x0e, 32)),
      },
      bytes: toHex(notAMember),
    },
    {
      of: "join",
      note: { ...common, secret: toHex(secret), name, keyPackages: [toHex(keyPackage)] },
      bytes: toHex(join),
    },
  ];
}
