/** Upload tokens are looked at in turn by place. */
import { expect, test } from "bun:test";
import { toHex, uploadTokenBytes, uploadTokenKey } from "@yanshu/wire";
import { ManualClock } from "../testkit/clock.ts";
import { TokenDesk } from "./tokens.ts";

test("[DS203] a place that shows many tokens waits for itself, and keeps nobody else from storing a file", async () => {
  const key = uploadTokenKey(new Uint8Array(32), 0);
  const looked: string[] = [];
  const ports = {
    clock: new ManualClock(),
    // Asked twice of each: at once, and when it is looked at.
    keyOf: () => key,
  };
  const desk = new TokenDesk({ isSpent: () => false }, ports, { wrongTokensPerMinute: { prefix: 1_000 } });
  let number = 0;
  const show = (prefix: string) => {
    const input = new Uint8Array(uploadTokenBytes.input);
    new DataView(input.buffer).setUint32(0, ++number);
    const token = { epoch: 0, input, output: new Uint8Array(uploadTokenBytes.output) };
    return desk.check([token], prefix).then((outcome) => {
      looked.push(`${prefix} ${outcome.ok ? "ok" : outcome.code}`);
      return toHex(input);
    });
  };
  const flood = Array.from({ length: 70 }, () => show("flood"));
  const home = [show("home"), show("home")];
  await Promise.all(home);
  // Beside the one at work 64 wait: the rest was refused at once. Both of home had their turn after one of the flood's each.
  expect(looked.filter((one) => one === "flood rate-limited").length).toBe(5);
  expect(looked.filter((one) => one === "home bad-token").length).toBe(2);
  expect(looked.filter((one) => one === "flood bad-token").length).toBeLessThan(5);
  await Promise.all(flood);
  expect(looked.filter((one) => one === "flood bad-token").length).toBe(65);
});
