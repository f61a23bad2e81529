/** Keeping and letting go: the account deleted, and what lies on this device (docs/spec/keeping.md). */
import type { Bytes, Row } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { Source } from "./media.ts";
import type { Face } from "./people.ts";

export type StorageKind = "photos" | "videos" | "voice" | "files" | "text";

/** Bytes on this device. */
export type StorageOf = Readonly<Record<StorageKind, number>> & {
  readonly all: number;
  /** Of files that lie at home too, so that they can be fetched again. */
  readonly clearable: number;
};

export type StorageChat = StorageOf & {
  readonly conversation: Hex;
  readonly title: string;
  readonly faces: readonly Face[];
};

export type StorageReport = StorageOf & {
  /** The largest first; those that hold nothing are left out. */
  readonly chats: readonly StorageChat[];
  /** Of the database itself: letters, keys, and what finds them. */
  readonly database: number;
  /** How home keeps files: for how many days, of which size at most. Absent where it cannot be asked. */
  readonly home?: { readonly days: number; readonly fileBytesMax: number };
};

/** What there is to carry out; letters come in pages. */
export type ExportHead = {
  readonly account: Hex;
  readonly name: string;
  readonly server: string;
  readonly contacts: readonly {
    readonly account: Hex;
    readonly name: string;
    readonly ownName: string;
    readonly remark: string;
    readonly phone: string;
    readonly description: string;
    readonly tags: readonly string[];
  }[];
  /** The latest first; all that hold a letter, hidden ones too. */
  readonly chats: readonly {
    readonly conversation: Hex;
    readonly kind: "direct" | "group" | "own";
    readonly title: string;
  }[];
};

export type ImportedFrom = "whatsapp" | "telegram" | "wechat" | "yanshu";

export type ImportedLetter = {
  readonly atMs: number;
  /** As they are called there; empty where it was oneself, or nobody. */
  readonly author: string;
  readonly mine: boolean;
  readonly text: string;
  readonly file?: { readonly source: Source; readonly name: string; readonly type: string };
};

/** Rows of one of home's tables, as they stand there. */
export type HomePage = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Where the next page begins; absent: this was the last. */
  readonly next?: Bytes;
};

export type KeepingApi = {
  /** What home keeps of this account, table by table: rows, and bytes in them. Rejects with `offline`. */
  readonly homeCounts: () => Promise<
    readonly { readonly table: string; readonly rows: number; readonly bytes: number }[]
  >;
  /** All of it, page by page. Rejects with `offline`, and with `refused` where it changed so that one has to begin again. */
  readonly homePage: (from?: Bytes) => Promise<HomePage>;
  /** A chat to be read alone, on this device; its letters follow. */
  readonly beginImport: (args: { readonly title: string; readonly from: ImportedFrom }) => Promise<Hex>;
  /** At most 1,000, after those that are there. */
  readonly importLetters: (conversation: Hex, letters: readonly ImportedLetter[]) => Promise<void>;
  /** It was not brought to an end: all of it goes. */
  readonly dropImport: (conversation: Hex) => Promise<void>;
  readonly exportHead: () => Promise<ExportHead>;
  /**
   * Begun when it answers, and not to be undone: `status` tells phase `leaving` until home has erased the account, then
   * `new`. Rejects with `offline` where home cannot be told.
   */
  readonly deleteAccount: () => Promise<void>;
  /** On a device that was signed out: all that is here of its former account goes. */
  readonly wipeDevice: () => Promise<void>;
  readonly storage: () => Promise<StorageReport>;
  /** Of one chat, or of all: files that can be fetched again go from this device. Answers the bytes that were freed. */
  readonly clearFiles: (conversation?: Hex) => Promise<number>;
};
