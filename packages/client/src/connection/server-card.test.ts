/** Whether a server's card is believed by a client (docs/spec/peers.md PE45). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  encodeCardBody,
  encodeSignedCard,
  type ServerCard,
  serverCardBytes,
  serverKeyBytes,
  serverMarkOf,
} from "@yanshu/wire";
import { filled } from "../backup/testing/test-account.ts";
import { judgedCard } from "./server-card.ts";

const crypto = createBunCrypto();
const south = "south.example";
const [old, next, other] = await Promise.all([1, 2, 3].map((seed) => crypto.signatureKeyPair(filled(seed))));
if (old === undefined || next === undefined || other === undefined) throw new Error("three keys");

async function cardOf(key: typeof old, changed: Partial<ServerCard> = {}): Promise<Bytes> {
  const body = encodeCardBody({
    v: 1,
    versions: [1],
    name: south,
    signKey: key?.publicKey ?? filled(0),
    sealKey: filled(9),
    incarnation: filled(1, 16),
    peer: "/peer",
    reach: "both",
    ...changed,
  });
  return encodeSignedCard(body, await crypto.sign(key?.privateKey ?? filled(0), serverCardBytes(body)));
}

const judged = async (bytes: Bytes, known?: Parameters<typeof judgedCard>[2]) => {
  const found = await judgedCard(crypto, south, known, bytes);
  return typeof found === "string" ? found : "a card";
};

test("[PE45] a card that cannot be read, is of another name, cannot be sealed for or is not signed by its key is none", async () => {
  const good = await cardOf(old);
  expect(await judged(good)).toBe("a card");
  const spoilt = good.with(-1, (good.at(-1) ?? 0) ^ 1);
  const bad = [
    filled(7, 100),
    await cardOf(old, { name: "north.example" }),
    await cardOf(old, { sealKey: filled(0) }),
    await cardOf(old, { signKey: next.publicKey }),
    spoilt,
  ];
  for (const bytes of bad) expect(await judged(bytes)).toBe("no-card");
});

test("[PE45] another key than the known one counts where the known one signed it, by key or by mark, and else does not", async () => {
  const signature = await crypto.sign(old.privateKey, serverKeyBytes(south, next.publicKey));
  const before = { key: old.publicKey, signature };
  const mark = serverMarkOf(crypto.sha256, old.publicKey);
  const handed = await cardOf(next, { before });
  for (const known of [{ key: old.publicKey }, { mark }]) {
    expect(await judged(await cardOf(old), known)).toBe("a card");
    expect(await judged(handed, known)).toBe("a card");
    const strange = [
      await cardOf(next),
      await cardOf(next, { before: { key: other.publicKey, signature } }),
      // Signed by the one that it names, which is not the known one.
      await cardOf(next, {
        before: {
          key: other.publicKey,
          signature: await crypto.sign(other.privateKey, serverKeyBytes(south, next.publicKey)),
        },
      }),
      await cardOf(next, { before: { ...before, signature: filled(1, 64) } }),
    ];
    for (const bytes of strange) expect(await judged(bytes, known)).toBe("another-key");
  }
});
