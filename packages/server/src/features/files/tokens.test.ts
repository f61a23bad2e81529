/** Upload tokens are looked at in turn by place. */
import { expect, test } from "bun:test";
import { type UploadTokenKey, uploadTokenBytes, uploadTokenKey } from "@yanshu/wire";
import { ManualClock } from "../../testkit/clock.ts";
import { TokenDesk } from "./tokens.ts";

const key = uploadTokenKey(new Uint8Array(32), 0);

/** A desk, and people who show it wrong tokens, each a new one of an epoch of its own. */
function desk(keyOf: (epoch: number) => UploadTokenKey | undefined) {
  const ports = { clock: new ManualClock(), keyOf };
  const made = new TokenDesk({ isSpent: () => false }, ports, { wrongTokensPerMinute: { prefix: 1_000 } });
  let number = 0;
  return (prefix: string) => {
    const input = new Uint8Array(uploadTokenBytes.input);
    new DataView(input.buffer).setUint32(0, ++number);
    return made.check([{ epoch: number, input, output: new Uint8Array(uploadTokenBytes.output) }], prefix);
  };
}

test("[DS203] a place that shows many tokens waits for itself, and keeps nobody else from storing a file", async () => {
  const looked: string[] = [];
  const wrong = desk(() => key);
  const show = async (prefix: string) => {
    const outcome = await wrong(prefix);
    looked.push(`${prefix} ${outcome.ok ? "ok" : outcome.code}`);
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

test("[DS203] however many places fill the desk, one that waits with fewer is looked at, and the newest of the fullest waits", async () => {
  // Asked twice of each: at once, and when it is looked at; by then its epoch is over, which costs nothing to find out.
  const shown = new Set<number>();
  const show = desk((epoch) => {
    if (shown.has(epoch)) return undefined;
    shown.add(epoch);
    return key;
  });
  const codes = async (asked: Awaited<ReturnType<typeof show>>[]) => asked.map((one) => (one.ok ? "ok" : one.code));
  const flood = Array.from({ length: 17 }, (_, place) => Array.from({ length: 64 }, () => show(`flood ${place}`)));
  const home = [show("home"), show("home")];
  const answers = Promise.all(flood.map(async (place) => codes(await Promise.all(place))));
  expect(await codes(await Promise.all(home))).toEqual(["bad-token", "bad-token"]);
  const ofPlaces = await answers;
  const looked = ofPlaces.flat().filter((code) => code === "bad-token").length;
  expect(looked + home.length).toBe(1 + 1_024); // One was at work already.
  // Nobody lost more than what others had fewer of: each place had as good as the same share.
  const shares = ofPlaces.map((place) => place.filter((code) => code === "bad-token").length);
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2);
  // What made way was the newest of its place.
  for (const place of ofPlaces) expect(place).toEqual(place.toSorted());
});
