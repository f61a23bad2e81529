/**
 * Moments: the calls of the holes that Moments lie in at home (docs/spec/moments.md HO1–HO7). A hole is a small sealed
 * value under a name that follows from a secret: who shows the secret puts, overwrites and clears it; who knows
 * the name reads it. No account is named: the calls come on a connection of their own, opened anew for each round and
 * each look.
 */
import { type Bytes, concat, MalformedError, utf8 } from "../bytes.ts";
import { call, hash, nothing } from "../call.ts";
import { blob, fixed, list, type Schema, struct, uint } from "../schema.ts";
import { uploadToken } from "../upload-tokens.ts";

/** Whole lengths of a hole's value, in bytes. */
export const holeValueSizes: readonly number[] = [96, 128, 256, 512, 1_024, 2_048, 4_096];

/** For how many days a hole may be put, the day of the put not counted. */
export const holeDays = [2, 4, 30, 180, 400] as const;
export type HoleDays = (typeof holeDays)[number];

export const holeLimits = {
  secretBytes: 32,
  nameBytes: 16,
  /** What a look asks for: the first bytes of a name. */
  startBytes: 6,
  valueBytesMax: 4_096,
  putMax: 6_144,
  startsMax: 16_384,
  namesMax: 1_024,
  clearMax: 6_144,
  /** What one upload token pays for, of secrets and values together, for 30 days at most, and for longer (HO3). */
  bytesPerToken: 64 << 10,
  bytesPerTokenLong: 16 << 10,
  tokensMax: 64,
  /** Values of one answer together; names that come after that are asked for again. */
  answerBytesMax: 512 << 10,
} as const;

const secret = fixed(holeLimits.secretBytes);
const value: Schema<Bytes> = {
  check: (checked, path) => {
    if (checked instanceof Uint8Array && holeValueSizes.includes(checked.length)) return checked;
    throw new MalformedError(`${path}: not ${holeValueSizes.join(", ")} bytes`);
  },
};
const days: Schema<HoleDays> = {
  check: (checked, path) => {
    const found = holeDays.find((some) => some === checked);
    if (found === undefined) throw new MalformedError(`${path}: not ${holeDays.join(", ")} days`);
    return found;
  },
};

/** Byte strings of one length, one behind the other: at least one, at most `max`. */
function packed(length: number, max: number): Schema<Bytes> {
  return {
    check: (checked, path) => {
      const isPacked = checked instanceof Uint8Array && checked.length > 0 && checked.length % length === 0;
      if (isPacked && checked.length <= length * max) return checked;
      throw new MalformedError(`${path}: not 1 to ${max} times ${length} bytes`);
    },
  };
}

/** `was`: SHA-256 of the value that it takes the place of. */
const hole = struct({ secret, value }, { was: hash });
export type Hole = { readonly secret: Bytes; readonly value: Bytes; readonly was?: Bytes };

/** What is hashed: the first 16 bytes of its SHA-256 are the hole's name. */
export function holeNameBytes(of: Bytes): Bytes {
  return concat(utf8("yanshu hole v1\0"), of);
}

/** Upload tokens that a put costs: one for each 64 KiB begun of secrets and values, of 16 KiB for more than 30 days. */
export function holeTokens(holes: readonly Pick<Hole, "value">[], forDays: HoleDays): number {
  const bytes = holes.reduce((sum, one) => sum + holeLimits.secretBytes + one.value.length, 0);
  return Math.ceil(bytes / (isLongHole(forDays) ? holeLimits.bytesPerTokenLong : holeLimits.bytesPerToken));
}

/** Those that stand for long cost more, and leave a reserve to the others (HO3, HO9). */
export function isLongHole(forDays: HoleDays): boolean {
  return forDays > 30;
}

/** Names as `readHoles` takes them, or their first bytes as `lookHoles` does (`length` 6). */
export function packNames(names: readonly Bytes[], length: number = holeLimits.nameBytes): Bytes {
  return concat(...names.map((name) => name.subarray(0, length)));
}

/** Whether something is at the place `at` of what was asked for, by the answer to `lookHoles`. */
export function isHoleAt(found: Bytes, at: number): boolean {
  return (((found[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}

export const moments = {
  /**
   * All of them or none. `taken`: places of those that hold other bytes, in rising order; then nothing was put and no
   * token spent. The same bytes again are no other ones. `was` overwrites the value that it is the hash of.
   */
  putHoles: call(
    "anonymous",
    struct({ tokens: list(uploadToken, holeLimits.tokensMax), days, holes: list(hole, holeLimits.putMax) }),
    struct({ taken: list(uint(holeLimits.putMax - 1), holeLimits.putMax) }),
  ),
  /** `starts`: the first six bytes of names. `found`: a bit for each, the first the lowest of the first byte. */
  lookHoles: call(
    "anonymous",
    struct({ starts: packed(holeLimits.startBytes, holeLimits.startsMax) }),
    struct({ found: blob(holeLimits.startsMax / 8) }),
  ),
  /**
   * `values`: of the names in their order, of 0 bytes where nothing is. As many as 512 KiB hold: the other names are
   * asked for again.
   */
  readHoles: call(
    "anonymous",
    struct({ names: packed(holeLimits.nameBytes, holeLimits.namesMax) }),
    struct({ values: list(blob(holeLimits.valueBytesMax), holeLimits.namesMax) }),
  ),
  /** `secrets`: of the holes that go. One that is not there is no error. */
  clearHoles: call("anonymous", struct({ secrets: packed(holeLimits.secretBytes, holeLimits.clearMax) }), nothing),
} as const;
