/** Upload tokens: what one draws is worth something, and only under the key that everybody is shown. */
import { expect, test } from "bun:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { blindToken, evaluateTokens, finishTokens, isToken, uploadTokenKey } from "./upload-tokens.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const seed = new Uint8Array(32).fill(9);

test("[ME3] a token that was drawn blinded is taken, and nothing of it was seen when it was drawn", () => {
  const key = uploadTokenKey(seed, 7);
  const blinded = [blindToken(random), blindToken(random)];
  const answer = evaluateTokens(
    key,
    blinded.map((token) => token.blinded),
    random,
  );
  const outputs = finishTokens(key.publicKey, blinded, answer) ?? [];
  expect(outputs).toHaveLength(2);
  for (const [place, { input }] of blinded.entries())
    expect(isToken(key, input, outputs[place] as Uint8Array)).toBeTrue();
  expect(isToken(key, blinded[0]?.input as Uint8Array, outputs[1] as Uint8Array)).toBeFalse();
  expect(isToken(uploadTokenKey(seed, 8), blinded[0]?.input as Uint8Array, outputs[0] as Uint8Array)).toBeFalse();
  // The same input, drawn again, looks different: the server cannot recognise what it sees later.
  expect(
    blindToken((length) => (length === 32 ? (blinded[0]?.input as Uint8Array) : random(length))).blinded,
  ).not.toEqual(blinded[0]?.blinded as Uint8Array);
});

test("[ME3] a server that signs with another key for somebody is found out", () => {
  const shown = uploadTokenKey(seed, 7);
  const tagged = uploadTokenKey(new Uint8Array(32).fill(8), 7);
  const token = blindToken(random);
  expect(finishTokens(shown.publicKey, [token], evaluateTokens(tagged, [token.blinded], random))).toBeUndefined();
});

test("[ME3] an answer for more tokens than were asked for, or fewer, is none", () => {
  const key = uploadTokenKey(seed, 7);
  const tokens = [blindToken(random), blindToken(random)];
  const answer = evaluateTokens(
    key,
    tokens.map(({ blinded }) => blinded),
    random,
  );
  const [first, second] = answer.evaluated as [Uint8Array, Uint8Array];
  expect(finishTokens(key.publicKey, tokens, answer)).toHaveLength(2);
  expect(finishTokens(key.publicKey, tokens, { ...answer, evaluated: [first, second, first] })).toBeUndefined();
  expect(finishTokens(key.publicKey, tokens, { ...answer, evaluated: [first] })).toBeUndefined();
});

test("[DS243] a home's key is derived without a table of thousands of points", () => {
  const { BASE } = ed25519.Point;
  BASE.precompute(8); // As it is where no home is.
  const points = Object.getPrototypeOf(BASE) as { add: (other: unknown) => unknown };
  const { add } = points;
  let additions = 0;
  points.add = function (other) {
    additions++;
    return add.call(this, other);
  };
  try {
    uploadTokenKey(new Uint8Array(32).fill(1), 7);
  } finally {
    points.add = add;
  }
  expect(additions).toBeGreaterThan(0);
  expect(additions).toBeLessThan(1_500);
});
