import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { homeKeyBytes } from "@yanshu/wire";
import { filled, testAccount } from "../backup/testing/test-account.ts";
import type { Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { setBefore, setReserveHome } from "../identity/other-home.ts";
import { isHome } from "./home-key.ts";

const crypto = createBunCrypto();
const asked = filled(3);
const said = { incarnation: filled(1, 16), nonce: filled(2) };

/** What a server at that name says, with the key of this seed. */
async function helloOf(domain: string, seed: number): Promise<Hello> {
  const { publicKey: key, privateKey } = await crypto.signatureKeyPair(filled(seed));
  const proof = await crypto.sign(privateKey, homeKeyBytes({ domain, ...said, asked }));
  return { domain, ...said, home: { key, proof } } as unknown as Hello;
}

test("[HM116] however many homes a device is led to, it knows its home, its reserve and the home of before by their keys; of others the last eight", async () => {
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  const engine = { ...bare, own: { ...bare.own, server: "home.test" }, changed: () => undefined } as unknown as Engine;
  const shows = async (domain: string, seed: number) => isHome(engine, domain, await helloOf(domain, seed), asked);
  engine.db.transaction(() => {
    setReserveHome(engine.db, "reserve.test");
    setBefore(engine.db, "before.test");
  });
  const needed = ["home.test", "reserve.test", "before.test"];
  for (const name of needed) expect(await shows(name, 7)).toBe(true);
  const others = Array.from({ length: 20 }, (_, n) => `other${n}.test`);
  for (const name of others) expect(await shows(name, 8)).toBe(true);
  const known: string[] = [];
  for (const name of [...needed, ...others.slice(-8)]) if (!(await shows(name, 9))) known.push(name);
  expect(known).toEqual([...needed, ...others.slice(-8)]);
  // Of one that was forgotten the next key is the first again.
  expect(await shows("other0.test", 9)).toBe(true);
});
