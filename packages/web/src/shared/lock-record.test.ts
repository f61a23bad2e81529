/** The lock's record, as versions of before and after wrote it; and how long one waits after wrong tries. */
import { expect, test } from "bun:test";
import { decodeLock, encodeLock, type LockRecord, waitMsOf } from "./lock-record.ts";

const first: LockRecord = {
  version: 1,
  salt: Uint8Array.of(1, 2, 3),
  logN: 17,
  wrap: Uint8Array.of(4, 5, 6),
  asks: "words",
  afterMs: 60_000,
  wrong: 2,
  wrongMs: 1_000_000,
};
const both: LockRecord = {
  ...first,
  passkey: { id: "8mKx_w-1", salt: Uint8Array.of(7, 8), wrap: Uint8Array.of(9, 0, 255) },
};

test("[ST34] a record comes back as it was written, with a second way in and without", () => {
  for (const record of [first, both]) expect(decodeLock(encodeLock(record))).toEqual(record);
  expect(encodeLock(first)).not.toContain("passkey");
});

test("[ST34] a record of before opens, and an app of before keeps what it does not know of a newer one", () => {
  const before =
    '{"version":1,"asks":"words","afterMs":60000,"wrong":2,"wrongMs":1000000,"logN":17,"salt":[1,2,3],"wrap":[4,5,6]}';
  expect(decodeLock(before)).toEqual(first);
  const { salt, wrap, ...rest } = JSON.parse(encodeLock(both));
  expect(decodeLock(JSON.stringify({ ...rest, wrong: 3, salt, wrap }))).toEqual({ ...both, wrong: 3 });
});

test("[ST34] a second way in that is not whole is none, and the first stays", () => {
  const { passkey } = JSON.parse(encodeLock(both));
  const broken = [null, 7, "passkey", [], {}, { ...passkey, id: "" }, { ...passkey, id: 1 }];
  const cut = [
    { ...passkey, salt: "AA" },
    { ...passkey, wrap: undefined },
  ];
  for (const other of [...broken, ...cut])
    expect(decodeLock(JSON.stringify({ ...JSON.parse(encodeLock(first)), passkey: other }))).toEqual(first);
});

test("[ST33] a record that was cut off is a fault, and not a store without a lock", () => {
  const text = encodeLock(both);
  for (let length = 0; length < text.length; length++)
    expect(() => decodeLock(text.slice(0, length))).toThrow(SyntaxError);
});

test("[ST32] five wrong ones are free; then one waits half a minute, twice as long each time, an hour at most", () => {
  const wait = (wrong: number, sinceMs: number) => waitMsOf({ wrong, wrongMs: 1_000_000 }, 1_000_000 + sinceMs);
  expect([0, 4].map((wrong) => wait(wrong, 0))).toEqual([0, 0]);
  expect([5, 6, 7].map((wrong) => wait(wrong, 0))).toEqual([30_000, 60_000, 120_000]);
  expect(wait(30, 0)).toBe(3_600_000);
  expect(wait(5, 10_000)).toBe(20_000);
  expect(wait(5, 30_001)).toBe(0);
  expect(wait(5, -900_000)).toBe(30_000); // The clock was set back.
});
