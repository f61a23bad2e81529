/** Rendezvous mailboxes where all are open: who has most makes way. */
import { expect, test } from "bun:test";
import type { Address } from "@yanshu/wire";
import { coreDefaults } from "../core/core-config.ts";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import type { Client } from "../testkit/client.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";
import { Mailboxes } from "./mailboxes.ts";

const limits = coreDefaults.rendezvousMax;

const sink = (): Sink => ({
  send: () => undefined,
  close: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
});
const address = (number: number): Address => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes as Address;
};

test("[DS204] where all mailboxes are open, a device still links, and only a place that has more loses one", () => {
  const ended: Address[] = [];
  const mailboxes = new Mailboxes(limits, (one) => ended.push(one));
  let made = 0;
  for (let place = 0; made < 10_000; place++)
    for (let i = 0; i < 60 && made < 10_000; i++)
      expect(mailboxes.add(address(made++), sink(), `flood ${place}`, 0)).toBe(true);
  expect(mailboxes.add(address(20_000), sink(), "home", 1)).toBe(true);
  expect(mailboxes.find(address(20_000), 2)).toBeDefined();
  expect(ended).toEqual([address(0)]);
  // One that has as many as any other takes nobody's place.
  for (let i = 1; i < 59; i++) expect(mailboxes.add(address(20_000 + i), sink(), "home", 1)).toBe(true);
  expect(mailboxes.add(address(30_000), sink(), "home", 1)).toBe(false);
  expect(mailboxes.find(address(20_000), 2)).toBeDefined();
  // Ten minutes later all is as before.
  expect(mailboxes.add(address(30_001), sink(), "home", 11 * minuteMs)).toBe(true);
});

test("[DS204] a rendezvous that is refused takes nobody's mailbox", () => {
  const ended: Address[] = [];
  const mailboxes = new Mailboxes(limits, (one) => ended.push(one));
  let made = 0;
  const full = () => {
    for (let place = 0; made < 10_000; place++)
      for (let i = 0; i < 60 && made < 10_000; i++) mailboxes.add(address(made++), sink(), `flood ${place}`, 0);
  };
  // Four of one socket, 64 of one place, then all the others.
  const busy = sink();
  for (let i = 0; i < 4; i++) expect(mailboxes.add(address(made++), busy, "busy", 0)).toBe(true);
  for (let i = 0; i < 64; i++) expect(mailboxes.add(address(made++), sink(), "crowded", 0)).toBe(true);
  full();
  expect(mailboxes.add(address(20_000), busy, "busy", 1)).toBe(false);
  expect(mailboxes.add(address(20_001), sink(), "crowded", 1)).toBe(false);
  expect(ended).toEqual([]);
  for (let i = 0; i < 10_000; i++) expect(mailboxes.find(address(i), 1)).toBeDefined();
  // Nor the one at the very address that it asked for.
  expect(mailboxes.add(address(10), busy, "busy", 1)).toBe(false);
  expect(mailboxes.find(address(10), 1)).toBeDefined();
  expect(mailboxes.find(address(10), 1)).not.toBe(busy);
  // One that opens its own anew takes no room: nobody makes way.
  expect(mailboxes.add(address(0), busy, "busy", 1)).toBe(true);
  expect(ended).toEqual([]);
});

test("[DS204] what opening and closing costs does not grow with how many the operator allows", () => {
  const all = 50_000;
  const mailboxes = new Mailboxes({ ...limits, all });
  const sinks: Sink[] = [];
  let made = 0;
  const opens = (place: string, of: Sink) => mailboxes.add(address(made++), of, place, 0);
  for (let place = 0; made < all; place++) {
    for (let i = 0; i < 4; i++) {
      const own = sink();
      sinks.push(own);
      for (let n = 0; n < 4; n++) opens(`place ${place}`, own);
    }
  }
  const before = performance.now();
  for (let i = 0; i < 2_000; i++) {
    expect(opens(`other ${i}`, sink())).toBe(true);
    mailboxes.closed(sinks[sinks.length - 1 - i] as Sink);
  }
  // Where each looked through all of them it took a minute.
  expect(performance.now() - before).toBeLessThan(5_000);
});

test("[DS25] a mailbox takes nothing once its ten minutes are over, though nobody has swept it yet", () => {
  const mailboxes = new Mailboxes(limits);
  expect(mailboxes.add(address(1), sink(), "home", 0)).toBe(true);
  expect(mailboxes.find(address(1), 10 * minuteMs - 1)).toBeDefined();
  expect(mailboxes.find(address(1), 10 * minuteMs)).toBeUndefined();
});

test("[DS25] [DS125] a connection, its place and all together open as many as the operator says", async () => {
  const home = new TestServer({ config: { rendezvousMax: { connection: 2, prefix: 3, all: 4 } } });
  let made = 0;
  const opens = (client: Client) => {
    const opening = client.call("rendezvous", { address: address(made++) });
    return opening.then(
      () => "open",
      () => refusal(opening),
    );
  };
  const [first, second, third] = [
    await home.client("192.0.2.1"),
    await home.client("192.0.2.1"),
    await home.client("192.0.2.2"),
  ];
  expect([await opens(first), await opens(first), await opens(first)]).toEqual(["open", "open", "rate-limited"]);
  expect([await opens(second), await opens(second)]).toEqual(["open", "rate-limited"]);
  // All four are open then; one of the place that has three makes way (DS204), and no other does.
  expect([await opens(third), await opens(third)]).toEqual(["open", "open"]);
  expect(await opens(await home.client("192.0.2.3"))).toBe("open");
  expect(await opens(await home.client("192.0.2.3"))).toBe("rate-limited");
});
