/**
 * Files: what client and server say about encrypted files (blobs) over HTTP (docs/spec/media.md ME1–ME8), and the calls
 * by which an account draws the tokens that pay for them. A blob is named by 16 random bytes; its owner is the one who
 * knows a secret, of which the server is told the hash. No account, no cookie.
 *
 *   POST   /blobs/ID          body: CBOR `blobCreate`                     → `blobState`; repeating it is safe
 *   PUT    /blobs/ID          headers upload-offset, blob-owner (hex)     → `blobState`
 *   GET    /blobs/ID          header range: bytes=A-B                     → 206
 *   GET    /blobs/ID/state                                                → `blobState`
 *   POST   /blobs/ID/copies   body: CBOR `blobCopy`                       → `blobState` of the copy
 *   POST   /blobs/ID/days     header blob-owner (hex), body: CBOR `blobDays`   → `blobState`; of one that is whole
 *   DELETE /blobs/ID          header blob-owner (hex)                     → 204
 *
 * What is refused is answered with a status and one of `blobFaults` as text.
 */
import { call, nothing } from "../call.ts";
import { blob, fixed, type Infer, list, struct, uint } from "../schema.ts";
import { uploadToken, uploadTokenBytes } from "../upload-tokens.ts";

export const blobLimits = {
  idBytes: 16,
  ownerBytes: 32,
  layerBytes: 32,
  /** Ciphertext of 1 GiB with its padding (at most 3.2 % at that size) and tags. */
  bytesMax: 1_120 * 1024 * 1024,
  /** Body of one PUT, and the longest range of one GET. */
  partBytesMax: 4 << 20,
  /** Of a file, in the answer to one call. */
  filePartBytesMax: 128 << 10,
  /** What one upload token pays for. */
  bytesPerToken: 16 << 20,
  tokensPerCallMax: 16,
  daysMax: 365,
  /** A whole CBOR body: 70 tokens of 110 bytes. */
  requestBytesMax: 32 * 1024,
} as const;

export const blobFaults = {
  malformed: 400,
  "bad-token": 403,
  "bad-owner": 403,
  "unknown-blob": 404,
  "wrong-offset": 409,
  "too-large": 413,
  "bad-range": 416,
  "rate-limited": 429,
  "storage-full": 507,
} as const;
export type BlobFault = keyof typeof blobFaults;

const owned = {
  /** SHA-256 of the owner's secret. */
  ownerHash: fixed(32),
  /** How long it is kept from the day it is whole; the server may keep it shorter. */
  days: uint(blobLimits.daysMax),
  tokens: list(uploadToken, Math.ceil(blobLimits.bytesMax / blobLimits.bytesPerToken)),
};

export const blobCreate = struct({ bytes: uint(blobLimits.bytesMax), ...owned });
export type BlobCreate = Infer<typeof blobCreate>;

/** The copy is the original under AES-256-CTR with the key `layer`, so that the two share no byte at rest. */
export const blobCopy = struct({ to: fixed(blobLimits.idBytes), layer: fixed(blobLimits.layerBytes), ...owned });
export type BlobCopy = Infer<typeof blobCopy>;

/** So many days from today on, if that is longer than it has; as many tokens as storing it costs. */
export const blobDays = struct({ days: owned.days, tokens: owned.tokens });
export type BlobDays = Infer<typeof blobDays>;

/** `expiresDay` in days since 1970: from that day on it is gone. */
export const blobState = struct({ bytes: uint(), written: uint(), expiresDay: uint() });
export type BlobState = Infer<typeof blobState>;

/** Upload tokens that so many bytes cost. */
export function tokensFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / blobLimits.bytesPerToken));
}

export const files = {
  /**
   * What may be stored here as blobs, and the key of this epoch's upload tokens: asked where nobody is known, so that
   * no account can be shown a key of its own.
   */
  blobTerms: call(
    "anonymous",
    struct({}),
    struct({ epoch: uint(), publicKey: fixed(uploadTokenBytes.publicKey), bytesMax: uint(), days: uint() }),
  ),
  /**
   * One upload token lets this connection send large frames (WI23), where nobody is known. Refused `unavailable` where
   * the server knows no tokens: then it needs none.
   */
  pay: call("anonymous", struct({ token: uploadToken }), nothing),
  /**
   * The range of a GET as a call, for who has no HTTP to this server: through a tunnel (docs/spec/peers.md PE50).
   * Status and body as of that GET.
   */
  filePart: call(
    "anonymous",
    struct({ id: fixed(blobLimits.idBytes), from: uint(), length: uint(blobLimits.filePartBytesMax) }),
    struct({ status: uint(999), body: blob(blobLimits.filePartBytesMax) }),
  ),
  /** Draws upload tokens, blinded. `stale-epoch` when the key has changed since. */
  blobTokens: call(
    "signed-in",
    struct({ epoch: uint(), blinded: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax) }),
    struct({
      evaluated: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax),
      proof: fixed(uploadTokenBytes.proof),
    }),
  ),
} as const;
