/** Restoring an account: home shows its device list to the root key alone, and takes the root's next entry. */
import { expect, test } from "bun:test";
import { rootProofBytes } from "@yanshu/wire";
import type { Client } from "../testkit/client.ts";
import { Device, type Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { Town } from "../testkit/town.ts";

function proof(person: Person, { incarnation, nonce }: Client, signer = person.root): Uint8Array {
  return signer.sign(rootProofBytes({ domain: "town.example", incarnation, nonce, rootKey: person.root.publicKey }));
}

const ask = (person: Person, door: Client, signature = proof(person, door)) =>
  door.call("rootEntries", { rootKey: person.root.publicKey, signature });

test("[DS53] the root key is shown the list over its own connection's nonce; nobody else is", async () => {
  const town = new Town();
  const [ann, ben] = [await town.person("ann"), await town.person("ben")];
  await ann.addDevice(town, "tablet");
  const door = await town.client();
  expect(await ask(ann, door)).toEqual({ inception: ann.inception, entries: ann.entries });
  expect(await refusal(ask(ann, door, proof(ann, door, ann.phone.keys)))).toBe("bad-signature");
  expect(await refusal(ask(ann, door, proof(ben, door)))).toBe("bad-signature");
  const other = await town.client();
  expect(await refusal(ask(ann, other, proof(ann, door)))).toBe("bad-signature"); // Another connection's nonce.
  const signedIn = await ann.phone.signIn(town);
  expect(await refusal(ask(ann, signedIn))).toBe("signed-in-connection");
});

test("[DS53] whoever has no account here is told so, and an account is asked for a few times a day", async () => {
  const town = new Town({ config: { restoresPerDay: { account: 2 }, restoresPerHour: { prefix: 4 } } });
  const [ann, ben] = [await town.person("ann"), await town.person("ben")];
  const elsewhere = await new Town().person("cat");
  const door = await town.client("2001:db8::1");
  expect(await refusal(ask(elsewhere, door))).toBe("unknown-account");
  await ask(ann, door);
  await ask(ann, door);
  expect(await refusal(ask(ann, door))).toBe("rate-limited");
  expect(await refusal(ask(ben, door))).toBe("rate-limited"); // Its prefix has asked enough within the hour.
  await ask(ben, await town.client("2001:db8:1::1"));
});

test("[DS53] [DS28] the root's entry signs the lost devices out, and the new one in", async () => {
  const town = new Town();
  const ann = await town.person("ann");
  await ann.adopt(ann.entries[0] as Uint8Array);
  const lost = await ann.phone.signIn(town);
  const fresh = new Device(ann, "new phone");
  const door = await town.client();
  await ask(ann, door);
  const entry = await ann.adopt(ann.entryOf([fresh], ann.root));
  await door.call("appendEntries", { account: ann.account, entries: [entry] });
  await town.clock.pass(5);
  expect(lost.closedWith?.code).toBe(4002);
  await fresh.signIn(town);
  expect(await refusal(ann.phone.signIn(town))).toBe("unknown-device");
});
