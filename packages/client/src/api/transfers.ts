/** Transfers, as the rest of the client sees them; files/transfers.ts makes them. */
import type { BlobRef } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { Source, TransferView } from "./media.ts";

/** A file of which nothing is at the server yet, and where its bytes come from. */
export type Outgoing = { readonly ref: BlobRef; readonly source: Source };

/** Why a chunk cannot be had: for now (`lost`), or for good. */
export type ChunkFault = "lost" | "expired" | "damaged";
export type ChunkAnswer =
  | { readonly kind: "here"; readonly plain: Bytes }
  | { readonly kind: "fault"; readonly why: ChunkFault };

export type Transfers = {
  /** Starts what is wanted and has room. */
  readonly schedule: () => void;
  readonly stop: () => void;
  /** The line is back: nothing waits longer. */
  readonly wake: () => void;
  /** A file that is to be sent, and where its bytes come from. Inside the transaction that makes it known. */
  readonly begin: (handle: Bytes, id: Bytes, source: Source) => void;
  /** Takes all of a file in, so that nothing depends on where it came from. */
  readonly stageAll: (handle: Bytes) => Promise<boolean>;
  /** Takes all of a file in that is not to be sent. @throws ClientError `storage` where it does not lie here whole. */
  readonly keep: (handle: Bytes, source: Source) => Promise<void>;
  /** Whether what is missing here of a file that is to be sent can still be had. */
  readonly canSend: (handle: Bytes) => boolean;
  readonly wish: (handle: Bytes, wish: "fetch" | "send" | "paused") => void;
  /** A file's own bytes of one chunk. */
  readonly open: (handle: Bytes, index: number) => Promise<ChunkAnswer>;
  readonly view: (handle: Hex) => TransferView;
};
