/**
 * Usernames (handles): a name by which a person may be found (docs/spec/identity.md ID28). Home is never told it: it
 * holds a tag, which costs as much to compute as memory and time allow, and a record that opens with the other half of
 * what was computed.
 */
import { type Bytes, concat, MalformedError, utf8 } from "../bytes.ts";
import { call, nothing } from "../call.ts";
import { type AccountId, type Capability, idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { decodeAs, encodeAs, fixed, type Infer, line, list, struct } from "../schema.ts";
import { uploadToken } from "../upload-tokens.ts";

/** Of scrypt (RFC 7914): 32 MiB and a good part of a second for each name that somebody tries. */
export const usernameCost = { n: 1 << 15, r: 8, p: 1, bytes: 64 } as const;

const usernamePattern = /^[a-z][a-z0-9._-]{3,31}$/;
/** A host, with a port or without: a link, which begins like a handle too, has strokes. */
const serverPattern = /^[^\s/?#]+$/;

/**
 * What a person typed, as the name that it means; undefined when it can be none. Wide characters are read as narrow
 * ones. @checks ID28
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

/** What scrypt is given beside the name: the same name has another tag at another home. */
export function usernameSalt(server: string): Bytes {
  return utf8(`yanshu handle v1\0${server}`);
}

/** The two halves of scrypt's answer: the tag, and the key of the record (AES-256-GCM, the tag beside it). */
export function usernameParts(stretched: Bytes): { readonly tag: Bytes; readonly key: Bytes } {
  return { tag: stretched.slice(0, 32), key: stretched.slice(32, 64) };
}

const record = struct({
  account: fixed<AccountId>(idBytes.account),
  capability: fixed<Capability>(idBytes.capability),
  name: line(64),
});
/** Whom the name leads to. */
export type UsernameRecord = Infer<typeof record>;

const recordBytes = limits.handleRecordBytes - 12 - 16;

/** As long for a long name as for a short one. */
export function encodeUsernameRecord(value: UsernameRecord): Bytes {
  const body = encodeAs(record, value);
  return concat(
    Uint8Array.of(body.length >> 8, body.length & 255),
    body,
    new Uint8Array(recordBytes - 2 - body.length),
  );
}

/** Undefined when it is none. @checks ID28 */
export function decodeUsernameRecord(bytes: Bytes): UsernameRecord | undefined {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (bytes.length !== recordBytes || bytes.subarray(2 + length).some((byte) => byte !== 0)) return undefined;
  try {
    return decodeAs(record, bytes.subarray(2, 2 + length), recordBytes);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

const usernameTag = fixed(idBytes.hash);
const usernameRecord = fixed(limits.handleRecordBytes);

export const usernames = {
  /**
   * The one handle of this account; without it, none. Without a record nobody is led anywhere, and it is kept all the
   * same.
   */
  setHandle: call(
    "signed-in",
    struct({}, { handle: struct({ tag: usernameTag }, { record: usernameRecord }) }),
    nothing,
  ),
  /**
   * Whom a handle leads to. No record: there is none, or its person is not to be found. Paid for with upload tokens.
   */
  findHandle: call(
    "anonymous",
    struct({ tag: usernameTag, tokens: list(uploadToken, limits.usernameTokens) }),
    struct({}, { record: usernameRecord }),
  ),
} as const;
