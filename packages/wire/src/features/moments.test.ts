/** Holes on the wire: sizes, days and places are what they are said to be, and what is not is named. */
import { expect, test } from "bun:test";
import { calls } from "../calls.ts";
import { decodeClientFrame, encodeCall } from "../frames.ts";
import { limits } from "../limits.ts";
import { holeDays, holeLimits, holeTokens, holeValueSizes, isHoleAt, packNames } from "./moments.ts";

const filled = (length: number) => new Uint8Array(length).fill(7);
const hole = { secret: filled(32), value: filled(96) };
const token = { epoch: 1, input: filled(32), output: filled(64) };

test("[HO1] a value has one of seven lengths, and a secret 32 bytes; what is wrong is named by its place", () => {
  for (let length = 0; length <= 4_200; length++) {
    const put = () =>
      calls.putHoles.args.check({ tokens: [], days: 30, holes: [{ ...hole, value: filled(length) }] }, "args");
    if (holeValueSizes.includes(length)) put();
    else expect(put).toThrow("args.holes[0].value: not 96, 128, 256, 512, 1024, 2048, 4096 bytes");
  }
  expect(() =>
    calls.putHoles.args.check({ tokens: [], days: 30, holes: [{ ...hole, secret: filled(31) }] }, "args"),
  ).toThrow("args.holes[0].secret: not 32 bytes");
});

test("[HO2] an answer of home with a value longer than any is malformed", () => {
  const read = (length: number) => calls.readHoles.result.check({ values: [filled(96), filled(length)] }, "result");
  for (const length of [0, 96, 4_096]) read(length);
  for (const length of [4_097, 1 << 19]) expect(() => read(length)).toThrow("result.values[1]");
});

test("[HO2] days are of five, and each list has its cap", () => {
  for (const days of [0, 1, 2, 3, 4, 29, 30, 31, 180, 399, 400, 401, "30", undefined]) {
    const put = () => calls.putHoles.args.check({ tokens: [], days, holes: [hole] }, "args");
    if (holeDays.some((some) => some === days)) put();
    else expect(put).toThrow("args.days: not 2, 4, 30, 180, 400 days");
  }
  const { putMax, startsMax, namesMax, clearMax, tokensMax } = holeLimits;
  const holes = Array.from({ length: putMax + 1 }, () => hole);
  expect(() => calls.putHoles.args.check({ tokens: [], days: 30, holes }, "args")).toThrow("args.holes");
  const tokens = Array.from({ length: tokensMax + 1 }, () => token);
  expect(() => calls.putHoles.args.check({ tokens, days: 30, holes: [hole] }, "args")).toThrow("args.tokens");
  for (const [check, length, most, name] of [
    [(bytes: Uint8Array) => calls.lookHoles.args.check({ starts: bytes }, "args"), 6, startsMax, "starts"],
    [(bytes: Uint8Array) => calls.readHoles.args.check({ names: bytes }, "args"), 16, namesMax, "names"],
    [(bytes: Uint8Array) => calls.clearHoles.args.check({ secrets: bytes }, "args"), 32, clearMax, "secrets"],
  ] as const) {
    check(filled(length));
    check(filled(length * most));
    for (const wrong of [0, length - 1, length + 1, length * (most + 1)])
      expect(() => check(filled(wrong))).toThrow(`args.${name}: not 1 to ${most} times ${length} bytes`);
  }
});

test("[HO2] the largest put of cells fits a frame with its tokens", () => {
  const holes = Array.from({ length: holeLimits.putMax }, () => hole);
  const tokens = Array.from({ length: holeTokens(holes, 400) }, () => token);
  const frame = encodeCall(1, "putHoles", { tokens, days: 400, holes });
  expect(frame.length).toBeLessThan(limits.frameBytesMax);
  expect(decodeClientFrame(frame)).toMatchObject({ name: "putHoles" });
});

test("[HO2] names go one behind the other, and what was found is a bit for each", () => {
  const names = Array.from({ length: 20 }, (_, i) => new Uint8Array(16).fill(i));
  expect(packNames(names).length).toBe(320);
  expect([...packNames(names, holeLimits.startBytes).subarray(6, 12)]).toEqual([1, 1, 1, 1, 1, 1]);
  const found = Uint8Array.of(0b0000_0101, 0b1000_0000, 0b0000_0001);
  expect(names.flatMap((_, i) => (isHoleAt(found, i) ? [i] : []))).toEqual([0, 2, 15, 16]);
  expect(isHoleAt(found, 24)).toBe(false);
});
