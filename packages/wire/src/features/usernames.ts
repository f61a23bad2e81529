/**
 * Usernames (handles): a name by which a person may be found (docs/spec/identity.md ID28). Home never learns the name.
 * It holds a tag, which is slow to compute from the name, and a record that is encrypted with the other half of the
 * same computation.
 */
import { type Bytes, concat, unlessMalformed, utf8 } from "../bytes.ts";
import { call, nothing } from "../call.ts";
import { type AccountId, type Capability, idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { decodeAs, encodeAs, fixed, type Infer, line, list, struct } from "../schema.ts";
import { uploadToken } from "../upload-tokens.ts";

/** Cost of scrypt (RFC 7914): 32 MiB and a good part of a second for each guessed name. */
export const usernameCost = { n: 1 << 15, r: 8, p: 1, bytes: 64 } as const;

const usernamePattern = /^[a-z][a-z0-9._-]{3,31}$/;
/** A host, with or without a port. It has no slash, so a link that begins like a handle does not match. */
const serverPattern = /^[^\s/?#]+$/;

/**
 * Parses what a person typed, `@name` or `name:server`; full-width characters are read as ASCII. Returns undefined for
 * an invalid name. @checks ID28
 */
export function readUsername(typed: string): { readonly handle: string; readonly server?: string } | undefined {
  if (typed.length > limits.domainBytesMax) return undefined;
  const folded = typed.trim().normalize("NFKC").replace(/^@/, "").toLowerCase();
  const colon = folded.indexOf(":");
  const handle = colon === -1 ? folded : folded.slice(0, colon);
  if (!usernamePattern.test(handle)) return undefined;
  if (colon === -1) return { handle };
  const server = folded.slice(colon + 1);
  return serverPattern.test(server) ? { handle, server } : undefined;
}

/** The salt for scrypt: the same name has different tags at different homes. */
export function usernameSalt(server: string): Bytes {
  return utf8(`yanshu handle v1\0${server}`);
}

/** Splits scrypt's 64 bytes into the tag and the record's key (AES-256-GCM with the tag as associated data). */
export function usernameParts(stretched: Bytes): { readonly tag: Bytes; readonly key: Bytes } {
  return { tag: stretched.slice(0, 32), key: stretched.slice(32, 64) };
}

const record = struct({
  account: fixed<AccountId>(idBytes.account),
  capability: fixed<Capability>(idBytes.capability),
  name: line(64),
});
/** The account that a name leads to. */
export type UsernameRecord = Infer<typeof record>;

const recordBytes = limits.handleRecordBytes - 12 - 16;

/** Encodes and pads a record, so that all have one length. */
export function encodeUsernameRecord(value: UsernameRecord): Bytes {
  const body = encodeAs(record, value);
  return concat(
    Uint8Array.of(body.length >> 8, body.length & 255),
    body,
    new Uint8Array(recordBytes - 2 - body.length),
  );
}

/** Returns undefined if the bytes are no record. @checks ID28 */
export function decodeUsernameRecord(bytes: Bytes): UsernameRecord | undefined {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (bytes.length !== recordBytes || bytes.subarray(2 + length).some((byte) => byte !== 0)) return undefined;
  return unlessMalformed(() => decodeAs(record, bytes.subarray(2, 2 + length), recordBytes));
}

const usernameTag = fixed(idBytes.hash);
const usernameRecord = fixed(limits.handleRecordBytes);

export const usernames = {
  /**
   * Sets this account's only handle, or removes it if `handle` is absent. Without a record the handle is reserved, but
   * nobody finds the account by it.
   */
  setHandle: call(
    "signed-in",
    struct({}, { handle: struct({ tag: usernameTag }, { record: usernameRecord }) }),
    nothing,
  ),
  /**
   * Looks up a handle, for upload tokens. No record: the handle does not exist, or its owner does not want to be found.
   */
  findHandle: call(
    "anonymous",
    struct({ tag: usernameTag, tokens: list(uploadToken, limits.usernameTokens) }),
    struct({}, { record: usernameRecord }),
  ),
} as const;
