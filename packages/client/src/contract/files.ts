/** Files, as a feature of the client sees them (../feature.ts). */
import type { BlobRef, Body, MediaBody } from "@yanshu/content";
import type { StoredBlob } from "@yanshu/store";
import type { Bytes, ConversationId } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { Source } from "../api/media.ts";
import type { Outgoing } from "../api/transfers.ts";

/** Files of messages: sealed at the server, moved in the background. Named by a handle, in hex. */
export type FeatureFiles = {
  /** A file to be sent. @throws ClientError `empty`, `too-large` */
  readonly outgoing: (source: Source) => Outgoing;
  /** Who is there now, for a message whose files take a while. @throws ClientError as `send` */
  readonly roster: (conversation: ConversationId) => Bytes | undefined;
  /**
   * Shows a message, and sends it once the server has its files; without files it goes at once. Resolves with its id.
   * Rejects with `unknown-conversation`, `not-allowed`.
   */
  readonly send: (conversation: ConversationId, body: Body, files: readonly Outgoing[], roster?: Bytes) => Promise<Hex>;
  /** Says it once more elsewhere, with copies that the server makes. Rejects with `file-gone`, `offline`. */
  readonly forward: (body: MediaBody, to: ConversationId, roster?: Bytes) => Promise<Hex>;
  /** Brings all of a file here, or goes on with it, up or down. */
  readonly move: (handle: Hex) => void;
  readonly pause: (handle: Hex) => void;
  /** The files that a stored message names, as they stand here. */
  readonly of: (body: Bytes) => readonly StoredBlob[];
  /** Bytes of it that are on this device. */
  readonly held: (file: StoredBlob) => number;
  /** It lies at the server whole, and will tomorrow; and nothing is moving. */
  readonly isFetchable: (file: StoredBlob) => boolean;
  /** From this device alone. */
  readonly removeHere: (file: StoredBlob) => Promise<void>;
  /**
   * Makes the files of a message known that was not sent: inside a transaction; and brings one here from its source.
   */
  readonly learn: (body: Body) => void;
  readonly keep: (file: Outgoing) => Promise<void>;
  /**
   * Brings files to the server that were kept here; those that are there, or on their way, stay so. False: one of them
   * is not whole.
   */
  readonly sendKept: (refs: readonly BlobRef[]) => boolean;
  /** Whether this device stores files at all. */
  readonly mayUpload: () => boolean;
  /** Brings files to the server that no message names; what names them may go before they are there. */
  readonly upload: (files: readonly Outgoing[]) => Promise<void>;
  /** Whether all of them are at the server; `failed`: one never will be by itself. */
  readonly areStored: (refs: readonly BlobRef[]) => boolean | "failed";
  /** Tries again at once what of them is not at the server. @throws ClientError `source-gone`: not all is here. */
  readonly sendAgain: (refs: readonly BlobRef[]) => void;
  /** Something that is no message names these files, or does no more: `everywhere` they go from the server too. */
  readonly learnRefs: (refs: readonly BlobRef[]) => void;
  /**
   * A copy that the server makes under a name that nobody was told; something names it from now on. What is here of the
   * file is here of its copy. Undefined where the server has it no more. Rejects with `offline`, `refused`.
   */
  readonly copyApart: (ref: BlobRef) => Promise<BlobRef | undefined>;
  readonly forgetRefs: (refs: readonly BlobRef[], where: "here" | "everywhere") => void;
  /**
   * Has the server keep longer what this device stored, of what is named, where it ends soon; what ended while this
   * device was away is stored again. A few at a time. @param named asked where something ends.
   */
  readonly keepLonger: (named: () => readonly BlobRef[]) => Promise<void>;
  /** Bytes from `offset` on, at most 4 MiB; fetched first if they are not here. Fewer at the end. */
  readonly read: (handle: Hex, offset: number, length: number) => Promise<Bytes>;
};
