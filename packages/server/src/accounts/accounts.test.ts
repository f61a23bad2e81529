/** Accounts: registering, signing in, device lists and what devices keep on their server. */
import { expect, test } from "bun:test";
import { beginList, capabilityHashOf, encodeCall, limits, messagesOf, takeEntries } from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayMs, minuteMs } from "../core/rate.ts";
import type { Client } from "../testkit/client.ts";
import { signerFrom } from "../testkit/keys.ts";
import { Device, Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer, token } from "../testkit/test-server.ts";

const hashOf = (capability: Uint8Array) => capabilityHashOf(nodePrimitives.sha256, capability);
const filled = (value: number, length = 16) => new Uint8Array(length).fill(value);

const first = (person: Person) => person.entries[0] as Uint8Array;

function registering(client: Client, person: Person, with_ = token) {
  return client.call("register", { token: with_, inception: person.inception, entry: first(person) });
}

test("[DS27] the server's token registers an account, and repeating it is safe", async () => {
  const home = new TestServer();
  const bob = new Person("bob");
  const caller = await home.client();
  await registering(caller, bob);
  await registering(caller, bob, filled(0)); // Nothing is written, so it needs no token.
  expect(home.server.counts().accounts).toBe(1);
  await bob.phone.signIn(home);
});

test("[DS27] a wrong token is refused, and nothing is stored", async () => {
  const home = new TestServer();
  expect(await refusal(registering(await home.client(), new Person("eve"), filled(8)))).toBe("bad-token");
  expect(home.server.counts().accounts).toBe(0);
});

test("[DS27] a member's contact link invites, unless the policy says no", async () => {
  for (const membersMayInvite of [true, false]) {
    const home = new TestServer({ config: { membersMayInvite } });
    const alice = await home.person("alice");
    await (await alice.phone.signIn(home)).call("capabilities", { add: [hashOf(filled(1))], remove: [] });
    const caller = await home.client();
    const bob = registering(caller, new Person("bob"), filled(1));
    if (membersMayInvite) await bob;
    else expect(await refusal(bob)).toBe("bad-token");
  }
});

test("[DS27] another first entry for an account that exists is refused", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const other = alice.entryOf([new Device(alice, "other")], alice.root);
  const call = (await home.client()).call("register", { token, inception: alice.inception, entry: other });
  expect(await refusal(call)).toBe("list-conflict");
});

test("[DS27] a first entry that the root did not sign is refused", async () => {
  const home = new TestServer();
  const eve = new Person("eve");
  const caller = await home.client();
  const byDevice = eve.entryOf([eve.phone], eve.phone.keys);
  expect(await refusal(caller.call("register", { token, inception: eve.inception, entry: byDevice }))).toBe(
    "bad-entry",
  );
  const forged = first(eve).slice();
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(await refusal(caller.call("register", { token, inception: eve.inception, entry: forged }))).toBe(
    "bad-signature",
  );
  expect(await refusal(caller.call("register", { token, inception: filled(1), entry: first(eve) }))).toBe("malformed");
});

test("[DS26] a device that is not in the list, and an unknown account, do not sign in", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  expect(await refusal(new Device(alice, "never listed").signIn(home))).toBe("unknown-device");
  expect(await refusal(new Person("nobody").phone.signIn(home))).toBe("unknown-account");
});

test("[DS26] a signature by another key, or for another connection, is refused", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const pair = { current: filled(1), next: filled(2) };
  const client = await home.client();
  expect(await refusal(alice.phone.signInOn(client, pair, signerFrom("eve")))).toBe("bad-signature");
  const replayed = await home.client();
  replayed.nonce = client.nonce;
  expect(await refusal(alice.phone.signInOn(replayed, pair))).toBe("bad-signature");
  await alice.phone.signInOn(client, pair);
});

test("[DS26] a lost answer is repeated with the same pair; an older pair is a copy", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const [a, b, c] = [filled(1), filled(2), filled(3)];
  await alice.phone.signIn(home, { current: a, next: b });
  await alice.phone.signIn(home, { current: a, next: b });
  await alice.phone.signIn(home, { current: b, next: c });
  expect(await refusal(alice.phone.signIn(home, { current: a, next: b }))).toBe("pair-mismatch");
  expect(await refusal(alice.phone.signIn(home, { current: b, next: a }))).toBe("pair-mismatch");
  await alice.phone.signIn(home, { current: c, next: a });
  // Who would show the same again is never told from its copy.
  expect(await refusal(alice.phone.signIn(home, { current: a, next: a }))).toBe("malformed");
});

test("[DS202] one device signs in so many times a minute; then it waits, and nobody else does", async () => {
  const home = new TestServer({ config: { signInsPerMinute: { device: 5 } } });
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  // Without the key nobody uses them up.
  for (let i = 0; i < 9; i++)
    expect(await refusal(ann.phone.signInOn(await home.client(), undefined, ben.phone.keys))).toBe("bad-signature");
  for (let i = 0; i < 5; i++) await ann.phone.signIn(home);
  const caller = await home.client();
  expect(await refusal(ann.phone.signInOn(caller))).toBe("rate-limited");
  expect(caller.errors.at(-1)?.waitMs).toBeGreaterThan(0);
  await ben.phone.signIn(home);
  await home.clock.pass(caller.errors.at(-1)?.waitMs ?? 0);
  await ann.phone.signInOn(caller); // On the same connection.
});

test("[DS202] a stolen device that signs in without end keeps no other device of its account from signing in", async () => {
  const home = new TestServer();
  const ann = await home.person("ann");
  await ann.phone.signIn(home);
  const stolen = await ann.addDevice(home, "tablet");
  for (let minute = 0; minute < 2; minute++) {
    let taken = 0;
    for (; taken < 200; taken++) {
      const caller = await home.client();
      if ((await stolen.signInOn(caller).catch(() => undefined)) === undefined) break;
    }
    expect(taken).toBe(30);
    expect(await refusal(stolen.signInOn(await home.client()))).toBe("rate-limited");
    await ann.phone.signIn(home);
    await home.clock.pass(minuteMs + 1);
  }
});

test("[DS22] the newest connection of a device wins", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const older = await alice.phone.signIn(home);
  const newer = await alice.phone.signIn(home);
  expect(older.closedWith).toEqual({ code: 4001, reason: "superseded" });
  expect(newer.closedWith).toBeUndefined();
  expect(home.server.counts()).toMatchObject({ signedIn: 1 });
});

test("[DS30] a signed-in connection neither claims nor registers nor signs in again", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const phone = await alice.phone.signIn(home);
  for (const call of [
    phone.call("claim", { capability: filled(1) }),
    phone.call("uploadList", { addresses: [filled(1)] }),
    phone.call("rendezvous", { address: filled(1) }),
    registering(phone, alice),
    alice.phone.signInOn(phone),
  ])
    expect(await refusal(call)).toBe("signed-in-connection");
  const caller = await home.client();
  expect(await refusal(caller.call("ownEntries", { from: 0 }))).toBe("not-signed-in");
  expect(await refusal(caller.call("addresses", { add: [filled(1)], remove: [] }))).toBe("not-signed-in");
});

test("[DS50] a signed-in connection draws packages of its own account, and of no other", async () => {
  const home = new TestServer();
  const [alice, bob] = [await home.person("alice"), await home.person("bob")];
  const phone = await alice.phone.signIn(home);
  const other = await bob.phone.signIn(home);
  await phone.call("capabilities", { add: [hashOf(filled(1))], remove: [] });
  await other.call("capabilities", { add: [hashOf(filled(2))], remove: [] });
  expect((await phone.call("claim", { capability: filled(1) })).account).toEqual(alice.account);
  expect(await refusal(phone.call("claim", { capability: filled(2) }))).toBe("signed-in-connection");
});

test("[DS5] a right that was taken back is nobody else's for ninety days, though many know it", async () => {
  const home = new TestServer();
  const [alice, mal] = [await home.person("alice"), await home.person("mal")];
  const phone = await alice.phone.signIn(home);
  const other = await mal.phone.signIn(home);
  const [link, nobody] = [hashOf(filled(1)), await home.client()];
  await phone.call("capabilities", { add: [link], remove: [] });
  await phone.call("capabilities", { add: [], remove: [link] });
  await other.call("capabilities", { add: [link], remove: [] });
  expect(await refusal(nobody.call("claim", { capability: filled(1) }))).toBe("bad-capability");
  expect(await refusal(registering(nobody, new Person("eve"), filled(1)))).toBe("bad-token");
  await phone.call("capabilities", { add: [link], remove: [] });
  expect((await nobody.call("claim", { capability: filled(1) })).account).toEqual(alice.account);
  await phone.call("capabilities", { add: [], remove: [link] });
  await home.clock.pass(91 * 86_400_000);
  await other.call("capabilities", { add: [link], remove: [] });
  expect((await nobody.call("claim", { capability: filled(1) })).account).toEqual(mal.account);
}, 60_000);

test("[DS108] the contact link after its device was revoked: nobody who has it takes it over, and it leads on when it is said again", async () => {
  const home = new TestServer();
  const [alice, mal] = [await home.person("alice"), await home.person("mal")];
  const tablet = await alice.addDevice(home, "tablet");
  const [phone, onTablet, onMal] = [
    await alice.phone.signIn(home),
    await tablet.signIn(home),
    await mal.phone.signIn(home),
  ];
  const [link, nobody] = [hashOf(filled(1)), await home.client()];
  await onTablet.call("capabilities", { add: [link], remove: [] }); // The device that made the link known.
  const entry = await alice.adopt(alice.entryOf([alice.phone], alice.phone.keys));
  await phone.call("appendEntries", { account: alice.account, entries: [entry] });
  await onMal.call("capabilities", { add: [link], remove: [] }); // Mal has the link, as everybody may.
  expect(await refusal(nobody.call("claim", { capability: filled(1) }))).toBe("bad-capability");
  expect(await refusal(registering(nobody, new Person("eve"), filled(1)))).toBe("bad-token");
  await phone.call("capabilities", { add: [link], remove: [] }); // ID18: said again by the device that is left.
  expect((await nobody.call("claim", { capability: filled(1) })).account).toEqual(alice.account);
});

test("[DS28] a linked device signs in; a revoked one is signed out and keeps nothing", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const phone = await alice.phone.signIn(home);
  const onTablet = await tablet.signIn(home);
  const address = await tablet.address(onTablet);
  await onTablet.call("capabilities", { add: [hashOf(filled(1))], remove: [] });
  const entry = await alice.adopt(alice.entryOf([alice.phone], alice.phone.keys));
  await phone.call("appendEntries", { account: alice.account, entries: [entry] });
  expect(onTablet.closedWith).toEqual({ code: 4002, reason: "signed-out" });
  expect(await refusal(tablet.signIn(home))).toBe("unknown-device");
  expect(home.log.accounts.addressDevice(address)).toBeUndefined();
  expect(await refusal((await home.client()).call("claim", { capability: filled(1) }))).toBe("bad-capability");
  expect((await phone.call("ownEntries", { from: 1 })).entries).toEqual(alice.entries.slice(1));
});

test("[DS28] an entry by a revoked device, or with a gap, is refused", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const caller = await home.client();
  const append = (entry: Uint8Array) => alice.append(caller, entry, alice.phone.keys);
  await append(await alice.adopt(alice.entryOf([alice.phone], alice.phone.keys)));
  expect(await refusal(append(alice.entryOf([tablet], tablet.keys)))).toBe("bad-entry");
  const next = await alice.adopt(alice.entryOf([alice.phone], alice.phone.keys));
  const overNext = alice.entryOf([alice.phone], alice.phone.keys);
  expect(await refusal(append(overNext))).toBe("bad-entry");
  await append(next);
  await append(next); // Known already.
});

test("[DS28] of two entries by devices with one number the first stays, whatever is shown later; the root decides", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const thief = alice.entryOf([tablet], tablet.keys);
  const owner = alice.entryOf([alice.phone], alice.phone.keys);
  const fresh = new Device(alice, "new");
  const root = alice.entryOf([alice.phone, fresh], alice.root);
  const phone = await alice.phone.signIn(home);
  const onTablet = await tablet.signIn(home);
  await onTablet.call("appendEntries", { account: alice.account, entries: [thief] });
  expect(phone.closedWith?.reason).toBe("signed-out");
  const caller = await home.client();
  // Who is out of the list has no say, also as the one that it would name.
  expect(await refusal(alice.append(caller, owner, alice.phone.keys))).toBe("list-conflict");
  expect((await onTablet.call("ownEntries", { from: 2 })).entries).toEqual([thief]);
  await caller.call("appendEntries", { account: alice.account, entries: [root] });
  expect(onTablet.closedWith?.reason).toBe("signed-out");
  const again = await alice.phone.signIn(home, { current: filled(1), next: filled(2) });
  expect((await again.call("ownEntries", { from: 2 })).entries).toEqual([root]);
  // What the thief signed, and what it signs now, changes nothing any more.
  expect(await refusal(alice.append(caller, thief, tablet.keys))).not.toBe("");
  expect((await again.call("ownEntries", { from: 2 })).entries).toEqual([root]);
});

test("[DS100] where nobody of the account is signed in only its root appends, or a device that shows that it is there", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const mal = await home.person("mal");
  const entry = alice.entryOf([alice.phone, tablet, new Device(alice, "third")], tablet.keys);
  const caller = await home.client();
  const asked = { account: alice.account, entries: [entry] };
  expect(await refusal(caller.call("appendEntries", asked))).toBe("not-signed-in");
  expect(await refusal((await mal.phone.signIn(home)).call("appendEntries", asked))).toBe("not-signed-in");
  expect(await refusal(alice.append(caller, entry, mal.phone.keys))).toBe("bad-entry"); // Not a device of the list.
  const other = await home.client();
  other.nonce = caller.nonce;
  expect(await refusal(alice.append(other, entry, tablet.keys))).toBe("bad-signature"); // Another connection's nonce.
  await alice.append(caller, entry, tablet.keys);
  expect(home.log.accounts.find(alice.account)?.root?.key).toEqual(alice.root.publicKey);
});

test("[DS191] a device that signs hundreds of entries that count for nothing keeps nobody waiting, here or at another place", async () => {
  let pauses = 0;
  const home = new TestServer({
    between: (ports) => ({
      ...ports,
      pause: async () => {
        pauses++;
      },
    }),
  });
  const [eve, ben] = [await home.person("eve"), await home.person("ben")];
  const signedIn = async (person: Person, prefix: string) => {
    const client = await home.client(prefix);
    await person.phone.signInOn(client);
    await person.adopt(person.entries[0] as Uint8Array);
    return client;
  };
  const [evil, good] = [await signedIn(eve, "203.0.113.9"), await signedIn(ben, "198.51.100.7")];
  const [list, entries] = [eve.list, eve.entries];
  const word = await eve.adopt(eve.entryOf([eve.phone, new Device(eve, "tablet")], eve.phone.keys));
  await evil.call("appendEntries", { account: eve.account, entries: [word] });
  [eve.list, eve.entries] = [list, entries];
  const rival: Uint8Array[] = [];
  for (let i = 0; i < 40; i++)
    rival.push(
      await eve.adopt(eve.entryOf(i % 2 ? [eve.phone] : [eve.phone, new Device(eve, "laptop")], eve.phone.keys)),
    );
  pauses = 0;
  expect(await refusal(evil.call("appendEntries", { account: eve.account, entries: rival }))).toBe("list-conflict");
  expect(pauses).toBeGreaterThanOrEqual(rival.length / 8);
  for (let i = 0; i < 3; i++) evil.send(encodeCall(700 + i, "appendEntries", { account: eve.account, entries: rival }));
  const take = good.take.bind(good);
  let before: unknown[] = [];
  good.take = (bytes) => {
    before = [700, 701, 702].map((request) => evil.answered(request)?.type);
    take(bytes);
  };
  const tablet = await ben.adopt(ben.entryOf([ben.phone, new Device(ben, "tablet")], ben.phone.keys));
  await good.call("appendEntries", { account: ben.account, entries: [tablet] });
  // The one that was under way, one in the other place's turn, and then this one.
  expect(before).toEqual(["error", "error", undefined]);
  for (let i = 0; i < 300; i++)
    evil.send(encodeCall(800 + i, "appendEntries", { account: eve.account, entries: [word] }));
  await home.clock.pass(50);
  expect(evil.errors.filter(({ code }) => code === "rate-limited").length).toBeGreaterThan(30);
});

test("[DS191] of long lists few bytes wait of one place, and a short one finds room there", async () => {
  const home = new TestServer();
  const eve = await home.person("eve");
  const evil = await home.client("203.0.113.9");
  await eve.phone.signInOn(evil);
  const account = eve.account;
  const entries = Array.from({ length: 200 }, () => filled(7, 2_000));
  for (let i = 0; i < 20; i++)
    for (const message of messagesOf(encodeCall(700 + i, "appendEntries", { account, entries }))) evil.send(message);
  const refused = () => evil.errors.filter(({ code }) => code === "rate-limited").length;
  expect(refused()).toBe(15);
  await evil.call("appendEntries", { account, entries: [first(eve)] });
  await home.clock.pass(50);
  // What was looked at makes room.
  expect(await refusal(evil.call("appendEntries", { account, entries }))).not.toBe("rate-limited");
  expect(refused()).toBe(15);
});

test("[DS101] a thousand entries are refused before any is looked at, and a list that was read is not read again", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const { accounts } = home.log;
  const whole = accounts.entries.bind(accounts);
  let reads = 0;
  Object.assign(accounts, {
    entries: (ref: number, from: number) => {
      if (from === 0) reads++;
      return whole(ref, from);
    },
  });
  const caller = await home.client();
  const many = Array.from({ length: 1_023 }, () => alice.entryOf([tablet], tablet.keys));
  expect(await refusal(caller.call("appendEntries", { account: alice.account, entries: many }))).toBe("not-signed-in");
  expect(reads).toBe(0);
  for (const name of ["one", "two", "three"])
    await alice.append(
      caller,
      await alice.adopt(alice.entryOf([alice.phone, tablet, new Device(alice, name)], tablet.keys)),
      tablet.keys,
    );
  expect(reads).toBeLessThanOrEqual(1);
});

test("[DS102] an entry that names a device twice is refused", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  await alice.adopt(first(alice));
  const phone = await alice.phone.signIn(home);
  const twice = alice.entryOf([alice.phone, alice.phone], alice.phone.keys);
  expect(await refusal(phone.call("appendEntries", { account: alice.account, entries: [twice] }))).toBe("bad-entry");
  const eve = new Person("eve");
  const entry = eve.entryOf([eve.phone, eve.phone], eve.root);
  const asked = { token, inception: eve.inception, entry };
  expect(await refusal((await home.client()).call("register", asked))).toBe("bad-entry");
});

test("[DS28a] of two devices of an account that change its list at one moment one is refused, and nothing freezes", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const [phone, onTablet] = [await alice.phone.signIn(home), await tablet.signIn(home)];
  const kept = [alice.phone, tablet];
  // Also where the one that comes second is the more senior one: it says its change again over the other's.
  for (const isSeniorFirst of [true, false]) {
    const one = alice.entryOf([...kept, new Device(alice, `one ${isSeniorFirst}`)], alice.phone.keys);
    const two = alice.entryOf([...kept, new Device(alice, `two ${isSeniorFirst}`)], tablet.keys);
    const [early, late] = isSeniorFirst ? [one, two] : [two, one];
    const [first, second] = isSeniorFirst ? [phone, onTablet] : [onTablet, phone];
    const results = await Promise.allSettled([
      first.call("appendEntries", { account: alice.account, entries: [early] }),
      refusal(second.call("appendEntries", { account: alice.account, entries: [late] })),
    ]);
    expect(results[1]).toEqual({ status: "fulfilled", value: "list-conflict" });
    await alice.adopt(early);
    expect((await phone.call("ownEntries", { from: 0 })).entries).toEqual(alice.entries);
  }
});

/** As another server over the same log writes it, between this one's judging and its writing. */
function writeBetween({ log: { accounts } }: TestServer, ref: number, n: number, entry: Uint8Array): void {
  const { entries } = accounts;
  let reads = 0;
  Object.assign(accounts, {
    entries: (of: number, from: number) => {
      // The first time it is looked whether what is held still stands there.
      if (of === ref && from > 0 && ++reads === 2) accounts.putEntries(ref, n, [entry]);
      return entries.call(accounts, of, from);
    },
  });
}

test("[DS28] [DS74] what another server wrote meanwhile is judged anew: a device's word does not take its place", async () => {
  for (const isRoots of [false, true]) {
    const home = new TestServer();
    const alice = await home.person("alice");
    const tablet = await alice.addDevice(home, "tablet");
    const phone = await alice.phone.signIn(home);
    const ref = home.log.accounts.find(alice.account)?.ref ?? 0;
    const mine = alice.entryOf([alice.phone, tablet, new Device(alice, "mine")], alice.phone.keys);
    let theirs = alice.entryOf([alice.phone, tablet, new Device(alice, "theirs")], tablet.keys);
    if (isRoots) {
      const [whole, all] = [alice.list, alice.entries];
      const begun = await takeEntries(nodePrimitives, beginList(nodePrimitives, alice.inception), all.slice(0, 1));
      if (begun.kind === "refused") throw new Error(begun.why);
      alice.list = begun.list;
      theirs = alice.entryOf([alice.phone], alice.root);
      [alice.list, alice.entries] = [whole, all];
    }
    writeBetween(home, ref, isRoots ? 1 : 2, theirs);
    expect(await refusal(phone.call("appendEntries", { account: alice.account, entries: [mine] }))).not.toBe("");
    expect(home.log.accounts.entries(ref, 0).at(-1)).toEqual(theirs);
  }
});

test("[DS28] a rival of what stands there is refused, also where what stands there is shown behind it", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const phone = await alice.phone.signIn(home);
  const rival = alice.entryOf([alice.phone], alice.phone.keys);
  const entry = await alice.adopt(alice.entryOf([alice.phone, tablet, new Device(alice, "third")], alice.phone.keys));
  await phone.call("appendEntries", { account: alice.account, entries: [entry] });
  const asked = { account: alice.account, entries: [rival, entry] };
  expect(await refusal(phone.call("appendEntries", asked))).toBe("list-conflict");
});

test("[DS28] a list that is full takes no more of its devices' words, and is said to be too large", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  await alice.adopt(first(alice));
  const phone = await alice.phone.signIn(home);
  const most = limits.entriesMax - limits.rootEntriesKept;
  while (alice.entries.length < most) await alice.adopt(alice.entryOf([alice.phone], alice.phone.keys));
  home.log.accounts.putEntries(home.log.accounts.find(alice.account)?.ref ?? 0, 0, alice.entries);
  const entries = [alice.entryOf([alice.phone], alice.phone.keys)];
  expect(await refusal(phone.call("appendEntries", { account: alice.account, entries }))).toBe("too-large");
}, 30_000);

test("[DS28] two writers at once: one waits for the other", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  await alice.adopt(first(alice));
  const one = alice.entryOf([alice.phone, new Device(alice, "one")], alice.phone.keys);
  const two = alice.entryOf([alice.phone, new Device(alice, "two")], alice.phone.keys);
  const [left, right] = [await home.client(), await home.client()];
  const results = await Promise.allSettled([
    alice.append(left, one, alice.phone.keys),
    alice.append(right, two, alice.phone.keys),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const phone = await alice.phone.signIn(home);
  expect((await phone.call("ownEntries", { from: 0 })).entries).toHaveLength(2);
});

test("[DS3] an address that another device has is refused, with all that came with it", async () => {
  const home = new TestServer();
  const [alice, bob] = [await home.person("alice"), await home.person("bob")];
  const [phone, bobPhone] = [await alice.phone.signIn(home), await bob.phone.signIn(home)];
  await phone.call("addresses", { add: [filled(1)], remove: [] });
  expect(await refusal(bobPhone.call("addresses", { add: [filled(2), filled(1)], remove: [] }))).toBe("address-taken");
  expect(home.log.accounts.addressDevice(filled(2))).toBeUndefined();
  await bobPhone.call("addresses", { add: [], remove: [filled(1)] });
  expect(home.log.accounts.addressDevice(filled(1))).toBeDefined();
});

test("[DS3] any device of the account removes an address; a device has not too many", async () => {
  const home = new TestServer({ config: { addressesPerDevice: 2 } });
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const [phone, onTablet] = [await alice.phone.signIn(home), await tablet.signIn(home)];
  await onTablet.call("addresses", { add: [filled(1), filled(2)], remove: [] });
  expect(await refusal(onTablet.call("addresses", { add: [filled(3)], remove: [] }))).toBe("too-large");
  await phone.call("addresses", { add: [], remove: [filled(1)] });
  expect(home.log.accounts.addressDevice(filled(1))).toBeUndefined();
});

async function publishing() {
  const home = new TestServer();
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  const phone = await alice.phone.signIn(home);
  await phone.call("capabilities", { add: [hashOf(filled(1))], remove: [] });
  const expiresAtMs = home.clock.nowMs() + 30 * dayMs;
  const package_ = (value: number, lastResort = false) => ({ package: filled(value, 40), expiresAtMs, lastResort });
  return { home, alice, tablet, phone, package_, caller: await home.client() };
}

test("[DS6] a claim draws one package of every device; one without is named", async () => {
  const { alice, tablet, phone, package_, caller } = await publishing();
  expect(await phone.call("keyPackages", { add: [package_(5), package_(6)], replace: false })).toEqual({ left: 2 });
  const claimed = await caller.call("claim", { capability: filled(1) });
  expect(claimed.account).toEqual(alice.account);
  expect(claimed.history).toEqual({ inception: alice.inception, entries: alice.entries });
  expect(claimed.packages).toEqual([{ device: alice.phone.id, package: filled(5, 40) }, { device: tablet.id }]);
  const again = await caller.call("claim", { capability: filled(1), only: [alice.phone.id] });
  expect(again.packages).toEqual([{ device: alice.phone.id, package: filled(6, 40) }]);
});

test("[DS6] a used-up capability draws last-resort packages until the next day", async () => {
  const { home, alice, phone, package_, caller } = await publishing();
  const add = [1, 2, 3, 4, 5, 6, 7].map((value) => package_(value));
  await phone.call("keyPackages", { add: [...add, package_(99, true)], replace: false });
  const draw = async () =>
    (await caller.call("claim", { capability: filled(1), only: [alice.phone.id] })).packages[0]?.package?.[0];
  const drawn: (number | undefined)[] = [];
  for (let i = 0; i < limits.drawsPerDay + 2; i++) drawn.push(await draw());
  expect(drawn).toEqual([1, 2, 3, 4, 5, 99, 99]);
  home.clock.jump(dayMs);
  expect(await draw()).toBe(6);
});

test("[DS6] without a capability, or for a device that is not listed, nothing is drawn", async () => {
  const { alice, phone, package_, caller } = await publishing();
  await phone.call("keyPackages", { add: [package_(5)], replace: false });
  expect(await refusal(caller.call("claim", { capability: filled(2) }))).toBe("bad-capability");
  const stranger = new Device(alice, "stranger");
  const only = [alice.phone.id, stranger.id];
  expect(await refusal(caller.call("claim", { capability: filled(1), only }))).toBe("unknown-device");
  await phone.call("capabilities", { add: [], remove: [hashOf(filled(1))] });
  expect(await refusal(caller.call("claim", { capability: filled(1) }))).toBe("bad-capability");
  expect(await phone.call("keyPackages", { add: [], replace: false })).toEqual({ left: 1 });
});

test("[DS29] replacing drops older packages of the same sort; the newest fifty are kept", async () => {
  const { phone, package_, caller, alice } = await publishing();
  await phone.call("keyPackages", { add: [package_(1), package_(90, true)], replace: false });
  const many = Array.from({ length: 60 }, (_, i) => package_(100 + i));
  expect(await phone.call("keyPackages", { add: many, replace: true })).toEqual({ left: limits.keyPackagesKept });
  const claimed = await caller.call("claim", { capability: filled(1), only: [alice.phone.id] });
  expect(claimed.packages[0]?.package).toEqual(filled(110, 40));
});

test("[DS29] a clock that is a day off draws what it should, and no package lives longer than 91 days", async () => {
  const { home, alice, phone, caller } = await publishing();
  const nowMs = home.clock.nowMs();
  const add = [
    { package: filled(1, 40), expiresAtMs: nowMs - 2 * dayMs, lastResort: false },
    { package: filled(2, 40), expiresAtMs: nowMs + dayMs, lastResort: false },
    { package: filled(3, 40), expiresAtMs: Number.MAX_SAFE_INTEGER, lastResort: false },
  ];
  expect(await phone.call("keyPackages", { add, replace: false })).toEqual({ left: 2 });
  home.clock.jump(dayMs);
  const claimed = await caller.call("claim", { capability: filled(1), only: [alice.phone.id] });
  expect(claimed.packages[0]?.package).toEqual(filled(2, 40));
  home.clock.jump(91 * dayMs);
  const late = await caller.call("claim", { capability: filled(1), only: [alice.phone.id] });
  expect(late.packages[0]?.package).toBeUndefined();
});
