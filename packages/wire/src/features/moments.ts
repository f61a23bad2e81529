/**
 * Moments: the calls of holes, in which home stores Moments (docs/spec/moments.md HO1–HO7). A hole is a small encrypted
 * value whose name is derived from a secret. The secret is needed to put, overwrite and clear it; the name is needed to
 * read it. The calls name no account, and use a new connection for each round.
 */
import { type Bytes, concat, MalformedError, utf8 } from "../bytes.ts";
import { call, hash, nothing } from "../call.ts";
import { blob, fixed, list, type Schema, struct, uint } from "../schema.ts";
import { uploadToken } from "../upload-tokens.ts";

/** Allowed lengths of a hole's value, in bytes. */
export const holeValueSizes: readonly number[] = [96, 128, 256, 512, 1_024, 2_048, 4_096];

/** Allowed lifetimes of a hole in days, not counting the day of the put. */
export const holeDays = [2, 4, 30, 180, 400] as const;
export type HoleDays = (typeof holeDays)[number];

export const holeLimits = {
  secretBytes: 32,
  nameBytes: 16,
  /** `lookHoles` asks for this many first bytes of a name. */
  startBytes: 6,
  valueBytesMax: 4_096,
  putMax: 6_144,
  startsMax: 16_384,
  namesMax: 1_024,
  clearMax: 6_144,
  /** Bytes of secrets and values that one upload token pays for: for up to 30 days, and for longer (HO3). */
  bytesPerToken: 64 << 10,
  bytesPerTokenLong: 16 << 10,
  tokensMax: 64,
  /** Of all values of one result; the client asks for the other names again. */
  answerBytesMax: 512 << 10,
} as const;

const secret = fixed(holeLimits.secretBytes);
const value: Schema<Bytes> = {
  check: (checked, path) => {
    // @checks HO1
    if (!(checked instanceof Uint8Array && holeValueSizes.includes(checked.length)))
      throw new MalformedError(`${path}: not ${holeValueSizes.join(", ")} bytes`);
    return checked;
  },
};
const days: Schema<HoleDays> = {
  check: (checked, path) => {
    const found = holeDays.find((some) => some === checked);
    if (found === undefined) throw new MalformedError(`${path}: not ${holeDays.join(", ")} days`);
    return found;
  },
};

/** Concatenated byte strings of `length` bytes each: at least one, at most `max`. */
function packed(length: number, max: number): Schema<Bytes> {
  return {
    check: (checked, path) => {
      // @checks HO2
      const isPacked = checked instanceof Uint8Array && checked.length > 0 && checked.length % length === 0;
      // @checks HO2
      if (!isPacked || checked.length > length * max)
        throw new MalformedError(`${path}: not 1 to ${max} times ${length} bytes`);
      return checked;
    },
  };
}

/** `was`: SHA-256 of the value to overwrite. */
const hole = struct({ secret, value }, { was: hash });
export type Hole = { readonly secret: Bytes; readonly value: Bytes; readonly was?: Bytes };

/** The input of SHA-256, of which the first 16 bytes are the hole's name. @param of the hole's secret */
export function holeNameBytes(of: Bytes): Bytes {
  return concat(utf8("yanshu hole v1\0"), of);
}

/** Upload tokens for a put: one per started 64 KiB of secrets and values, or per 16 KiB for more than 30 days. */
export function holeTokens(holes: readonly Pick<Hole, "value">[], forDays: HoleDays): number {
  const bytes = holes.reduce((sum, one) => sum + holeLimits.secretBytes + one.value.length, 0);
  return Math.ceil(bytes / (isLongHole(forDays) ? holeLimits.bytesPerTokenLong : holeLimits.bytesPerToken));
}

/** Whether a hole is for more than 30 days: it costs more, and may not use the reserve for short ones (HO3, HO9). */
export function isLongHole(forDays: HoleDays): boolean {
  return forDays > 30;
}

/** Names as `readHoles` takes them, or their first bytes as `lookHoles` does (`length` 6). */
export function packNames(names: readonly Bytes[], length: number = holeLimits.nameBytes): Bytes {
  return concat(...names.map((name) => name.subarray(0, length)));
}

/** Whether a hole exists for the name at index `at`, by the result of `lookHoles`. */
export function isHoleAt(found: Bytes, at: number): boolean {
  return (((found[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}

export const moments = {
  /**
   * Puts all holes or none. `taken`: ascending indexes of holes that exist with other bytes; if there are any, nothing
   * was put and no token spent. Putting the same bytes again is safe. `was` overwrites the value with that hash.
   */
  putHoles: call(
    "anonymous",
    struct({ tokens: list(uploadToken, holeLimits.tokensMax), days, holes: list(hole, holeLimits.putMax) }),
    struct({ taken: list(uint(holeLimits.putMax - 1), holeLimits.putMax) }),
  ),
  /** `starts`: the first six bytes of names. `found`: one bit for each, from the lowest bit of the first byte on. */
  lookHoles: call(
    "anonymous",
    struct({ starts: packed(holeLimits.startBytes, holeLimits.startsMax) }),
    struct({ found: blob(holeLimits.startsMax / 8) }),
  ),
  /**
   * `values`: in the order of the names; empty where no hole exists. At most 512 KiB: the client asks for the names
   * beyond that again.
   */
  readHoles: call(
    "anonymous",
    struct({ names: packed(holeLimits.nameBytes, holeLimits.namesMax) }),
    struct({ values: list(blob(holeLimits.valueBytesMax), holeLimits.namesMax) }),
  ),
  /** Clears the holes of these secrets. A hole that does not exist is no error. */
  clearHoles: call("anonymous", struct({ secrets: packed(holeLimits.secretBytes, holeLimits.clearMax) }), nothing),
} as const;
