/** What Channels may take here where the operator chose nothing (docs/spec/channels.md CH19, CH21). */
import { channelLimits as kinds, publicLimits } from "@yanshu/wire";

export const channelLimits = {
  /** All films together, in bytes; apart from files. */
  channelsBytesMax: 20 * 1024 ** 3,
  /** Films of other homes that this one keeps (CH73), in bytes. */
  mirrorBytesMax: 10 * 1024 ** 3,
  /** One film, in bytes. */
  filmBytesMax: publicLimits.filmBytesMax as number,
  filmMsMax: kinds.filmMsMax as number,
  /** Entries of one channel a day, comments among them. */
  channelEntriesPerDay: 100,
  /** Bytes of entries that wait to be judged (CH129). */
  waitingEntriesBytesMax: 32 * 1024 ** 2,
  /** All channels of a home. */
  channelsMax: 100_000,
  /** Bytes of an entry that the operator removed are kept for so many days, in case it is restored. */
  removedEntryDays: 30,
  /** The least time between two packs. */
  packMsMin: 3_600_000,
  /** Requests for what is public, and calls of Channels, from one place. */
  publicRequestsPerMinute: { prefix: 6_000 },
  /** Marks that were none, from one place; each costs a millisecond to find out. */
  wrongMarksPerMinute: { prefix: 60 },
};
export type ChannelLimits = Readonly<typeof channelLimits>;
