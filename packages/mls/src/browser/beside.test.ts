/** Signatures of many messages are verified by somebody beside, where a browser has one. */
import { expect, test } from "bun:test";
import { suiteOf } from "../suite.ts";
import { createBrowserCrypto } from "./index.ts";

test("[WE240] only signatures of many go there, a weak key never does, and what it does not know is verified here", async () => {
  let asked = 0;
  const crypto = createBrowserCrypto({
    verifyBeside: async (_key, _message, signature) => {
      asked++;
      return signature[63] === 255 ? true : undefined;
    },
  });
  const suite = suiteOf(crypto);
  const { privateKey, publicKey } = await crypto.signatureKeyPair(new Uint8Array(32).fill(7));
  const message = new Uint8Array(200).fill(1);
  const good = { publicKey, message, signature: await crypto.sign(privateKey, message) };
  const forged = { ...good, signature: good.signature.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) };
  expect(await suite.signature.verify(good.publicKey, good.message, good.signature)).toBe(true);
  expect(asked).toBe(0);
  expect(await suite.verifyOneOfMany(good.publicKey, good.message, good.signature)).toBe(true);
  expect(await suite.verifyOneOfMany(forged.publicKey, forged.message, forged.signature)).toBe(false);
  expect(asked).toBe(2);
  const said = new Uint8Array(64).fill(255);
  expect(await suite.verifyOneOfMany(good.publicKey, good.message, said)).toBe(true);
  expect(await suite.verifyOneOfMany(new Uint8Array(32), good.message, said)).toBe(false);
  expect(asked).toBe(3);
});
