/** Tokens are checked by X25519 of the runtime as RFC 9497 says it in the ristretto group. */
import { expect, test } from "bun:test";
import { blindToken, evaluateTokens, finishTokens, isToken, type UploadToken, uploadTokenKey } from "@yanshu/wire";
import { isTokenOf } from "./x25519.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** What an account draws under a key, three at once. */
function drawn(key: ReturnType<typeof uploadTokenKey>): readonly Pick<UploadToken, "input" | "output">[] {
  const blinded = Array.from({ length: 3 }, () => blindToken(random));
  const answer = evaluateTokens(
    key,
    blinded.map((one) => one.blinded),
    random,
  );
  const outputs = finishTokens(key.publicKey, blinded, answer) ?? [];
  return blinded.map(({ input }, at) => ({ input, output: outputs[at] ?? new Uint8Array() }));
}

test("[MO69] a token of any key is taken as RFC 9497 takes it, and another is not", () => {
  for (let round = 0; round < 4; round++) {
    const key = uploadTokenKey(random(32), round);
    const tokens = drawn(key);
    for (const [at, { input, output }] of tokens.entries()) {
      expect(isTokenOf(key, input, output)).toBe(true);
      const other = tokens[(at + 1) % tokens.length]?.output ?? output;
      expect([isTokenOf(key, input, other), isToken(key, input, other)]).toEqual([false, false]);
      const changed = Uint8Array.from(output, (byte, place) => (place === at ? byte ^ 1 : byte));
      expect(isTokenOf(key, input, changed)).toBe(false);
    }
    const next = uploadTokenKey(random(32), round);
    expect(isTokenOf(next, tokens[0]?.input ?? random(32), tokens[0]?.output ?? random(64))).toBe(false);
  }
});
