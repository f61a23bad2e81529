/** Coming in: by invitations that count and end, by a member's link, and what a new account may keep. */
import { expect, test } from "bun:test";
import { type Bytes, capabilityHashOf } from "@yanshu/wire";
import { memoryBlobStore } from "../blobs/memory.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { grownQuota } from "../core/quota.ts";
import { LogConflictError, LogFullError } from "../log/log.ts";
import { Refused } from "../testkit/client.ts";
import { Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer, token } from "../testkit/test-server.ts";

const hour = 3_600_000;

/** Comes in by a code, from somewhere: "in", or why not. */
async function comes(home: TestServer, code: Bytes, name: string, from = "203.0.113.9") {
  const person = new Person(name);
  const caller = await home.client(from);
  const args = { token: code, inception: person.inception, entry: person.entries[0] as Uint8Array };
  const answer = await caller.call("register", args).then(
    () => "in",
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error)),
  );
  caller.close();
  return answer;
}

async function invited(home: TestServer, people: number | undefined, hours: number | undefined) {
  const ends = hours === undefined ? undefined : home.clock.nowMs() + hours * hour;
  const made = home.server.acts.invite(people, ends);
  await home.clock.pass(5);
  const outcome = await made;
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.value;
}

/** What a promise comes to that waits for a commit. */
async function after<T>(home: TestServer, pending: Promise<T>): Promise<T> {
  await home.clock.pass(5);
  return pending;
}

test("[DS140] one code lets two hundred people in from one address within a minute, and the next one is told that it is used up", async () => {
  const home = new TestServer();
  const { ref, code } = await invited(home, 200, 6);
  const began = home.clock.nowMs();
  for (let n = 0; n < 200; n++) expect([n, await comes(home, code, `guest ${n}`)]).toEqual([n, "in"]);
  expect(home.clock.nowMs() - began).toBeLessThan(60_000);
  expect(await comes(home, code, "late")).toBe("invite-used-up");
  expect(home.server.acts.invitations()).toEqual([
    { ref, people: 200, taken: 200, endsMs: expect.any(Number), isEnded: false },
  ]);
  expect(home.server.counts()).toMatchObject({ accounts: 200, cameInvited: 200, cameByStanding: 0, cameByMembers: 0 });
});

test("[DS140] it ends at its hour, and a clock that passes it says so; a repeat of who came before needs no code", async () => {
  const home = new TestServer();
  const { code } = await invited(home, 300, 3);
  expect(await comes(home, code, "ann")).toBe("in");
  await home.clock.pass(3 * hour + 1);
  expect(await comes(home, code, "ben")).toBe("invite-expired");
  expect(await comes(home, code, "ann")).toBe("in");
  expect(home.server.counts().accounts).toBe(1);
});

test("[DS140] two who come at one moment by a code for one person: one of them comes in", async () => {
  const home = new TestServer();
  const { code } = await invited(home, 1, 24);
  const both = await Promise.all([comes(home, code, "ann"), comes(home, code, "ben")]);
  expect(both.toSorted()).toEqual(["in", "invite-used-up"]);
  expect(home.server.counts().accounts).toBe(1);
});

test("[DS140] another code takes the place of the one that was lost, with what is left; one that was ended lets nobody in", async () => {
  const home = new TestServer();
  const { ref, code } = await invited(home, 3, 24);
  expect(await comes(home, code, "ann")).toBe("in");
  const again = await after(home, home.server.acts.replace(ref));
  if (!again.ok) throw new Error(again.code);
  expect(await comes(home, code, "eve")).toBe("bad-token");
  expect(await comes(home, again.value.code, "ben")).toBe("in");
  expect(home.server.acts.invitations()).toMatchObject([{ ref, people: 3, taken: 2 }]);
  expect(await after(home, home.server.acts.end(ref))).toEqual({ ok: true, value: true });
  expect(await comes(home, again.value.code, "cat")).toBe("invite-expired");
  home.clock.jump(-hour); // It stays ended where the clock is put back.
  expect(await comes(home, again.value.code, "cat")).toBe("invite-expired");
  home.clock.jump(hour);
  expect(await after(home, home.server.acts.end(ref))).toEqual({ ok: true, value: false });
  expect(await after(home, home.server.acts.replace(ref))).toMatchObject({ ok: false });
  expect(await after(home, home.server.acts.replace(99))).toMatchObject({ ok: false });
});

test("[DS140] nothing on disk says who came by which code, and the code itself stands nowhere", async () => {
  const home = new TestServer();
  const { code } = await invited(home, 5, 24);
  await comes(home, code, "ann");
  const tables = home.log.accounts.exportTables.map(({ table }) => table);
  expect(tables).not.toContain("invitations");
  expect(home.server.acts.invitations()[0]).not.toHaveProperty("hash");
  expect(home.log.features.invitations.invitation(code)).toBeUndefined();
});

test("[DS140] an invitation that ended is forgotten after thirty days, one without an end stays", async () => {
  const home = new TestServer();
  await invited(home, 5, 24);
  const open = await invited(home, undefined, undefined);
  for (let day = 0; day < 33; day++) await home.clock.pass(24 * hour);
  expect(home.server.acts.invitations().map(({ ref }) => ref)).toEqual([open.ref]);
  expect(await comes(home, open.code, "ann")).toBe("in");
}, 60_000);

async function memberLink(home: TestServer, name: string, fill: number): Promise<Bytes> {
  const member = await home.person(name);
  const phone = await member.phone.signIn(home);
  const capability = new Uint8Array(16).fill(fill);
  await phone.call("capabilities", { add: [capabilityHashOf(nodePrimitives.sha256, capability)], remove: [] });
  return capability;
}

test("[DS140] a member's link lets in so many a day, all members' together so many, and the operator sees how many", async () => {
  const home = new TestServer({ config: { registrationsPerDay: { member: 3, members: 5 } } });
  const [alice, bob] = [await memberLink(home, "alice", 3), await memberLink(home, "bob", 4)];
  const by = async (link: Bytes, names: readonly string[]) => {
    const codes: unknown[] = [];
    for (const name of names) codes.push(await comes(home, link, name));
    return codes;
  };
  expect(await by(alice, ["a", "b", "c", "d"])).toEqual(["in", "in", "in", "rate-limited"]);
  expect(await by(bob, ["e", "f", "g"])).toEqual(["in", "in", "rate-limited"]);
  expect(await comes(home, token, "h")).toBe("in");
  expect(home.server.counts()).toMatchObject({ cameByMembers: 5, cameByStanding: 3 });
  await home.clock.pass(24 * hour);
  expect(await by(bob, ["i"])).toEqual(["in"]);
});

test("[DS183] a member's links count together: five of one member leave the others theirs; an invitation for all is no flood", async () => {
  const home = new TestServer({
    config: { registrationsPerDay: { member: 2, members: 6 }, registrationsPerHour: { standing: 6 } },
  });
  const mallory = await home.person("mallory");
  const phone = await mallory.phone.signIn(home);
  const links = Array.from({ length: 5 }, (_, i) => new Uint8Array(16).fill(10 + i));
  await phone.call("capabilities", {
    add: links.map((link) => capabilityHashOf(nodePrimitives.sha256, link)),
    remove: [],
  });
  const bob = await memberLink(home, "bob", 4);
  const codes: string[] = [];
  for (const [i, link] of links.entries())
    codes.push(await comes(home, link, `m ${i}`), await comes(home, link, `n ${i}`));
  expect(codes).toEqual(["in", "in", ...Array(8).fill("rate-limited")]);
  expect([await comes(home, bob, "b"), await comes(home, bob, "c"), await comes(home, bob, "d")]).toEqual([
    "in",
    "in",
    "rate-limited",
  ]);
  const [one, other] = [await invited(home, undefined, 6), await invited(home, undefined, 6)];
  for (let n = 0; n < 6; n++) expect(await comes(home, one.code, `open ${n}`)).toBe("in");
  expect(await comes(home, one.code, "open 7")).toBe("rate-limited");
  expect(await comes(home, other.code, "elsewhere")).toBe("in");
  const event = await invited(home, 300, 6);
  for (let n = 0; n < 10; n++) expect(await comes(home, event.code, `event ${n}`)).toBe("in");
  await home.clock.pass(hour);
  expect(await comes(home, one.code, "open 7")).toBe("in");
});

test("[DS184] who comes in counts once, however often the transaction was tried anew, and not at all when it failed", async () => {
  let spoil: (() => void) | undefined;
  const home = new TestServer({
    config: { registrationsPerDay: { member: 2, members: 4 } },
    between: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        transaction: (work) =>
          ports.log.transaction(() => {
            const value = work();
            spoil?.();
            return value;
          }),
      } as typeof ports.log,
    }),
  });
  const link = await memberLink(home, "ann", 3);
  let left = 3;
  spoil = () => {
    if (left-- > 0) throw new LogConflictError();
  };
  expect(await comes(home, link, "a")).toBe("in");
  spoil = () => {
    throw new LogFullError("no room");
  };
  for (let i = 0; i < 3; i++) expect(await comes(home, link, "b")).toBe("storage-full");
  spoil = undefined;
  expect(await comes(home, link, "b")).toBe("in");
  expect(await comes(home, link, "c")).toBe("rate-limited");
  expect(home.server.counts().cameByMembers).toBe(2);
});

test("[DS141] what a new account may keep grows evenly to the whole, and an old one's is the whole", () => {
  const growth = { first: 100, full: 1_000, days: 30 };
  expect([0, 1, 15, 29, 30, 400].map((age) => grownQuota(growth, 20_000, 20_000 + age))).toEqual([
    100, 130, 550, 970, 1_000, 1_000,
  ]);
  expect(grownQuota(growth, undefined, 20_000)).toBe(1_000);
  expect(grownQuota(growth, 20_000, 19_990)).toBe(100); // A clock that went back.
  expect(grownQuota({ ...growth, full: 50 }, 20_000, 20_000)).toBe(50);
});

test("[DS141] a new account's history and uploads are small on its first day, and grow while it is here", async () => {
  const quotas = { vaultBytesFirst: 2_048, vaultBytesMax: 10_048, blobTokensFirst: 2, blobTokensPerDay: 10 };
  const config = { ...quotas, quotaGrowsDays: 4 };
  const home = new TestServer({ config, blobs: memoryBlobStore(new Uint8Array(32)) });
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  expect(await phone.call("vaultState", {})).toMatchObject({ bytesMax: 2_048 });
  const segment = new Uint8Array(2_048);
  await phone.call("vaultAppend", { at: 0, segment });
  expect(await refusal(phone.call("vaultAppend", { at: 1, segment }))).toBe("vault-full");
  await home.clock.pass(24 * hour);
  const later = await ann.phone.signIn(home);
  expect(await later.call("vaultState", {})).toMatchObject({ bytesMax: 4_048 });
  for (let day = 0; day < 3; day++) await home.clock.pass(24 * hour);
  const old = await ann.phone.signIn(home);
  expect(await old.call("vaultState", {})).toMatchObject({ bytesMax: 10_048 });
  await old.call("vaultAppend", { at: 1, segment });
});

test("[DS142] who is suspended is sent away and not let in again, on every device, until the operator lets them", async () => {
  const home = new TestServer();
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const row = home.log.accounts.find(ann.account);
  const ref = row?.ref as number;
  expect(await after(home, home.server.acts.suspend(ref, true))).toEqual({ ok: true, value: { devices: 1 } });
  expect(phone.closedWith).toEqual({ code: 4008, reason: "suspended" });
  expect(await refusal(ann.phone.signIn(home))).toBe("suspended");
  expect(await after(home, home.server.acts.suspend(ref, false))).toMatchObject({ ok: true });
  const again = await ann.phone.signIn(home);
  expect(await again.call("vaultState", {})).toMatchObject({ isOn: true });
  expect(await after(home, home.server.acts.suspend(99, true))).toEqual({ ok: false, code: "unknown-account" });
});

test("[DS142] what comes for them meanwhile waits, their link lets nobody in, and only who signs as they do is told", async () => {
  const home = new TestServer();
  const link = await memberLink(home, "ann", 3);
  const ann = new Person("ann");
  const first = await ann.phone.signIn(home, { current: ann.phone.value(1), next: ann.phone.value(2) });
  const address = await ann.phone.address(first);
  const ref = home.log.accounts.find(ann.account)?.ref as number;
  await after(home, home.server.acts.suspend(ref, true));
  expect(await comes(home, link, "ben")).toBe("bad-token");
  const caller = await home.client();
  const eve = new Person("eve").phone.keys;
  expect(await refusal(ann.phone.signInOn(caller, undefined, eve))).toBe("bad-signature");
  const envelope = new TextEncoder().encode("when you are back");
  await caller.post({ mode: "deposit" }, [{ target: { kind: "address", address }, envelope }]);
  await after(home, home.server.acts.suspend(ref, false));
  const back = await ann.phone.signIn(home, { current: ann.phone.value(2), next: ann.phone.value(3) });
  expect(back.pushes.map((push) => new TextDecoder().decode(push.envelope))).toEqual(["when you are back"]);
});

test("[DS143] the operator removes an account as its own devices would; nothing of it is left", async () => {
  const home = new TestServer();
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const ref = home.log.accounts.find(ann.account)?.ref as number;
  expect(await after(home, home.server.acts.remove(ref))).toEqual({ ok: true, value: { devices: 1 } });
  expect(phone.closedWith).toEqual({ code: 4002, reason: "signed-out" });
  expect(home.server.counts()).toMatchObject({ accounts: 0, devices: 0 });
  expect(home.log.isRemakeDue()).toBe(true);
  expect(await after(home, home.server.acts.remove(ref))).toEqual({ ok: false, code: "unknown-account" });
});
