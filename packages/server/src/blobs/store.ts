/**
 * Store of blobs, as a port: an index that is asked at once, and a disk of bytes. Index and disk in a folder are
 * `bun.ts`, both in memory for worlds `memory.ts`, bytes in a bucket `bun-s3.ts`, an index that servers share
 * `sql-index.ts` (docs/spec/media.md ME1, ME4, ME7, ME21–ME23).
 */
import type { Bytes } from "@yanshu/wire";

export type BlobRow = {
  /** All of it, and how much was written so far. */
  readonly bytes: number;
  readonly written: number;
  /** Kept so many days from the day it is whole. */
  readonly days: number;
  /** Days since 1970; gone from that day on. */
  readonly expiresDay: number;
  readonly ownerHash: Bytes;
};

/** The bytes from `from` on and before `to`, as they were written at once. */
export type BlobPart = { readonly from: number; readonly to: number };

/** Each method is durable when it returns. Ids are lowercase hex. */
export type BlobIndex = {
  /** 32 random bytes of this server, from which the keys of upload tokens are derived. */
  readonly seed: Bytes;
  readonly find: (id: string) => BlobRow | undefined;
  /** Adds the row and spends the tokens, or neither; false when one of them was spent before. */
  readonly create: (
    id: string,
    row: BlobRow,
    tokens: readonly { readonly epoch: number; readonly input: Bytes }[],
  ) => boolean;
  /** All of them, or none; false when one was spent before. */
  readonly spend: (tokens: readonly { readonly epoch: number; readonly input: Bytes }[]) => boolean;
  /** Whether one of them was spent before. */
  readonly isSpent: (tokens: readonly { readonly epoch: number; readonly input: Bytes }[]) => boolean;
  /** The part is written; false when it does not begin where the blob ends, so that it counts for nothing. */
  readonly advance: (id: string, part: BlobPart, expiresDay: number) => boolean;
  /** Keeps it until another day and spends the tokens, or neither; false when one of them was spent before. */
  readonly extend: (
    id: string,
    expiresDay: number,
    tokens: readonly { readonly epoch: number; readonly input: Bytes }[],
  ) => boolean;
  /** Parts in their order that hold some of these bytes. Only where the disk needs to know them. */
  readonly parts: (id: string, from: number, to: number) => readonly BlobPart[];
  /** Nobody reads it any more; that its bytes are still on the disk is remembered. */
  readonly remove: (id: string) => void;
  /** Its bytes are gone from the disk. */
  readonly freed: (id: string) => void;
  readonly isLeaving: (id: string) => boolean;
  /** At most `max` that were removed, and whose bytes are on the disk for all that is known. */
  readonly leaving: (max: number) => readonly string[];
  /** At most `max` ids that are gone from `day` on. */
  readonly expired: (day: number, max: number) => readonly string[];
  /** Forgets what was spent in epochs before this one: nothing of them is taken any more. */
  readonly forgetSpent: (beforeEpoch: number) => void;
  /** What was removed is gone from the index's files too. */
  readonly tidy: () => void;
  /** `bytes` that were written; what was only announced takes no room. */
  readonly counts: () => { readonly blobs: number; readonly bytes: number };
};

/** @throws BlobDiskFullError when there is no room. */
export type BlobDisk = {
  /** On disk when it resolves. */
  readonly write: (id: string, offset: number, bytes: Bytes) => Promise<void>;
  /** As `write`, of what comes bit by bit; nothing is kept in memory. Answers how many bytes that were. */
  readonly writeStream?: (id: string, offset: number, chunks: AsyncIterable<Bytes>) => Promise<number>;
  /** As `read`, for a caller that hands on the bytes without having them in memory. */
  readonly file?: (id: string, offset: number, length: number) => Blob;
  /** Of what was written and is in the index. */
  readonly read: (id: string, offset: number, length: number) => Promise<Bytes>;
  /** The blob is whole: what its file tells of the time is made as coarse as a day. */
  readonly finish: (id: string, day: number) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
};

export class BlobDiskFullError extends Error {
  override name = "BlobDiskFullError";
}

export type BlobStore = { readonly index: BlobIndex; readonly disk: BlobDisk; readonly close: () => void };
