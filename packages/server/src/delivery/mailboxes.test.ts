/** Rendezvous mailboxes: how long one is open, and how many are. */
import { expect, test } from "bun:test";
import { limits } from "@yanshu/wire";
import type { Sink } from "../core/ports.ts";
import { minuteMs } from "../core/rate.ts";
import { Mailboxes } from "./mailboxes.ts";

const endsMs = limits.rendezvousMinutes * minuteMs;
const sink = (): Sink => ({
  send: () => undefined,
  close: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
});

function addressOf(n: number): Uint8Array {
  const address = new Uint8Array(16);
  new DataView(address.buffer).setUint32(0, n);
  return address;
}

test("[DS25] a mailbox is found until its ten minutes are over, and not at their end", () => {
  const mailboxes = new Mailboxes();
  const mine = sink();
  expect(mailboxes.add(addressOf(1), mine, undefined, 0)).toBe(true);
  expect(mailboxes.find(addressOf(1), endsMs - 1)).toBe(mine);
  expect(mailboxes.find(addressOf(1), endsMs)).toBeUndefined();
});

test("[DS25] ten thousand are open at once and no more; those that are over make room", () => {
  const mailboxes = new Mailboxes();
  const sinks = Array.from({ length: 2_500 }, sink);
  for (const [i, one] of sinks.entries())
    for (let n = 0; n < 4; n++) mailboxes.add(addressOf(4 * i + n), one, undefined, i === 0 ? 0 : 1);
  expect(mailboxes.add(addressOf(20_000), sink(), undefined, 2)).toBe(false);
  expect(mailboxes.add(addressOf(20_000), sink(), undefined, endsMs)).toBe(true);
});
