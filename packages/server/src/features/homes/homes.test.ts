/**
 * Ann moves from one home to another while the old one lives: she comes with her list, both homes are told where she
 * is, and she leaves the old one after days in which any device of hers may say no.
 */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bytes,
  capabilityHashOf,
  encodeHomeBody,
  encodeHomeRecord,
  equalBytes,
  leaveProofBytes,
  limits,
  openHomeRecord,
  toHex,
  withRootHomes,
} from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs, hourMs, minuteMs } from "../../core/rate.ts";
import type { ServerPorts } from "../../core/server.ts";
import type { Client } from "../../testkit/client.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { arrive, homeRecord } from "../../testkit/homes.ts";
import { type Device, Person } from "../../testkit/person.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer, token } from "../../testkit/test-server.ts";

const [old, fresh, far] = ["old.example", "new.example", "far.example"];
const capability = new Uint8Array(16).fill(3);
const capabilityHash = capabilityHashOf(nodePrimitives.sha256, capability);
const request = (value: number) => new Uint8Array(16).fill(value);

/** Two homes with one clock; Ann lives at the old one. */
async function twoHomes(options: ConstructorParameters<typeof TestServer>[0] = {}) {
  const clock = new ManualClock();
  const at = (domain: string) => new TestServer({ ...options, clock, config: { domain, ...options.config } });
  const [home, next] = [at(old), at(fresh)];
  const ann = await home.person("ann");
  const phone = await signIn(ann.phone, home);
  await phone.call("capabilities", { add: [capabilityHash], remove: [] });
  return { clock, home, next, ann, phone };
}

/** Ann's phone at the new home, where she has arrived; with what she said. */
async function arrived(options: ConstructorParameters<typeof TestServer>[0] = {}) {
  const made = await twoHomes(options);
  const { ann, next } = made;
  const record = await homeRecord(ann, [old, fresh]);
  await arrive(ann, await next.client(), record);
  const there = await signIn(ann.phone, next);
  await there.call("capabilities", { add: [capabilityHash], remove: [] });
  return { ...made, record, there };
}

/** A device has a pair for each home (ID13). */
const shown = new Map<string, Bytes>();
async function signIn(device: Device, place: TestServer): Promise<Client> {
  const client = await place.client();
  const key = `${device.owner.name} ${device.name} ${client.domain} ${toHex(client.incarnation)}`;
  const current = shown.get(key) ?? device.value(0);
  const next = nodePrimitives.sha256(current).slice(0, 16);
  await device.signInOn(client, { current, next });
  shown.set(key, next);
  await place.clock.pass(5);
  return client;
}

const claim = async (place: TestServer): Promise<string> => {
  const answer = (await place.client()).call("claim", { capability });
  try {
    await answer;
    return "drawn";
  } catch {
    return refusal(answer);
  }
};

test("[HM10] an account comes with its whole list and a code of the new home, signed by a device of the list or the root", async () => {
  const { ann, next, home } = await twoHomes();
  await ann.addDevice(home, "tablet");
  const record = await homeRecord(ann, [old, fresh]);
  await arrive(ann, await next.client(), record);
  const phone = await signIn(ann.phone, next);
  expect((await phone.call("ownEntries", { from: 0 })).entries).toEqual(ann.entries);
  expect(await phone.call("homeState", {})).toEqual({ isArriving: true, record });
  await arrive(ann, await next.client(), record); // Its answer was lost.
  const root = new Person("ben");
  const more = withRootHomes(undefined, { homes: [fresh] });
  await root.adopt(root.entryOf([root.phone], root.root));
  await root.adopt(root.entryOf([root.phone], root.root, { more }));
  // A record that is none is refused, though the root's word alone would do.
  const broken = new Uint8Array(limits.homeRecordBytesMax);
  expect(await refusal(arrive(root, await next.client(), broken, { by: root.root }))).toBe("bad-entry");
  await arrive(root, await next.client(), undefined, { by: root.root });
  expect(await (await root.phone.signIn(next)).call("homeState", {})).toEqual({ isArriving: true });
});

test("[HM10] nobody brings an account who has only its list, and no arrival is played again elsewhere or later", async () => {
  const { ann, next, home } = await twoHomes();
  const tablet = await ann.addDevice(home, "tablet");
  const record = await homeRecord(ann, [old, fresh]);
  const thief = new Person("thief").phone.keys;
  const caller = await next.client();
  expect(await refusal(arrive(ann, caller, record, { by: thief }))).toBe("bad-entry");
  // Somebody else's signature beside a device's key.
  const { incarnation, nonce } = caller;
  const bare = { token, history: { inception: ann.inception, entries: ann.entries }, record };
  expect(
    await refusal(caller.call("arrive", { ...bare, key: ann.phone.keys.publicKey, signature: thief.sign(nonce) })),
  ).toBe("bad-signature");
  // What she signed for another home, for another moment, or with another record.
  expect(await refusal(arrive(ann, caller, record, { domain: far }))).toBe("bad-signature");
  expect(await refusal(arrive(ann, caller, record, { signed: new Uint8Array() }))).toBe("bad-signature");
  const later = await next.client();
  expect(equalBytes(later.nonce, nonce)).toBe(false);
  const earlier = Object.assign(await next.client(), { nonce, incarnation });
  expect(await refusal(arrive(ann, earlier, record))).toBe("bad-signature");
  // A list that is not hers, one that a device left out, and a record that does not name this home.
  const revoked = ann.entryOf([ann.phone], ann.phone.keys);
  await ann.adopt(revoked);
  const after = await homeRecord(ann, [old, fresh]);
  expect(await refusal(arrive(ann, caller, after, { by: tablet.keys }))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, await homeRecord(ann, [old, far])))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, undefined))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, after, { entries: ann.entries.slice(1) }))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, undefined, { entries: [], by: ann.root }))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, after, { token: request(9) }))).toBe("bad-token");
  await arrive(ann, caller, after);
});

test("[HM10] who has an account here with another list does not lose it to one who comes", async () => {
  const { ann, home } = await twoHomes();
  const other = ann.entryOf([], ann.root);
  expect(await refusal(arrive(ann, await home.client(), undefined, { entries: [other] }))).toBe("list-conflict");
  const { entries } = await (await signIn(ann.phone, home)).call("ownEntries", { from: 0 });
  expect(entries).toEqual(ann.entries);
});

test("[HM39] a revoked device that came first with a list cut short makes way for a device of the longer list", async () => {
  const { ann, next, home } = await twoHomes();
  const stolen = await ann.addDevice(home, "stolen");
  const cut = [...ann.entries];
  const evil = await homeRecord(ann, [fresh], { by: stolen.keys });
  const squat = async () => arrive(ann, await next.client(), evil, { by: stolen.keys, entries: cut });
  await squat();
  const thief = await signIn(stolen, next);
  await thief.call("settle", {});
  const fork = ann.entryOf([stolen], stolen.keys);
  await ann.adopt(ann.entryOf([ann.phone], ann.phone.keys));
  const record = await homeRecord(ann, [old, fresh]);
  const caller = await next.client();
  // Not by whom the longer list leaves out.
  expect(await refusal(arrive(ann, caller, record, { by: stolen.keys }))).toBe("bad-entry");
  expect(await refusal(arrive(ann, caller, record, { signed: new Uint8Array() }))).toBe("bad-signature");
  // Nobody needs another code for an account that is here.
  await arrive(ann, caller, record, { token: request(9) });
  const phone = await signIn(ann.phone, next);
  expect((await phone.call("ownEntries", { from: 0 })).entries).toEqual(ann.entries);
  expect(await phone.call("homeState", {})).toEqual({ isArriving: false, record });
  await squat(); // It is what is here already, and changes nothing.
  expect(await refusal(arrive(ann, caller, evil, { by: stolen.keys, entries: [...cut, fork] }))).toBe("list-conflict");
  expect(await refusal(signIn(stolen, next))).toBe("unknown-device");
  expect((await phone.call("homeState", {})).record).toEqual(record);
  await phone.call("settle", { record: await homeRecord(ann, [fresh, old], { held: record }) });
});

test("[HM39] a list that does not continue the one here is refused, also by the root's word, and so is a false entry", async () => {
  const { ann, next, home } = await twoHomes();
  const forked = ann.entryOf([ann.phone], ann.root);
  const fork = [...ann.entries, forked];
  await ann.addDevice(home, "tablet");
  const record = await homeRecord(ann, [old, fresh]);
  await arrive(ann, await next.client(), record);
  const wrong = ann.entryOf([], new Person("thief").phone.keys);
  expect(await refusal(arrive(ann, await next.client(), record, { entries: fork }))).toBe("list-conflict");
  expect(await refusal(arrive(ann, await next.client(), record, { entries: [...ann.entries, wrong] }))).toBe(
    "bad-entry",
  );
  const { entries } = await (await signIn(ann.phone, next)).call("ownEntries", { from: 0 });
  expect(entries).toEqual(ann.entries);
});

test("[HM39] a longer list ends no arriving, and takes the record that comes along only where it counts", async () => {
  const { ann, next, record, there } = await arrived();
  await there.call("sayHome", { record: await homeRecord(ann, [far, fresh], { held: record }) });
  const said = (await there.call("homeState", {})).record as Bytes;
  await ann.adopt(ann.entryOf([ann.phone], ann.phone.keys));
  await arrive(ann, await next.client(), record);
  expect(await there.call("homeState", {})).toEqual({ isArriving: true, record: said });
  expect((await there.call("ownEntries", { from: 0 })).entries).toEqual(ann.entries);
});

test("[HM11] who arrives receives, and nobody draws their packages or comes in by them before they settled", async () => {
  const { ann, next, there, record } = await arrived();
  const address = await ann.phone.address(there);
  const stranger = await next.client();
  await stranger.post({ mode: "deposit" }, [
    { target: { kind: "address", address }, envelope: new TextEncoder().encode("hello") },
  ]);
  expect(there.reads).toEqual(["hello"]);
  expect(await claim(next)).toBe("bad-capability");
  expect(await refusal(stranger.call("findHome", { capability }))).toBe("bad-capability");
  const zoe = new Person("zoe");
  const register = () =>
    stranger.call("register", { token: capability, inception: zoe.inception, entry: zoe.entries[0] as Bytes });
  expect(await refusal(register())).toBe("bad-token");
  await there.call("settle", { record: await homeRecord(ann, [fresh, old], { held: record }) });
  expect(await claim(next)).toBe("drawn");
  await register();
});

test("[HM12] settling and the record that says so are one step; who is not first at home here does not settle", async () => {
  const { ann, there, record } = await arrived();
  expect(await refusal(there.call("settle", {}))).toBe("bad-entry");
  expect(await refusal(there.call("settle", { record: await homeRecord(ann, [far], { held: record }) }))).toBe(
    "bad-entry",
  );
  // Nothing of what was refused is kept.
  expect(await there.call("homeState", {})).toEqual({ isArriving: true, record });
  const turned = await homeRecord(ann, [fresh, old], { held: record });
  await there.call("settle", { record: turned });
  expect(await there.call("homeState", {})).toEqual({ isArriving: false, record: turned });
  await there.call("settle", { record: turned }); // Its answer was lost.
  await there.call("settle", {});
});

test("[HM13] once claims go to the new home the old one draws nothing, and says where the account is to who could draw", async () => {
  const { ann, clock, home, next, phone, there, record } = await arrived();
  expect(await claim(home)).toBe("drawn");
  await phone.call("sayHome", { record });
  expect(await claim(home)).toBe("drawn"); // Both are her home, this one first.
  const turned = await homeRecord(ann, [fresh, old], { held: record });
  await there.call("settle", { record: turned });
  await phone.call("sayHome", { record: turned });
  await clock.pass(4 * dayMs);
  expect(await claim(home)).toBe("moved");
  const caller = await home.client();
  const found = await caller.call("findHome", { capability });
  expect(found.account).toEqual(ann.account);
  expect(found.history.entries).toEqual(ann.entries);
  expect(found.record).toEqual(turned);
  expect(await refusal(caller.call("findHome", { capability: request(1) }))).toBe("bad-capability");
  // Her own devices still draw their own packages there.
  await (await signIn(ann.phone, home)).call("claim", { capability });
  expect(await claim(next)).toBe("drawn");
});

test("[HM38] a stolen device that puts another home before this one sends nobody away for three days, as one that drops it", async () => {
  const { ann, clock, home, phone } = await twoHomes();
  await phone.call("sayHome", { record: await homeRecord(ann, ["evil.example", old]) });
  expect(await claim(home)).toBe("drawn");
  await clock.pass(3 * dayMs - minuteMs);
  expect(await claim(home)).toBe("drawn");
  await clock.pass(dayMs + minuteMs);
  expect(await claim(home)).toBe("moved");
  const ben = await home.person("ben");
  const caller = await signIn(ben.phone, home);
  await caller.call("capabilities", { add: [capabilityHashOf(nodePrimitives.sha256, request(8))], remove: [] });
  await ben.adopt(ben.entries[0] as Bytes);
  const more = withRootHomes(undefined, { homes: [fresh, old] });
  const said = await ben.adopt(ben.entryOf([ben.phone], ben.root, { more }));
  await caller.call("appendEntries", { account: ben.account, entries: [said] });
  expect(await refusal((await home.client()).call("claim", { capability: request(8) }))).toBe("moved");
});

test("[HM13] a home that a device's record drops goes on giving packages out for three days; after the root's word for none", async () => {
  const { ann, clock, home, phone } = await twoHomes();
  await phone.call("sayHome", { record: await homeRecord(ann, [fresh]) });
  expect(await claim(home)).toBe("drawn");
  await clock.pass(3 * dayMs - minuteMs);
  expect(await claim(home)).toBe("drawn");
  await clock.pass(dayMs + minuteMs);
  expect(await claim(home)).toBe("moved");
  const ben = await home.person("ben");
  const caller = await signIn(ben.phone, home);
  await caller.call("capabilities", {
    add: [capabilityHashOf(nodePrimitives.sha256, request(8))],
    remove: [],
  });
  await ben.adopt(ben.entries[0] as Bytes);
  const more = withRootHomes(undefined, { homes: [fresh] });
  const said = await ben.adopt(ben.entryOf([ben.phone], ben.root, { more }));
  await caller.call("appendEntries", { account: ben.account, entries: [said] });
  expect(await refusal((await home.client()).call("claim", { capability: request(8) }))).toBe("moved");
});

test("[HM14] home keeps the record that counts and tells the other devices; an older one changes nothing, another's is refused", async () => {
  const { ann, home, phone } = await twoHomes();
  const tablet = await signIn(await ann.addDevice(home, "tablet"), home);
  const first = await homeRecord(ann, [old, fresh]);
  const second = await homeRecord(ann, [fresh, old], { held: first });
  await phone.call("sayHome", { record: second });
  expect(tablet.familyNews).toBe(1);
  await phone.call("sayHome", { record: first });
  await phone.call("sayHome", { record: second });
  expect(tablet.familyNews).toBe(1);
  expect((await tablet.call("homeState", {})).record).toEqual(second);
  const thief = new Person("thief").phone.keys;
  expect(await refusal(phone.call("sayHome", { record: await homeRecord(ann, [far], { by: thief }) }))).toBe(
    "bad-entry",
  );
  const body = openHomeRecord(second)?.signed.body as Bytes;
  const unsigned = encodeHomeRecord(
    encodeHomeBody({ ...(openHomeRecord(second) as NonNullable<ReturnType<typeof openHomeRecord>>).body, seq: 9 }),
    ann.phone.keys.sign(body),
  );
  expect(await refusal(phone.call("sayHome", { record: unsigned }))).toBe("bad-signature");
  expect(await refusal(phone.call("sayHome", { record: new Uint8Array(limits.homeRecordBytesMax) }))).toBe("bad-entry");
  const ben = await home.person("ben");
  expect(await refusal(phone.call("sayHome", { record: await homeRecord(ben, [far]) }))).toBe("bad-entry");
});

test("[HM14] of two records that devices say at one moment the later one counts, whichever is written first", async () => {
  const { ann, home, phone } = await twoHomes();
  const tablet = await signIn(await ann.addDevice(home, "tablet"), home);
  const first = await homeRecord(ann, [old, fresh]);
  const second = await homeRecord(ann, [fresh, old], { held: first });
  await Promise.all([tablet.call("sayHome", { record: second }), phone.call("sayHome", { record: first })]);
  expect((await phone.call("homeState", {})).record).toEqual(second);
});

test("[HM5] [HM14] two devices move at once to two homes: whichever home is told first, both end at one record", async () => {
  const ends: (Bytes | undefined)[] = [];
  for (const turn of [0, 1]) {
    const { ann, home, phone } = await twoHomes();
    const device = await ann.addDevice(home, "tablet");
    const tablet = await signIn(device, home);
    const said: readonly (readonly [Client, Bytes])[] = [
      [phone, await homeRecord(ann, [fresh, old])],
      [tablet, await homeRecord(ann, [far, old], { by: device.keys })],
    ];
    for (const [who, record] of turn === 0 ? said : said.toReversed()) await who.call("sayHome", { record });
    ends.push((await phone.call("homeState", {})).record);
    // Nobody is frozen: the list goes on.
    const without = ann.entryOf([ann.phone], ann.phone.keys);
    await phone.call("appendEntries", { account: ann.account, entries: [without] });
  }
  expect(ends[0]).toEqual(ends[1] as Bytes);
});

test("[HM7] [HM14] a stolen device moves the account: who revokes it says where the account is, and that counts", async () => {
  const { ann, home, phone } = await twoHomes();
  const stolen = await ann.addDevice(home, "stolen");
  const thief = await signIn(stolen, home);
  const evil = await homeRecord(ann, ["evil.example"], { by: stolen.keys });
  await thief.call("sayHome", { record: evil });
  const without = await ann.adopt(ann.entryOf([ann.phone], ann.phone.keys));
  await phone.call("appendEntries", { account: ann.account, entries: [without] });
  const back = await homeRecord(ann, [old], { held: evil });
  await phone.call("sayHome", { record: back });
  await phone.call("sayHome", { record: evil });
  expect((await phone.call("homeState", {})).record).toEqual(back);
  expect(await claim(home)).toBe("drawn");
});

test("[HM15] [HM16] an account leaves three whole days after a device asked, which its devices are told; the root at once", async () => {
  const { ann, clock, home, phone } = await twoHomes();
  await clock.pass(5 * hourMs);
  const tablet = await signIn(await ann.addDevice(home, "tablet"), home);
  const { waitMs } = await phone.call("leave", { request: request(1) });
  expect(waitMs).toBeGreaterThanOrEqual(3 * dayMs);
  expect(waitMs).toBeLessThanOrEqual(4 * dayMs);
  expect(tablet.familyNews).toBe(1);
  expect((await tablet.call("homeState", {})).leaving?.request).toEqual(request(1));
  const again = await phone.call("leave", { request: request(1) }); // Its answer was lost.
  expect(Math.ceil((waitMs - again.waitMs) / minuteMs)).toBeLessThan(2);
  expect(tablet.familyNews).toBe(1);
  await clock.pass(waitMs - hourMs);
  await signIn(ann.phone, home);
  await clock.pass(hourMs + 2 * minuteMs);
  expect(await refusal(signIn(ann.phone, home))).toBe("unknown-account");
  const ben = await home.person("ben");
  const caller = await home.client();
  const leaveNow = (by = ben.root) => {
    const { domain, incarnation, nonce } = caller;
    const signature = by.sign(leaveProofBytes({ domain, incarnation, nonce, account: ben.account }));
    return caller.call("leaveNow", { account: ben.account, signature });
  };
  expect(await refusal(leaveNow(ben.phone.keys))).toBe("bad-signature");
  await leaveNow();
  expect(await refusal(signIn(ben.phone, home))).toBe("unknown-account");
});

test("[HM17] any device says no, and so it stays; a device that is revoked meanwhile takes nobody away", async () => {
  const { ann, clock, home, phone } = await twoHomes({ config: { homeLeaveDays: 1 } });
  const device = await ann.addDevice(home, "stolen");
  const stolen = await signIn(device, home);
  await stolen.call("leave", { request: request(1) });
  await phone.call("stopLeaving", { request: request(9) });
  expect((await phone.call("homeState", {})).leaving).toBeDefined();
  await phone.call("stopLeaving", { request: request(1) });
  expect(stolen.familyNews).toBeGreaterThan(0);
  await clock.pass(2 * dayMs + hourMs);
  const again = await signIn(ann.phone, home);
  expect((await again.call("homeState", {})).leaving).toBeUndefined();
  await (await signIn(device, home)).call("leave", { request: request(2) });
  const without = await ann.adopt(ann.entryOf([ann.phone], ann.phone.keys));
  await again.call("appendEntries", { account: ann.account, entries: [without] });
  await clock.pass(2 * dayMs + hourMs);
  expect((await (await signIn(ann.phone, home)).call("homeState", {})).leaving).toBeUndefined();
});

test("[HM15] [DS193] where home was put back a request to leave begins its days anew, in which any device says no once more", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-homes-"));
  const clock = new ManualClock();
  const at = { path: join(folder, "yanshu.db"), clock, config: { domain: old, homeLeaveDays: 1 } };
  const home = new TestServer(at);
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  let waitMs = 0;
  for (const { phone } of [ann, ben])
    ({ waitMs } = await (await signIn(phone, home)).call("leave", { request: request(1) }));
  // A copy is made now. What Ann says to it comes later, and is lost with the disk.
  home.server.stop();
  home.log.close();
  await clock.pass(waitMs);
  const back = new TestServer({ ...at, log: { restored: true } });
  const early = (await (await signIn(ann.phone, back)).call("homeState", {})).leaving?.waitMs;
  expect(early).toBeGreaterThan(dayMs);
  await clock.pass(2 * hourMs);
  const again = await signIn(ann.phone, back);
  const { leaving } = await again.call("homeState", {});
  expect(leaving?.request).toEqual(request(1));
  expect(leaving?.waitMs).toBeGreaterThan(dayMs - 2 * hourMs);
  await again.call("stopLeaving", { request: request(1) });
  await clock.pass(2 * dayMs + hourMs);
  await signIn(ann.phone, back);
  // To Ben's nobody says no.
  expect(await refusal(signIn(ben.phone, back))).toBe("unknown-account");
  back.server.stop();
  back.log.close();
  rmSync(folder, { recursive: true });
});

test("[HM37] who says no after it was found that the account is due, and before anything went, keeps it", async () => {
  let stop: (() => void) | undefined;
  const between = (ports: ServerPorts): ServerPorts => {
    const { homes } = ports.log.features;
    const due: typeof homes.due = (today, before) => {
      const found = homes.due(today, before);
      if (found.length > 0) queueMicrotask(() => stop?.());
      return found;
    };
    return { ...ports, log: { ...ports.log, features: { ...ports.log.features, homes: { ...homes, due } } } };
  };
  const { ann, clock, home, phone } = await twoHomes({ config: { homeLeaveDays: 1 }, between });
  const { waitMs } = await phone.call("leave", { request: request(1) });
  const said: Promise<unknown>[] = [];
  await clock.pass(waitMs - minuteMs);
  const again = await signIn(ann.phone, home);
  stop = () => {
    stop = undefined;
    said.push(again.call("stopLeaving", { request: request(1) }));
  };
  await clock.pass(hourMs + 2 * minuteMs);
  expect(said).toHaveLength(1);
  await said[0];
  expect((await (await signIn(ann.phone, home)).call("homeState", {})).leaving).toBeUndefined();
});

test("[HM37] once something went nobody says no any more, at no server over this log, and who starts next ends it", async () => {
  const { ann, clock, home, phone, next, there } = await arrived();
  await phone.call("leave", { request: request(1) });
  for (const place of [home, next]) {
    const account = place.log.accounts.find(ann.account)?.ref as number;
    place.log.transaction(() => place.log.features.homes.go(account));
  }
  expect(await refusal(phone.call("stopLeaving", { request: request(1) }))).toBe("unknown-account");
  expect(await refusal(phone.call("leave", { request: request(2) }))).toBe("unknown-account");
  expect(await refusal(there.call("settle", { record: await homeRecord(ann, [fresh]) }))).toBe("unknown-account");
  home.crash([phone]);
  await clock.pass(2 * hourMs);
  for (const place of [home, next]) expect(await refusal(signIn(ann.phone, place))).toBe("unknown-account");
});

test("[HM15] a device begins to leave so often a day and no more, and what it began stands", async () => {
  const { phone } = await twoHomes({ config: { leavesPerDay: { account: 2 } } });
  for (const value of [1, 2]) await phone.call("leave", { request: request(value) });
  expect(await refusal(phone.call("leave", { request: request(3) }))).toBe("rate-limited");
  expect((await phone.call("homeState", {})).leaving?.request).toEqual(request(2));
});

test("[HM18] an account that has another home is not deleted at once by a device, at either of them", async () => {
  const { ann, home, phone, there, record } = await arrived();
  await phone.call("sayHome", { record });
  for (const device of [phone, there]) expect(await refusal(device.call("deleteAccount", {}))).toBe("moved");
  await signIn(ann.phone, home);
  // One who has no other home is.
  const ben = await home.person("ben");
  await (await signIn(ben.phone, home)).call("deleteAccount", {});
});

test("[HM19] who came and never settled is forgotten after the days that the operator gives, and who settled is not", async () => {
  const { ann, clock, next, phone, record, there: first } = await arrived({ config: { homeArrivingDays: 2 } });
  for (const client of [phone, first]) client.close();
  const ben = new Person("ben");
  await arrive(ben, await next.client(), await homeRecord(ben, [fresh]));
  await (await signIn(ben.phone, next)).call("settle", {});
  await clock.pass(dayMs);
  const there = await signIn(ann.phone, next);
  expect((await there.call("homeState", {})).record).toEqual(record);
  there.close();
  await clock.pass(2 * dayMs + hourMs);
  expect(await refusal(signIn(ann.phone, next))).toBe("unknown-account");
  await signIn(ben.phone, next);
});

test("[HM41] an account comes to its reserve, and neither settles there nor gives out packages while another home is the first", async () => {
  const { ann, next } = await twoHomes();
  const caller = await next.client();
  expect(await refusal(arrive(ann, caller, await homeRecord(ann, [old], { reserve: far })))).toBe("bad-entry");
  const record = await homeRecord(ann, [old], { reserve: fresh });
  await arrive(ann, caller, record);
  const there = await signIn(ann.phone, next);
  await there.call("capabilities", { add: [capabilityHash], remove: [] });
  expect(await there.call("homeState", {})).toEqual({ isArriving: true, record });
  expect(await refusal(there.call("settle", {}))).toBe("bad-entry");
  expect(await claim(next)).toBe("bad-capability");
  await there.call("settle", { record: await homeRecord(ann, [fresh, old], { held: record }) });
  expect(await claim(next)).toBe("drawn");
});

test("[HM42] the days begin anew each time that a device was there, and are others at a reserve", async () => {
  const { ann, clock, next, phone, record, there } = await arrived({
    config: { homeArrivingDays: 1, homeReserveDays: 3 },
  });
  for (const client of [phone, there]) client.close();
  const isThere = async () => {
    const client = await signIn(ann.phone, next).catch(() => undefined);
    client?.close();
    return client !== undefined;
  };
  const say = async (said: Bytes) => {
    const client = await signIn(ann.phone, next);
    await client.call("sayHome", { record: said });
    client.close();
  };
  for (let visits = 0; visits < 2; visits++) {
    await clock.pass(dayMs);
    await say(record); // It was said before.
  }
  expect(await isThere()).toBe(true);
  await say(await homeRecord(ann, [old], { held: record, reserve: fresh }));
  await clock.pass(2 * dayMs + hourMs);
  expect(await isThere()).toBe(true);
  await clock.pass(2 * dayMs);
  expect(await isThere()).toBe(false);
}, 20_000);

test("[HM20] from one place so many come in an hour, by codes as others who register", async () => {
  const { next } = await twoHomes({ config: { arrivalsPerHour: { prefix: 2 } } });
  const caller = await next.client("192.0.2.1");
  for (const name of ["one", "two"]) {
    const person = new Person(name);
    await arrive(person, caller, await homeRecord(person, [fresh]));
  }
  const third = new Person("three");
  const record = await homeRecord(third, [fresh]);
  expect(await refusal(arrive(third, caller, record))).toBe("rate-limited");
  await arrive(third, await next.client("198.51.100.1"), record);
});

test("[HM12] arriving, the record and the wish to leave outlive a crash of the server", async () => {
  const { ann, next, record, there } = await arrived();
  await there.call("leave", { request: request(4) });
  next.crash([there]);
  const again = await signIn(ann.phone, next);
  const state = await again.call("homeState", {});
  expect(state).toMatchObject({ isArriving: true, record, leaving: { request: request(4) } });
});

test("[HM57] an account that settles is no longer to leave", async () => {
  const { next, ann, record, there, clock } = await arrived();
  await there.call("leave", { request: request(1) });
  expect((await there.call("homeState", {})).leaving).toBeDefined();
  await there.call("settle", { record: await homeRecord(ann, [fresh, old], { held: record }) });
  expect((await there.call("homeState", {})).leaving).toBeUndefined();
  await clock.pass(5 * dayMs);
  expect((await (await signIn(ann.phone, next)).call("homeState", {})).isArriving).toBe(false);
});
