/**
 * The public log, for features that say and show kinds of entries of their own in it (docs/spec/channels.md CH2). One
 * feature keeps it: it signs what is said as the next entry of a channel, and reads and checks what all say.
 */
import type { Bytes, ChannelEntry, FilmRef } from "@yanshu/wire";
import type { Source } from "../api/media.ts";

/** What is kept of an entry: `words` are searched, `shown` is what screens need, `about` the entry that it is on. */
export type EntryShown = { readonly words: string; readonly shown: object; readonly about?: Bytes };

/** Undefined: it is none of its kind, and its place alone is shown. */
export type EntryReader = (entry: ChannelEntry) => EntryShown | undefined;

/** A file of an entry that is kept on this device until home has it. */
export type LogFile = { readonly hash: Bytes; readonly bytes: number };

export type LogEntry = {
  readonly kind: string;
  readonly body: Bytes;
  /** What it is called while it waits. */
  readonly title: string;
  readonly about?: Bytes;
  readonly sources?: readonly Source[];
  /** What the entry says of its files, once they have names. */
  readonly films?: (files: readonly LogFile[]) => readonly FilmRef[];
};

export type PublicLog = {
  /** Resolves once it stands on this device. Rejects with `unknown-message`: the channel is none of this account's. */
  readonly say: (channel: Bytes, entry: LogEntry) => Promise<void>;
  /** An own entry goes: at home its bytes, here what it showed. Rejects with `unknown-message`. */
  readonly withdraw: (entry: Bytes) => Promise<void>;
};
