/** Upload tokens are looked at in turn by place. */
import { expect, test } from "bun:test";
import {
  blindToken,
  evaluateTokens,
  finishTokens,
  type UploadTokenKey,
  uploadTokenBytes,
  uploadTokenKey,
} from "@yanshu/wire";
import { ManualClock } from "../../testkit/clock.ts";
import { TokenDesk } from "./tokens.ts";

const key = uploadTokenKey(new Uint8Array(32), 0);

/** A desk, and people who show it wrong tokens, each a new one of an epoch of its own. */
function desk(keyOf: (epoch: number) => UploadTokenKey | undefined, wrongMax = 1_000) {
  const ports = { clock: new ManualClock(), keyOf };
  const made = new TokenDesk({ isSpent: () => false }, ports, { wrongTokensPerMinute: { prefix: wrongMax } });
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
  // Beside the one at work 64 wait: the rest was refused at once. Both of home had their turn after one of the flood's
  // each.
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

test("[ME3] a place that showed too many wrong tokens is told so, at once and when its turn comes, and nobody else is", async () => {
  let isOver = false;
  const show = desk(() => (isOver ? undefined : key), 2);
  const codes = (asked: Awaited<ReturnType<typeof show>>[]) => asked.map((one) => (one.ok ? "ok" : one.code));
  const together = await Promise.all([show("home"), show("home"), show("home")]);
  expect(codes(together)).toEqual(["bad-token", "bad-token", "rate-limited"]);
  isOver = true; // Now it is cheap to see that they are wrong.
  expect(codes([await show("home"), await show("other")])).toEqual(["rate-limited", "bad-token"]);
});

test("[ME3] what was proven of one token proves no other of the same name", async () => {
  const clock = new ManualClock();
  let isSpent = false;
  const made = new TokenDesk(
    { isSpent: () => isSpent },
    { clock, keyOf: () => key },
    { wrongTokensPerMinute: { prefix: 9 } },
  );
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const blinded = blindToken(random);
  const [output] = finishTokens(key.publicKey, [blinded], evaluateTokens(key, [blinded.blinded], random)) ?? [];
  if (output === undefined) throw new Error("one was drawn");
  const token = { epoch: 0, input: blinded.input, output };
  expect((await made.check([token], "home")).ok).toBe(true);
  expect((await made.check([token], "home")).ok).toBe(true);
  const other = new Uint8Array(output.length).fill(7);
  expect((await made.check([{ ...token, output: other }], "home")).ok).toBe(false);
  // Nor is it one that counts twice, or once more after it was spent.
  expect(await made.check([token, token], "home")).toEqual({ ok: false, code: "bad-token" });
  isSpent = true;
  expect(await made.check([token], "home")).toEqual({ ok: false, code: "bad-token" });
});

test("[DS225] what waits is counted by its tokens: large wishes of many places leave room for a small one", async () => {
  const ports = { clock: new ManualClock(), keyOf: () => key };
  const made = new TokenDesk({ isSpent: () => false }, ports, { wrongTokensPerMinute: { prefix: 1_000 } });
  let number = 0;
  const show = async (prefix: string, tokens: number) => {
    const named = Array.from({ length: tokens }, () => {
      const input = new Uint8Array(uploadTokenBytes.input);
      new DataView(input.buffer).setUint32(0, ++number);
      return { epoch: 0, input, output: new Uint8Array(uploadTokenBytes.output) };
    });
    const outcome = await made.check(named, prefix);
    return outcome.ok ? "ok" : outcome.code;
  };
  const looked = (codes: readonly string[]) => codes.filter((code) => code === "bad-token").length;
  // Of one place one is at work, and three wait.
  expect(looked(await Promise.all(Array.from({ length: 6 }, () => show("flood", 70))))).toBe(4);
  const flood = Array.from({ length: 100 }, (_, place) => [show(`flood ${place}`, 70), show(`flood ${place}`, 70)]);
  const home = [show("home", 1), show("home", 1)];
  expect(await Promise.all(home)).toEqual(["bad-token", "bad-token"]);
  const answered = await Promise.all(flood.map((wishes) => Promise.all(wishes)));
  expect(looked(answered.flat())).toBe(1 + Math.floor((4_096 - home.length) / 70));
  // Of a place that has most itself the newest is refused: it takes no turn from what waited before it.
  expect(answered.filter((codes) => looked(codes) === 1 && codes[1] === "bad-token")).toEqual([]);
});
