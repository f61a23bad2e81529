/** What home hands out of somebody's packages, and what of it is believed (docs/spec/identity.md ID19). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, type Bytes, deviceIdOf } from "@yanshu/wire";
import { filled, testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { makeAccount } from "../identity/own.ts";
import { claim } from "./claim.ts";

const crypto = createBunCrypto();
const home = "yan.test";

async function somebody() {
  const made = await makeAccount(crypto, home);
  const { publicKey: deviceKey } = await crypto.signatureKeyPair(made.deviceSeed);
  return {
    account: accountIdOf(crypto.sha256, made.inception),
    history: { inception: made.inception, entries: [made.entry] },
    deviceKey,
    device: deviceIdOf(crypto.sha256, deviceKey),
  };
}

const [bea, carl] = [await somebody(), await somebody()];
type Read = { readonly account: Bytes; readonly device: Bytes; readonly deviceKey: Bytes } | undefined;

/** Ann asks home for Bea's packages; what each of them holds is `reads`, in its order. */
async function asked(
  said: { account?: Bytes; history?: typeof bea.history },
  reads: readonly Read[],
  isFrozen = false,
) {
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  const packages = reads.map((_, at) => ({ device: bea.device, package: filled(at, 8) }));
  const value = { account: bea.account, history: bea.history, packages, ...said };
  const lists = isFrozen
    ? {
        ...bare.lists,
        take: async (history: typeof bea.history) => ({ ...(await bare.lists.take(history)), kind: "frozen" }),
      }
    : bare.lists;
  const engine = {
    ...bare,
    own: { ...bare.own, server: home },
    lists,
    link: { ask: async () => ({ kind: "ok", value }), farFault: () => undefined, isBefore: () => false },
    mls: { readKeyPackage: async (bytes: Bytes) => reads[bytes[0] ?? 0] },
    changed: () => undefined,
  } as unknown as Engine;
  const found = await claim(engine, bea.account as never, filled(1, 16) as never, undefined, home);
  return found.kind === "failed" ? found.why : [found.packages.length, found.ghosts];
}

const own: Read = { account: bea.account, device: bea.device, deviceKey: bea.deviceKey };

test("[ID19] packages of a device of the list are taken, each device's once", async () => {
  expect(await asked({}, [own])).toEqual([1, false]);
  expect(await asked({}, [own, own])).toEqual([1, true]);
});

test("[ID19] a package that cannot be read, is another's, or of a device that the list does not name is left out, and told", async () => {
  const ghost: Read = { account: bea.account, device: carl.device, deviceKey: carl.deviceKey };
  for (const bad of [undefined, ghost, { ...own, account: carl.account }]) {
    expect(await asked({}, [bad])).toEqual([0, true]);
    expect(await asked({}, [bad, own])).toEqual([1, true]);
  }
});

test("[ID19] where home answers with another account, another's list, one that is broken or a frozen one, nothing is taken", async () => {
  const spoilt = bea.history.entries.map((entry) => entry.with(-1, (entry.at(-1) ?? 0) ^ 1));
  expect(await asked({ account: carl.account }, [own])).toBe("refused");
  expect(await asked({ history: carl.history }, [own])).toBe("refused");
  expect(await asked({ history: { ...bea.history, entries: spoilt } }, [own])).toBe("refused");
  expect(await asked({}, [own], true)).toBe("refused");
});
