/** What screens are shown by a feature is read from this; nothing here writes (../feature.ts). */
import type { BlobRef, Body, MarkKind } from "@yanshu/content";
import type { Database, Mark } from "@yanshu/store";
import type { AccountId, Bytes, DeviceId, Primitives, UnixMs } from "@yanshu/wire";
import type { ContactSource } from "../api/chat-settings.ts";
import type { ContactRow, Head } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { FileView, TransferView } from "../api/media.ts";
import type { Face, PersonRef } from "../api/people.ts";
import type { ConversationKinds } from "../kinds/kind.ts";

/** Names and faces, as this person calls people. */
export type PersonHere = PersonRef & {
  readonly face: Face;
  /** As `contacts.state`; undefined for somebody who was never asked. */
  readonly state: string | undefined;
};
export type PeopleReader = {
  /** Reads many at once. */
  readonly load: (accounts: Iterable<Hex>) => void;
  readonly get: (account: Hex) => PersonHere;
  readonly ref: (account: Hex) => PersonRef;
};

/** What a view of a feature is read from. Nothing here writes. */
export type ReadContext = {
  readonly database: Database;
  /** Undefined until somebody lives on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly nowMs: UnixMs;
  /** Undefined where a view is read without a client. */
  readonly sha256: Primitives["sha256"] | undefined;
  /** As they are called everywhere, and in one conversation. */
  readonly peopleIn: (conversation?: Bytes) => PeopleReader;
  /** How a file's moving stands. */
  readonly transfer: (handle: Hex) => TransferView;
  readonly fileOf: (ref: BlobRef) => FileView;
  /** Title and faces of conversations, by hex; unknown ones are left out. */
  readonly heads: (conversations: readonly Bytes[]) => ReadonlyMap<Hex, Head>;
  /** Kinds of conversations that this client has. */
  readonly conversations: ConversationKinds;
  /** Whether a kind of message is taken back by its feature alone (`hasOwnRecall`). */
  readonly hasOwnRecall: (kind: string) => boolean;
  readonly contacts: () => readonly ContactRow[];
  /** How one came to know somebody, as `contacts.source` holds it. */
  readonly sourceOf: (stored: string) => ContactSource | undefined;
  /** What a screen shows of a stored message. */
  readonly shown: (row: ShownRow, body: Body, people: PeopleReader) => { readonly kind: string } | undefined;
};

/** The row of a message that is shown. */
export type ShownRow = {
  readonly conversation: Bytes;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly mine: boolean;
};

export type ShowContext = ReadContext & {
  readonly row: ShownRow;
  readonly people: PeopleReader;
  /** What was set on this message, in the order of the stamps. */
  readonly marks: (kind: MarkKind) => readonly Mark[];
};

/** A page of the timeline, for what stands beside its messages. */
export type PageContext = ReadContext & {
  readonly conversation: Bytes;
  readonly people: PeopleReader;
  /** By `messages.position`; undefined for an empty page. */
  readonly first: number | undefined;
  readonly last: number | undefined;
};
export type PageRow = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly sent_ms: UnixMs;
  readonly edited_ms: UnixMs;
  readonly kind: string;
  readonly mine: boolean;
};

// biome-ignore lint/suspicious/noExplicitAny: arguments and value are those of the view that the feature defines.
export type ViewDef<A extends readonly unknown[] = any, V = any> = {
  /** What may have changed it. */
  readonly topics: (...args: A) => readonly string[];
  readonly read: (context: ReadContext, ...args: A) => V;
  /** When something of it ends by time alone, in Unix milliseconds: then it is read again. Undefined: never. */
  readonly endsMs?: (value: V, context: ReadContext) => number | undefined;
};
