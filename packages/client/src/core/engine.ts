/**
 * Engine: what the parts of the client share. It holds no logic: the store, the cryptography, the
 * turn in which state changes, the link to home, and the live MLS states that the store mirrors.
 */
import type { Body, BodyOf, Message, Note, NoteOf, SyncItem } from "@yanshu/content";
import type { Group, KeyPair, Member, Mls } from "@yanshu/mls";
import type { ConversationHead, Database } from "@yanshu/store";
import {
  type AccountId,
  type Address,
  type Bytes,
  type ConversationId,
  type DeviceId,
  equalBytes,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import type { LinkingView } from "../api/core.ts";
import type { FamilyFault, FamilyMeeting, HelpingView } from "../api/family.ts";
import type { Hex } from "../api/hex.ts";
import type { Transfers } from "../api/transfers.ts";
import type { Link } from "../connection/link.ts";
import type { Lists } from "../device-lists/device-lists.ts";
import type { FeatureContext, SyncedDef, SyncedOf } from "../feature.ts";
import type { ConversationDef, ConversationKinds } from "../kinds/kind.ts";
import type { Cancel, Ports } from "../ports.ts";
import type { Registry } from "./registry.ts";
import type { Turn } from "./turn.ts";

/** The account and the device that live here. */
export type Own = {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly deviceKey: KeyPair;
  readonly inception: Bytes;
  readonly server: string;
};

/** Family help as it stands now (docs/spec/identity.md ID37, ID38). */
export type FamilyLive = {
  /** Who is coming back to this account, as home said last. */
  asked: { readonly request: Bytes; readonly dueAtMs: number } | undefined;
  /** Whether home has what the pieces open; undefined until it said so. */
  isAtHome: boolean | undefined;
  helping: HelpingView;
  meeting: FamilyMeeting | undefined;
  fault: FamilyFault | undefined;
};

/** What writes this device's copy beside the database (recovery/device-backup.ts). */
export type DeviceBackupWriter = {
  /** Something changed: it is written a little later. */
  readonly scheduleFlush: () => void;
  /** Resolves once what is so now is kept, or could not be. */
  readonly write: () => Promise<void>;
  /** Nobody lives here any more. */
  readonly clear: () => Promise<void>;
};

export type Engine = {
  readonly ports: Ports;
  readonly db: Database;
  readonly mls: Mls;
  readonly turn: Turn;
  readonly lists: Lists;
  readonly features: Registry;
  /** The kinds of conversation that this client knows. */
  readonly conversations: ConversationKinds;
  /** What the rooms of the core do with messages, with what own devices tell, and with notes. */
  readonly kinds: CoreKinds;
  readonly synced: CoreSynced;
  readonly notes: NoteKinds;
  /** What features see of all this. Set once, when the client is put together. */
  context: FeatureContext;
  /** What home said in its last greeting: how far its clock is ahead, and whether it has rooms for calls. */
  home: { readonly aheadMs: number; readonly hasCalls: boolean; readonly hasGroupCalls: boolean } | undefined;
  /**
   * The home of before, where this device goes on being reached (HM68); since when it does not answer; and which own
   * addresses it knows, in hex.
   */
  readonly before: { server: string | undefined; awayMs: UnixMs | undefined; readonly known: Set<Hex> };
  /** Set once, when the client is put together. */
  link: Link;
  /** Set once, when the client is put together. */
  deviceBackup: DeviceBackupWriter;
  /** Undefined until somebody lives on this device. */
  own: Own | undefined;
  phase: "starting" | "new" | "linking" | "ready" | "signed-out" | "leaving";
  linking: LinkingView;
  /** Of family help what is not in the store. */
  readonly family: FamilyLive;
  /** Files on their way; undefined where there are none. */
  transfers: Transfers | undefined;
  /** There is something to do for the vault; `now` when a person waits for it. */
  vault: (now?: "now") => void;
  /** There may be something to be carried to the other home of this device, or to be learnt of it. */
  reserve: (now?: "now") => void;
  /** The name of a server that is spoken with through home; undefined: home (PE51). */
  farOf: (server: string) => string | undefined;
  /** Something was said, or could not be, in a group of several servers (PE54). */
  saidFar: (group: Group) => void;
  /** The own list or the record of homes is another: the home of before is told (HM68). */
  tellBefore: () => void;
  /** There is history to be fetched, or to be handed over (GR32). */
  history: () => void;
  /** Live states by hex group id; the store holds the same. */
  readonly groups: Map<Hex, Group>;
  /** States that commits in flight lead to, by hex post hash; the store holds the same. */
  readonly next: Map<Hex, Group>;
  /** Hashes of own envelopes whose answer came before their echo, so that the echo is known for what it is. */
  readonly echoes: Set<Hex>;
  /**
   * Conversations in which this leaf shall get fresh keys (GR25), by hex: drawn for it, or as soon as nothing else
   * waits.
   */
  readonly renewals: Map<Hex, "drawn" | "now">;
  /**
   * Where this device's leaf stands in conversations that resync, as it was told (GR22), by hex conversation.
   */
  readonly places: Map<Hex, Address>;
  /**
   * What members are let in with who wait for this device to found their group anew (GR31.6), by hex conversation and
   * device.
   */
  readonly stopped: Map<Hex, Map<Hex, Bytes>>;
  /** Posts of which nothing came, by hex address (DS37). */
  readonly floods: Map<string, { readonly sinceMs: number; posts: number }>;
  /**
   * Numbers of messages that devices were asked for, and that they asked for, within an hour (SY9), by hex
   * conversation, device and account.
   */
  readonly asked: Map<Hex, { readonly sinceMs: number; readonly seqs: Set<number> }>;
  readonly answered: Map<Hex, { readonly sinceMs: number; readonly seqs: Set<number> }>;
  /** Addresses of leaves that are to be changed because they are flooded, in hex. */
  readonly floodedLeaves: Set<Hex>;
  /** Position of the first unread item when a chat was last opened. */
  readonly firstUnread: Map<Hex, number>;
  /** Told of what nobody waits for and that failed: counted, never thrown on. */
  readonly failed: (error: unknown) => void;
  /** Timers of drafts that are still being written, by hex conversation. */
  readonly resting: Map<Hex, Cancel>;
  /** Says that what a topic's views show may have changed. */
  readonly changed: (...topics: readonly string[]) => void;
  /** Addresses were retired: they go at home as soon as it can be reached. */
  readonly deleteRetired: () => void;
  /** Something may be sendable in this conversation (or in all). */
  readonly schedule: (conversation?: ConversationId) => void;
};

/*
 * Kinds of the core: what a room of the core does with a message, with what own devices tell, and with a sealed note.
 * Each room has its list, and the client is put together of them; so no room has to know those that stand on it.
 */

/**
 * A message; and, where an update came to know it (SY52), when it was shown, and the place that it has. What it did
 * when it came is done: it makes nobody a contact, and moves nothing.
 */
export type Said = Message & { readonly late?: { readonly atMs: number; readonly position?: number } };

type AnyBody = Message["body"];
export type SaidOf<K extends AnyBody["kind"]> = Said & { readonly body: Extract<AnyBody, { readonly kind: K }> };

export type CoreKind<K extends AnyBody["kind"]> = {
  /** Inside the transaction that stores the ratchet. @param head of its conversation, before it. */
  readonly apply?: (
    engine: Engine,
    group: Group,
    sender: Member,
    said: SaidOf<K>,
    head: ConversationHead | undefined,
  ) => void;
  /** What is sealed to somebody is made of who is there, and of what is there to be said, when it goes out. */
  readonly goesOut?: (engine: Engine, group: Group, body: K extends Body["kind"] ? BodyOf<K> : never) => Promise<Body>;
};
export type CoreKinds = { readonly [K in AnyBody["kind"]]?: CoreKind<K> };

/** As `SyncedDef` of a feature; of the core, which sees the engine. */
export type CoreSyncedDef<K extends SyncItem["kind"]> = Omit<SyncedDef<K>, "all" | "take"> & {
  readonly all?: (engine: Engine) => readonly SyncedOf<K>[];
  readonly take: (engine: Engine, item: SyncedOf<K>, by: DeviceId) => void;
};
export type CoreSynced = { readonly [K in SyncItem["kind"]]?: CoreSyncedDef<K> };

export type NoteKind<K extends Note["kind"]> = {
  /** Half of something: it counts against the address until the rest is here (DS37). */
  readonly isHalf?: true;
  /**
   * Returns whether anything came of it: what nothing comes of counts against the address. @param address where it
   * came.
   */
  readonly hear: (engine: Engine, note: NoteOf<K>, address: Address) => boolean | Promise<boolean>;
};
export type NoteKinds = { readonly [K in Note["kind"]]?: NoteKind<K> };

/** Nothing that was in hand for the device that lived here before goes on. */
export function forgetLive(engine: Engine): void {
  for (const cancel of engine.resting.values()) cancel();
  for (const one of [
    engine.groups,
    engine.next,
    engine.echoes,
    engine.renewals,
    engine.places,
    engine.stopped,
    engine.floods,
    engine.asked,
    engine.answered,
    engine.floodedLeaves,
    engine.firstUnread,
    engine.resting,
    engine.before.known,
  ])
    one.clear();
  // It is shown nothing of the account that comes next.
  engine.before.server = undefined;
  engine.before.awayMs = undefined;
}

/** What is so of a conversation by its kind; of none, nothing is believed or decided. */
export function kindOf(
  { conversations }: Pick<Engine, "conversations">,
  conversation: { readonly kind: string } | undefined,
): ConversationDef {
  return conversations.of(conversation?.kind ?? "");
}

export function topicOf(conversation: ConversationId): string {
  return `conversation:${toHex(conversation)}`;
}

/** The own account, for code that runs only when there is one. */
export function ownOf(engine: Engine): Own {
  if (engine.own === undefined) throw new Error("invariant: an account lives here");
  return engine.own;
}

export function sameBytes(a: Bytes | null | undefined, b: Bytes | null | undefined): boolean {
  return a != null && b != null && equalBytes(a, b);
}
