/** The public log (docs/spec/channels.md CH2): its rows, for each feature that shows kinds of entries of it. */
import type { Bytes, UnixMs } from "@yanshu/wire";

/** A row of `channel_entries`. */
export type ChannelEntryRow = {
  readonly hash: Bytes;
  readonly channel: Bytes;
  readonly seq: number;
  readonly kind: string;
  readonly pack: number;
  readonly day: number;
  readonly about: Bytes;
  readonly words: string;
  readonly shown: Bytes;
  readonly state: "here" | "gone" | "deleted" | "removed" | "unknown";
  readonly got_ms: UnixMs;
};
