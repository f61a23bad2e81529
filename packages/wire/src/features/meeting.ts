/**
 * Meeting (docs/spec/homes.md HM80–HM82): a board at a server, on which people whose home is gone leave each other
 * slips that say where they went.
 */
import { type Bytes, concat, unlessMalformed, utf8 } from "../bytes.ts";
import { call, nothing } from "../call.ts";
import type { Address, Capability } from "../ids.ts";
import { limits } from "../limits.ts";
import { blob, decodeAs, encodeAs, fixed, line, list, struct, uint } from "../schema.ts";
import { serverNameBytesMax } from "../server-name.ts";

export const meetingLimits = {
  /** Meeting places that one home names. */
  placesMax: 3,
  /** Characters of the invite of a reserve that a home offers. */
  inviteMax: 1_024,
  tagBytes: 16,
  /** The key of a box, behind its first byte (DS8). */
  encBytes: 32,
  /** What is sealed in every box, whatever it holds. */
  plainBytes: 2_044,
  boxBytesMax: 2_304,
  /** Entries of a device list in one box. */
  entriesMax: 16,
  /** Slips of one page. */
  slipsMax: 64,
  /** Slips stay for the week in which they came and so many more. */
  weeksMore: 2,
  /** Pages of a week that are read at one board. */
  pagesMax: 256,
} as const;

const weekMs = 7 * 86_400_000;

/** Weeks since 1970: by these a board is read, so that a reader shows it no number of its own. */
export function weekOf(nowMs: number): number {
  return Math.floor(nowMs / weekMs);
}

/**
 * What leads to the tags of slips for one leaf. A server may know the address and the capability, from a key package,
 * and reckons the id of a chat of two; the id of the MLS group, which is chance, it never learns.
 */
export function slipKey(
  sha256: (data: Bytes) => Bytes,
  leaf: { readonly group: Bytes; readonly address: Address; readonly claimCap: Capability },
): Bytes {
  return sha256(concat(utf8("yanshu slip v1\0"), leaf.group, leaf.address, leaf.claimCap));
}

/** By what a device finds a slip for one of its leaves. No two slips have one tag, for no two boxes share their key. */
export function slipTag(sha256: (data: Bytes) => Bytes, key: Bytes, box: Bytes): Bytes {
  return sha256(concat(key, box.subarray(1, 1 + meetingLimits.encBytes))).slice(0, meetingLimits.tagBytes);
}

const tag = fixed(meetingLimits.tagBytes);
const box = blob(meetingLimits.boxBytesMax);

const content = struct({
  record: blob(limits.homeRecordBytesMax),
  entries: list(blob(limits.entryBytesMax), meetingLimits.entriesMax),
});

/**
 * What a box holds: a home record, and as many of the newest entries of the device list as have room: who reads it may
 * not know of the entry that the record names.
 */
export function encodeSlip(record: Bytes, entries: readonly Bytes[]): Bytes {
  let bytes = encodeAs(content, { record, entries: [] });
  for (let count = 1; count <= Math.min(entries.length, meetingLimits.entriesMax); count++) {
    const more = encodeAs(content, { record, entries: entries.slice(-count) });
    if (more.length > meetingLimits.plainBytes - 2) break;
    bytes = more;
  }
  const plain = new Uint8Array(meetingLimits.plainBytes);
  plain.set([bytes.length >> 8, bytes.length & 0xff]);
  plain.set(bytes, 2);
  return plain;
}

export function decodeSlip(plain: Bytes): { readonly record: Bytes; readonly entries: readonly Bytes[] } | undefined {
  if (plain.length !== meetingLimits.plainBytes) return undefined;
  const length = ((plain[0] ?? 0) << 8) | (plain[1] ?? 0);
  return unlessMalformed(() => decodeAs(content, plain.slice(2, 2 + length), meetingLimits.plainBytes));
}

export const meeting = {
  /** Other servers at which people of this home look for each other once it is gone, as its operator names them. */
  meetingPlaces: call("any", nothing, struct({ places: list(line(serverNameBytesMax), meetingLimits.placesMax) })),
  /** An invite of another home, which the operator offers as a reserve; none where none was named. */
  reserveOffered: call("any", nothing, struct({ links: list(line(meetingLimits.inviteMax), 1) })),
  /** An invite of the home to which this one goes, as its operator says; none where it stays. */
  homeMoves: call("any", nothing, struct({ links: list(line(meetingLimits.inviteMax), 1) })),
  /** Lays a slip on the board. The same one again changes nothing. */
  putSlip: call("anonymous", struct({ tag, box }), nothing),
  /** Slips that came in that week, in their order: a page of `slipsMax`, the last one with fewer. */
  readSlips: call(
    "anonymous",
    struct({ week: uint(0xffff), page: uint(0xffff) }),
    struct({ slips: list(struct({ tag, box }), meetingLimits.slipsMax) }),
  ),
} as const;
