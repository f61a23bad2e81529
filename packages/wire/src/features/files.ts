/**
 * Files: encrypted files (blobs) over HTTP (docs/spec/media.md ME1–ME8), and the calls by which an account draws the
 * tokens that pay for them. A blob's name is 16 random bytes. Its owner proves itself with a secret whose hash the
 * server has. Requests carry no account and no cookie.
 *
 *   POST   /blobs/ID          body: CBOR `blobCreate`                     → `blobState`; repeating it is safe
 *   PUT    /blobs/ID          headers upload-offset, blob-owner (hex)     → `blobState`
 *   GET    /blobs/ID          header range: bytes=A-B                     → 206
 *   GET    /blobs/ID/state                                                → `blobState`
 *   POST   /blobs/ID/copies   body: CBOR `blobCopy`                       → `blobState` of the copy
 *   POST   /blobs/ID/days     header blob-owner (hex), body: CBOR `blobDays`   → `blobState`; of one that is whole
 *   DELETE /blobs/ID          header blob-owner (hex)                     → 204
 *
 * A refusal has the status of one of `blobFaults`, and its name as text.
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
  /** Of one `filePart`. */
  filePartBytesMax: 128 << 10,
  /** What one upload token pays for. */
  bytesPerToken: 16 << 20,
  tokensPerCallMax: 16,
  daysMax: 365,
  /** Of a CBOR body: fits 70 tokens of 110 bytes. */
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
  /** Days to keep the blob after its upload is complete; the server may keep it for less. */
  days: uint(blobLimits.daysMax),
  tokens: list(uploadToken, Math.ceil(blobLimits.bytesMax / blobLimits.bytesPerToken)),
};

export const blobCreate = struct({ bytes: uint(blobLimits.bytesMax), ...owned });
export type BlobCreate = Infer<typeof blobCreate>;

/** The copy is the original under AES-256-CTR with the key `layer`, so that the two share no byte at rest. */
export const blobCopy = struct({ to: fixed(blobLimits.idBytes), layer: fixed(blobLimits.layerBytes), ...owned });
export type BlobCopy = Infer<typeof blobCopy>;

/** Extends the blob's life to `days` from today, if that is longer. It costs as many tokens as storing the blob. */
export const blobDays = struct({ days: owned.days, tokens: owned.tokens });
export type BlobDays = Infer<typeof blobDays>;

/** `written`: bytes uploaded so far. `expiresDay`: in days since 1970; the blob is deleted from that day on. */
export const blobState = struct({ bytes: uint(), written: uint(), expiresDay: uint() });
export type BlobState = Infer<typeof blobState>;

/** The number of upload tokens for a blob of `bytes` bytes. */
export function tokensFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / blobLimits.bytesPerToken));
}

export const files = {
  /**
   * The limits of blobs here, and the public key of this epoch's upload tokens. Anonymous, so that the server cannot
   * give one account a key of its own, by which it would recognize the account's tokens.
   */
  blobTerms: call(
    "anonymous",
    struct({}),
    struct({ epoch: uint(), publicKey: fixed(uploadTokenBytes.publicKey), bytesMax: uint(), days: uint() }),
  ),
  /**
   * Spends one upload token so that this anonymous connection may send large frames (WI23). Refused as `unavailable` by
   * a server without tokens, which needs none.
   */
  pay: call("anonymous", struct({ token: uploadToken }), nothing),
  /**
   * GET with a range as a call, for a client that reaches this server only through a tunnel (docs/spec/peers.md PE50).
   * Returns status and body of that GET.
   */
  filePart: call(
    "anonymous",
    struct({ id: fixed(blobLimits.idBytes), from: uint(), length: uint(blobLimits.filePartBytesMax) }),
    struct({ status: uint(999), body: blob(blobLimits.filePartBytesMax) }),
  ),
  /** Draws blinded upload tokens. Refused as `stale-epoch` if the key has changed since. */
  blobTokens: call(
    "signed-in",
    struct({ epoch: uint(), blinded: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax) }),
    struct({
      evaluated: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax),
      proof: fixed(uploadTokenBytes.proof),
    }),
  ),
} as const;
