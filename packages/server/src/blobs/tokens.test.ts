/** Upload tokens that are shown: which of them are computed on, and how many wait for that. */
import { expect, test } from "bun:test";
import { blindToken, evaluateTokens, finishTokens, type UploadToken, uploadTokenKey } from "@yanshu/wire";
import { ManualClock } from "../testkit/clock.ts";
import { TokenDesk } from "./tokens.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const key = uploadTokenKey(random(32), 1);

function good(count: number): readonly UploadToken[] {
  const blinded = Array.from({ length: count }, () => blindToken(random));
  const signed = evaluateTokens(
    key,
    blinded.map((one) => one.blinded),
    random,
  );
  const outputs = finishTokens(key.publicKey, blinded, signed) ?? [];
  return blinded.map(({ input }, at) => ({ epoch: 1, input, output: outputs[at] ?? new Uint8Array() }));
}
const forged = (): UploadToken => ({ epoch: 1, input: random(32), output: random(64) });

/** @param wrongMax of a place in a minute. */
function desk(wrongMax: number, pause: () => Promise<void> = async () => undefined) {
  const ports = { clock: new ManualClock(), keyOf: () => key, pause };
  const made = new TokenDesk({ isSpent: () => false }, ports, { wrongTokensPerMinute: { prefix: wrongMax } });
  return async (...tokens: readonly UploadToken[]) => {
    const outcome = await made.check(tokens, "town");
    return outcome.ok ? "ok" : outcome.code;
  };
}

test("[ME3] [DS131] a token that was good is computed on once, and is not proof of another with its name", async () => {
  let computed = 0;
  const check = desk(60, async () => void computed++);
  const [one, two] = good(2) as [UploadToken, UploadToken];
  expect(await check(one)).toBe("ok");
  expect(await check(one, two)).toBe("ok");
  expect(computed).toBe(2);
  expect(await check({ ...one, output: two.output })).toBe("bad-token");
});

test("[ME3] [DS131] of tokens that come at once no more are computed on than may be wrong, and then none, be it good", async () => {
  const check = desk(2);
  const [one] = good(1) as [UploadToken];
  expect(await check(one)).toBe("ok");
  const answers = await Promise.all(Array.from({ length: 5 }, () => check(forged())));
  expect(answers).toEqual(["bad-token", "bad-token", "rate-limited", "rate-limited", "rate-limited"]);
  expect(await check(one)).toBe("rate-limited");
});

test("[ME3] [DS131] sixty-four wishes wait to be looked at, and no more", async () => {
  const { promise: served, resolve: serve } = Promise.withResolvers<void>();
  const check = desk(1, () => served);
  const waiting = [check(...good(1)), ...Array.from({ length: 63 }, () => check(forged()))];
  expect(await check(forged())).toBe("rate-limited");
  serve();
  expect((await Promise.all(waiting)).slice(0, 3)).toEqual(["ok", "bad-token", "rate-limited"]);
});
