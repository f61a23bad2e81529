/**
 * What a family opens, at home: the root says what is kept, the tag asks for it, and a day passes in which a device may
 * say no.
 */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "@yanshu/wire";
import { dayMs, hourMs } from "../../core/rate.ts";
import { keepFamily as keep } from "../../testkit/family.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";

const tagOf = (value: number) => new Uint8Array(32).fill(value);
const wrapOf = (value: number) => new Uint8Array(limits.familyWrapBytes).fill(value);
const keptOf = (value: number) => ({ tag: tagOf(value), wrap: wrapOf(value) });
const requestOf = (value: number) => new Uint8Array(16).fill(value);

/** Ann, whose family keeps pieces; her phone, and somebody who has two of them. */
async function home(options: ConstructorParameters<typeof TestServer>[0] = {}) {
  const made = new TestServer(options);
  const ann = await made.person("ann");
  const caller = await made.client();
  await keep(ann, caller, keptOf(1));
  const asking = await made.client();
  const ask = (request: number, isNew = false, value = 1) =>
    asking.call("askFamily", { tag: tagOf(value), request: requestOf(request), isNew });
  return { home: made, ann, caller, asking, ask };
}

test("[DS66] [DS67] what the family opens is answered a day after it was asked for, and not before", async () => {
  const { home: made, ask } = await home();
  expect(await ask(1)).toEqual({ state: "over", waitMs: 0 }); // Nobody began.
  expect(await ask(1, true)).toEqual({ state: "waiting", waitMs: dayMs });
  await made.clock.pass(hourMs);
  const later = await ask(1, true); // Its answer was lost: it is the same request.
  expect(later.state).toBe("waiting");
  expect(later.waitMs).toBeLessThanOrEqual(dayMs - hourMs);
  await made.clock.pass(dayMs - hourMs - 60_000);
  expect((await ask(1)).state).toBe("waiting");
  await made.clock.pass(60_000);
  expect(await ask(1)).toEqual({ state: "given", waitMs: 0, wrap: wrapOf(1) });
  expect(await ask(1)).toEqual({ state: "given", waitMs: 0, wrap: wrapOf(1) }); // Its answer was lost.
  expect(await ask(1, true, 2)).toEqual({ state: "none", waitMs: 0 });
});

test("[DS67] signed-in devices are told at once and at each sign-in, until it is over", async () => {
  const { home: made, ann, ask } = await home();
  const phone = await ann.phone.signIn(made);
  expect(await phone.call("familyState", {})).toEqual({ isKept: true });
  await ask(1, true);
  expect(phone.familyNews).toBe(1);
  expect(await phone.call("familyState", {})).toMatchObject({ isKept: true, asked: { request: requestOf(1) } });
  const again = await ann.phone.signIn(made);
  expect((await again.call("familyState", {})).asked?.request).toEqual(requestOf(1));
  await made.clock.pass(dayMs);
  await ask(1);
  expect(again.familyNews).toBe(1);
  expect(await again.call("familyState", {})).toEqual({ isKept: true });
});

test("[DS68] any device of the account says no, and nobody else; asking anew begins anew", async () => {
  const { home: made, ann, ask } = await home();
  const ben = await made.person("ben");
  await ask(1, true);
  const other = await ben.phone.signIn(made);
  await other.call("stopFamily", { request: requestOf(1) });
  expect((await ask(1)).state).toBe("waiting");
  const tablet = await (await ann.addDevice(made, "tablet")).signIn(made);
  await tablet.call("stopFamily", { request: requestOf(9) }); // One that is not there.
  expect((await ask(1)).state).toBe("waiting");
  await tablet.call("stopFamily", { request: requestOf(1) });
  expect(await tablet.call("familyState", {})).toEqual({ isKept: true });
  await made.clock.pass(2 * dayMs);
  expect(await ask(1)).toEqual({ state: "stopped", waitMs: 0 });
  expect(await ask(1, true)).toEqual({ state: "stopped", waitMs: 0 });
  expect(await ask(2, true)).toEqual({ state: "waiting", waitMs: dayMs });
});

test("[DS67] [DS193] where home was put back what was asked before is over, and begins anew; what was stopped stays so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-helpers-"));
  const path = join(folder, "yanshu.db");
  const { home: made, ann, ask, caller } = await home({ path });
  await ask(1, true);
  const ben = await made.person("ben");
  await keep(ben, caller, keptOf(2));
  await ask(2, true, 2);
  await (await ben.phone.signIn(made)).call("stopFamily", { request: requestOf(2) });
  // A copy is made now. Ann's no comes after it, and is lost with the disk.
  made.server.stop();
  made.log.close();
  await made.clock.pass(dayMs);
  const back = new TestServer({ path, clock: made.clock, log: { restored: true } });
  const asking = await back.client();
  const askThere = (request: number, isNew: boolean, value: number) =>
    asking.call("askFamily", { tag: tagOf(value), request: requestOf(request), isNew });
  expect(await askThere(1, false, 1)).toEqual({ state: "over", waitMs: 0 });
  expect(await askThere(1, true, 1)).toEqual({ state: "waiting", waitMs: dayMs });
  expect(await askThere(2, true, 2)).toEqual({ state: "stopped", waitMs: 0 });
  const phone = await ann.phone.signIn(back);
  expect((await phone.call("familyState", {})).asked?.request).toEqual(requestOf(1));
  back.server.stop();
  back.log.close();
  rmSync(folder, { recursive: true });
});

test("[DS67] one asks at a time: the newest takes the place of the one before, which is told, and the delay begins anew", async () => {
  const { home: made, ask } = await home();
  await ask(1, true);
  await made.clock.pass(20 * hourMs);
  expect(await ask(2, true)).toEqual({ state: "waiting", waitMs: dayMs });
  expect(await ask(1)).toEqual({ state: "over", waitMs: 0 });
  await made.clock.pass(20 * hourMs);
  expect((await ask(2)).state).toBe("waiting");
});

test("[DS66] the root alone says what is kept, on this connection; other helpers, or none, end what was asked", async () => {
  const { home: made, ann, caller, ask } = await home();
  const ben = await made.person("ben");
  for (const signer of [ann.phone.keys, ben.root])
    expect(await refusal(keep(ann, caller, keptOf(2), { signer }))).toBe("bad-signature");
  expect(await refusal(keep(ann, caller, keptOf(2), { signed: keptOf(1) }))).toBe("bad-signature");
  expect(await refusal(keep(ann, caller, undefined, { signed: keptOf(1) }))).toBe("bad-signature"); // Nor what ends it.
  expect(await refusal(keep(ann, await ann.phone.signIn(made), keptOf(2)))).toBe("signed-in-connection");
  expect(await refusal(keep(ben, caller, keptOf(1)))).toBe("malformed");
  await ask(1, true);
  await keep(ann, caller, keptOf(2));
  expect((await ask(1)).state).toBe("none");
  expect((await ask(1, false, 2)).state).toBe("over");
  await ask(1, true, 2);
  await keep(ann, caller, undefined);
  expect((await ask(1, false, 2)).state).toBe("none");
  expect(await (await ann.phone.signIn(made)).call("familyState", {})).toEqual({ isKept: false });
});

test("[DS66] [DS67] asking is counted by where one asks, and beginning by account; the card's own count is not touched", async () => {
  const {
    home: made,
    ann,
    caller,
  } = await home({
    config: { restoresPerDay: { account: 2 }, restoresPerHour: { prefix: 4 } },
  });
  const asking = await made.client("2001:db8::1");
  const ask = (client: typeof asking, request: number) =>
    client.call("askFamily", { tag: tagOf(1), request: requestOf(request), isNew: true });
  for (const request of [1, 2]) await ask(asking, request);
  expect(await refusal(ask(asking, 3))).toBe("rate-limited"); // A third beginning.
  await ask(asking, 2); // Asking again is none.
  expect(await refusal(ask(asking, 2))).toBe("rate-limited"); // The fifth from that house.
  await keep(ann, caller, keptOf(1)); // The second by the root today.
  expect(await refusal(keep(ann, caller, keptOf(1)))).toBe("rate-limited");
});

test("[DS67] a request outlives a crash of the server; a week after it was due it is forgotten", async () => {
  const { home: made, ask, asking } = await home();
  await ask(1, true);
  made.crash([asking]);
  const again = await made.client();
  const asks = () => again.call("askFamily", { tag: tagOf(1), request: requestOf(1), isNew: false });
  expect((await asks()).state).toBe("waiting");
  await made.clock.pass(dayMs);
  expect((await asks()).state).toBe("given");
  for (let day = 0; day < 9; day++) await made.clock.pass(dayMs);
  expect((await asks()).state).toBe("over");
});

test("[DS67] the operator says how long", async () => {
  const { home: made, ask } = await home({ config: { familyDelayMs: 5_000 } });
  expect(await ask(1, true)).toEqual({ state: "waiting", waitMs: 5_000 });
  await made.clock.pass(5_000);
  expect((await ask(1)).state).toBe("given");
});
