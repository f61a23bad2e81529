/**
 * Blob store, as a port: a synchronous index, and a disk for bytes (docs/spec/media.md ME1, ME4, ME7, ME21–ME23).
 * Adapters: `bun.ts` (a folder), `memory.ts` (tests), `bun-s3.ts` (bytes in a bucket), `sql-index.ts` (the index).
 */
import type { Bytes } from "@yanshu/wire";

export type BlobRow = {
  /** The length of the whole blob, and the bytes written so far. */
  readonly bytes: number;
  readonly written: number;
  /** How many days it is kept, from the day on which it is whole. */
  readonly days: number;
  /** Days since 1970; it expires on that day. */
  readonly expiresDay: number;
  readonly ownerHash: Bytes;
};

/** The bytes from `from` up to, not including, `to`, which were written at once. */
export type BlobPart = { readonly from: number; readonly to: number };

/** Each method is durable when it returns. Ids are lowercase hex. */
export type BlobIndex = {
  /** 32 random bytes, from which the keys of upload tokens are derived. */
  readonly seed: Bytes;
  readonly find: (id: string) => BlobRow | undefined;
  /** Adds the row and spends the tokens. Returns false, and does neither, if a token was spent or the row exists. */
  readonly create: (
    id: string,
    row: BlobRow,
    tokens: readonly { readonly epoch: number; readonly input: Bytes }[],
  ) => boolean;
  /** Spends the tokens. Returns false, and spends none, if one was spent before. */
  readonly spend: (tokens: readonly { readonly epoch: number; readonly input: Bytes }[]) => boolean;
  /** Whether any of the tokens was spent before. */
  readonly isSpent: (tokens: readonly { readonly epoch: number; readonly input: Bytes }[]) => boolean;
  /** Notes that a part was written. Returns false, and does nothing, if it does not begin where the blob ends. */
  readonly advance: (id: string, part: BlobPart, expiresDay: number) => boolean;
  /** Extends the blob's life and spends the tokens. Returns false, and does neither, if a token was spent before. */
  readonly extend: (
    id: string,
    expiresDay: number,
    tokens: readonly { readonly epoch: number; readonly input: Bytes }[],
  ) => boolean;
  /** The parts that contain some of these bytes, in order. Empty if the disk does not need parts. */
  readonly parts: (id: string, from: number, to: number) => readonly BlobPart[];
  /** Removes the blob's row, and notes that its bytes must still be deleted from the disk (`leaving`). */
  readonly remove: (id: string) => void;
  /** Notes that the bytes were deleted from the disk. */
  readonly freed: (id: string) => void;
  readonly isLeaving: (id: string) => boolean;
  /** At most `max` removed blobs whose bytes may still be on the disk. */
  readonly leaving: (max: number) => readonly string[];
  /** At most `max` blobs that have expired by `day`. */
  readonly expired: (day: number, max: number) => readonly string[];
  /** Forgets tokens spent in epochs before this one, which are no longer accepted. */
  readonly forgetSpent: (beforeEpoch: number) => void;
  /** Removes traces of deleted rows from the index's files. */
  readonly tidy: () => void;
  /** `bytes`: those that were written, not those that were only announced. */
  readonly counts: () => { readonly blobs: number; readonly bytes: number };
};

/** Writing methods reject with BlobDiskFullError if there is no room. */
export type BlobDisk = {
  /** On disk when it resolves. */
  readonly write: (id: string, offset: number, bytes: Bytes) => Promise<void>;
  /** As `write`, for bytes that arrive in chunks, which are not kept in memory. Returns the number of bytes. */
  readonly writeStream?: (id: string, offset: number, chunks: AsyncIterable<Bytes>) => Promise<number>;
  /** As `read`, for a caller that sends the bytes without reading them into memory. */
  readonly file?: (id: string, offset: number, length: number) => Blob;
  /** Reads bytes that were written and noted in the index. */
  readonly read: (id: string, offset: number, length: number) => Promise<Bytes>;
  /** The blob is whole: sets the times of its file to `day`, so that they are no finer than a day. */
  readonly finish: (id: string, day: number) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
};

export class BlobDiskFullError extends Error {
  override name = "BlobDiskFullError";
}

export type BlobStore = { readonly index: BlobIndex; readonly disk: BlobDisk; readonly close: () => void };

/** `id`: the film's hash in hex. `bytes`: of the whole film. */
export type StoredFilm = { readonly id: string; readonly bytes: number };

/**
 * Where films of channels lie (docs/spec/channels.md CH19). They are written in parts of 256 KiB from their beginning
 * on, the last one shorter. Adapters: `bun-films.ts` (a folder, a bucket), `memory.ts` (tests).
 */
export type FilmDisk = {
  /** On disk when it resolves. Rejects with BlobDiskFullError where there is no room. */
  readonly write: (film: StoredFilm, offset: number, part: Bytes) => Promise<void>;
  readonly read: (film: StoredFilm, offset: number, length: number) => Promise<Bytes>;
  /** As `read`, for a caller that sends the bytes without reading them into memory. */
  readonly file?: (film: StoredFilm, offset: number, length: number) => Blob;
  readonly remove: (id: string) => Promise<void>;
};
