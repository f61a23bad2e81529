/** What files may take here where the operator chose nothing (docs/spec/delivery.md DS24). */
import { blobLimits } from "@yanshu/wire";

export const fileLimits = {
  /** One blob, and all of them together, in bytes. */
  blobBytesMax: blobLimits.bytesMax as number,
  blobsBytesMax: 20 * 1024 ** 3,
  /** Blobs are kept for this many days. */
  blobDays: 30,
  /** Blobs that are not whole, begun from one place within a day. */
  blobBeginsPerDay: { prefix: 5_000 },
  /** Tokens that were none, shown from one place; each costs a millisecond to find out. */
  wrongTokensPerMinute: { prefix: 60 },
  /** Upload tokens that an account may draw; each pays for 16 MiB. */
  blobTokensPerDay: 1_024,
  blobTokensFirst: 128,
  /** Of 4 MiB at most. */
  blobRequestsPerMinute: { prefix: 6_000 },
};
export type FileLimits = Readonly<typeof fileLimits>;
