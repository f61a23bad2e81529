/** What a slip holds, and by what it is found. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Address, Capability } from "../ids.ts";
import { limits } from "../limits.ts";
import { decodeSlip, encodeSlip, meetingLimits, slipKey, slipTag, weekOf } from "./meeting.ts";

const filled = (value: number, length: number) => new Uint8Array(length).fill(value);
const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
const { plainBytes, entriesMax, tagBytes } = meetingLimits;

test("[HM82] a slip has one length, and as many of the newest entries as have room", () => {
  const record = filled(1, limits.homeRecordBytesMax);
  const entries = Array.from({ length: 9 }, (_, n) => filled(n, 400));
  const plain = encodeSlip(record, entries);
  expect(plain).toHaveLength(plainBytes);
  expect(decodeSlip(plain)).toEqual({ record, entries: entries.slice(-3) });
  expect(decodeSlip(encodeSlip(filled(1, 200), []))).toEqual({ record: filled(1, 200), entries: [] });
  const many = Array.from({ length: 40 }, (_, n) => filled(n, 10));
  expect(decodeSlip(encodeSlip(record, many))?.entries).toEqual(many.slice(-entriesMax));
  // One that has no room leaves none behind it: they are taken in their order, without a gap.
  expect(decodeSlip(encodeSlip(record, [filled(1, 10), filled(2, limits.entryBytesMax)]))?.entries).toEqual([]);
});

test("[HM82] what is no slip is read as none", () => {
  const plain = encodeSlip(filled(1, 200), [filled(2, 300)]);
  expect(decodeSlip(plain.subarray(1))).toBeUndefined();
  expect(decodeSlip(new Uint8Array(plainBytes))).toBeUndefined();
  const longer = plain.slice();
  longer.set([0xff, 0xff]);
  expect(decodeSlip(longer)).toBeUndefined();
});

test("[HM82] two slips for one leaf have two tags, and one leaf in two groups two keys", () => {
  const leaf = {
    group: filled(1, 32),
    address: filled(2, 16) as Address,
    claimCap: filled(3, 16) as Capability,
  };
  const key = slipKey(sha256, leaf);
  const tags = [4, 5].map((n) => slipTag(sha256, key, filled(n, 2_097)));
  expect(tags.map((tag) => tag.length)).toEqual([tagBytes, tagBytes]);
  expect(tags[0]).not.toEqual(tags[1] as Uint8Array<ArrayBuffer>);
  for (const other of [{ group: filled(9, 32) }, { address: filled(9, 16) }, { claimCap: filled(9, 16) }])
    expect(slipKey(sha256, { ...leaf, ...other } as typeof leaf)).not.toEqual(key);
  expect(weekOf(7 * 86_400_000)).toBe(1);
});
