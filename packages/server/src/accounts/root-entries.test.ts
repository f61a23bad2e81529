/** Restoring an account: home shows its device list to the root key alone, and takes the root's next entry. */
import { expect, test } from "bun:test";
import { encodeEntry, entryBytes, nextEntryBody, rootChangeBytes, rootHashOf, rootProofBytes } from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { Client } from "../testkit/client.ts";
import { keepFamily } from "../testkit/family.ts";
import { signerFrom } from "../testkit/keys.ts";
import { keepPasskey } from "../testkit/passkey.ts";
import { Device, type Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

function proof(person: Person, { incarnation, nonce }: Client, signer = person.root): Uint8Array {
  return signer.sign(rootProofBytes({ domain: "home.example", incarnation, nonce, rootKey: person.root.publicKey }));
}

const ask = (person: Person, caller: Client, signature = proof(person, caller)) =>
  caller.call("rootEntries", { rootKey: person.root.publicKey, signature });

test("[DS53] the root key is shown the list over its own connection's nonce; nobody else is", async () => {
  const home = new TestServer();
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  await ann.addDevice(home, "tablet");
  const caller = await home.client();
  expect(await ask(ann, caller)).toEqual({ inception: ann.inception, entries: ann.entries });
  expect(await refusal(ask(ann, caller, proof(ann, caller, ann.phone.keys)))).toBe("bad-signature");
  expect(await refusal(ask(ann, caller, proof(ben, caller)))).toBe("bad-signature");
  const other = await home.client();
  expect(await refusal(ask(ann, other, proof(ann, caller)))).toBe("bad-signature"); // Another connection's nonce.
  const signedIn = await ann.phone.signIn(home);
  expect(await refusal(ask(ann, signedIn))).toBe("signed-in-connection");
});

test("[DS53] one who has no account here is told so, and an account is asked for a few times a day", async () => {
  const home = new TestServer({ config: { restoresPerDay: { account: 2 }, restoresPerHour: { prefix: 4 } } });
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const elsewhere = await new TestServer().person("cat");
  const caller = await home.client("2001:db8::1");
  expect(await refusal(ask(elsewhere, caller))).toBe("unknown-account");
  await ask(ann, caller);
  await ask(ann, caller);
  expect(await refusal(ask(ann, caller))).toBe("rate-limited");
  expect(await refusal(ask(ben, caller))).toBe("rate-limited"); // Its prefix has asked enough within the hour.
  await ask(ben, await home.client("2001:db8:1::1"));
});

test("[DS53] [DS28] the root's entry signs the lost devices out, and the new one in", async () => {
  const home = new TestServer();
  const ann = await home.person("ann");
  await ann.adopt(ann.entries[0] as Uint8Array);
  const lost = await ann.phone.signIn(home);
  const fresh = new Device(ann, "new phone");
  const caller = await home.client();
  await ask(ann, caller);
  const entry = await ann.adopt(ann.entryOf([fresh], ann.root));
  await caller.call("appendEntries", { account: ann.account, entries: [entry] });
  await home.clock.pass(5);
  expect(lost.closedWith?.code).toBe(4002);
  await fresh.signIn(home);
  expect(await refusal(ann.phone.signIn(home))).toBe("unknown-device");
});

test("[DS103] [DS53] a root that is changed takes its passkey and family with it, and the account is found by the new one", async () => {
  const home = new TestServer();
  const ann = await home.person("ann");
  await ann.adopt(ann.entries[0] as Uint8Array);
  const phone = await ann.phone.signIn(home);
  const caller = await home.client();
  const tag = new Uint8Array(32).fill(1);
  await keepPasskey(ann, caller, { tag, wrap: new Uint8Array(61).fill(2) });
  await keepFamily(ann, caller, { tag, wrap: new Uint8Array(61).fill(3) });
  const [root, next] = [signerFrom("ann another root"), signerFrom("ann another next root")];
  const proof = root.sign(rootChangeBytes(ann.account, root.publicKey));
  const nextHash = rootHashOf(nodePrimitives.sha256, next.publicKey);
  const change = { root: { key: root.publicKey, nextHash, proof } };
  const entryBy = (signer: typeof root) => {
    const body = nextEntryBody(ann.list, change, signer.publicKey);
    return encodeEntry(body, signer.sign(entryBytes(body)));
  };
  expect(await refusal(caller.call("appendEntries", { account: ann.account, entries: [entryBy(ann.root)] }))).toBe(
    "not-signed-in",
  );
  const entry = await ann.adopt(entryBy(ann.nextRoot));
  await caller.call("appendEntries", { account: ann.account, entries: [entry] });
  await caller.call("appendEntries", { account: ann.account, entries: [entry] }); // Its answer was lost.
  expect(await phone.call("passkeyState", {})).toEqual({ isKept: false });
  expect(await phone.call("familyState", {})).toEqual({ isKept: false });
  expect(await refusal(ask(ann, caller))).toBe("unknown-account");
  const { incarnation, nonce } = caller;
  const signed = root.sign(rootProofBytes({ domain: "home.example", incarnation, nonce, rootKey: root.publicKey }));
  const shown = await caller.call("rootEntries", { rootKey: root.publicKey, signature: signed });
  expect(shown).toEqual({ inception: ann.inception, entries: ann.entries });
});
