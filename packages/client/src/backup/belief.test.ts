/** What is believed in the vault of a device that counts now (docs/spec/vault.md VA22). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { beliefIn } from "./belief.ts";
import { filled, testAccount } from "./testing/test-account.ts";

const crypto = createBunCrypto();

test("[VA22] all is believed of a device that is listed, and nothing of one that never was", async () => {
  const { engine, device } = await testAccount(crypto, openBunDatabase(":memory:"));
  const belief = (signer: Uint8Array) => beliefIn(engine, 0, { signer: signer as never, epoch: 0 });
  expect([belief(device.publicKey), belief(filled(9))]).toEqual(["all", "nothing"]);
});
