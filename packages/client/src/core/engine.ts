/**
 * Engine: the state that all parts of the client share, without logic: the store, the cryptography, the turn in which
 * state changes, the connections to the home server, and the live MLS states (the store holds the same).
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

/** The account that is signed in on this device, and the device's own key. */
export type Own = {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly deviceKey: KeyPair;
  readonly inception: Bytes;
  readonly server: string;
};

/**
 * Recovery by the family: its present state, as far as the store does not hold it (docs/spec/identity.md ID37, ID38).
 */
export type FamilyLive = {
  /** A running request to restore this account, as the home server last reported it. */
  asked: { readonly request: Bytes; readonly dueAtMs: number } | undefined;
  /** Whether the home server holds the ciphertext that the pieces open; undefined until it has reported that. */
  isAtHome: boolean | undefined;
  helping: HelpingView;
  meeting: FamilyMeeting | undefined;
  fault: FamilyFault | undefined;
};

/** Writes the device backup, a copy of this device's keys outside of the database (recovery/device-backup.ts). */
export type DeviceBackupWriter = {
  /** These changed: schedules a write. */
  readonly scheduleFlush: (topics: readonly string[]) => void;
  /** Resolves once the present state is written, or the write failed. */
  readonly write: () => Promise<void>;
  /** Deletes the backup: no account is on this device any more. */
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
  /** How the rooms of the core handle messages, items that own devices sync, and notes. */
  readonly kinds: CoreKinds;
  readonly synced: CoreSynced;
  readonly notes: NoteKinds;
  /** The part of the engine that features may use. Set once, when the client is created. */
  context: FeatureContext;
  /** From the home server's last hello: how far its clock is ahead of ours, and whether it offers calls. */
  home: { readonly aheadMs: number; readonly hasCalls: boolean; readonly hasGroupCalls: boolean } | undefined;
  /**
   * The previous home after a move: this device still receives there (HM68). Also since when that server has not
   * answered, and the own addresses that it knows, in hex.
   */
  readonly before: { server: string | undefined; awayMs: UnixMs | undefined; readonly known: Set<Hex> };
  /** Set once, when the client is put together. */
  link: Link;
  /** Set once, when the client is put together. */
  deviceBackup: DeviceBackupWriter;
  /** Undefined until there is an account on this device. */
  own: Own | undefined;
  phase: "starting" | "new" | "linking" | "ready" | "signed-out" | "leaving";
  linking: LinkingView;
  /** The state of recovery by the family that the store does not hold. */
  readonly family: FamilyLive;
  /** Uploads and downloads; undefined where this client has no file storage. */
  transfers: Transfers | undefined;
  /** Starts work on the vault soon, or at once with `now`, when a person waits for it. */
  vault: (now?: "now") => void;
  /** Syncs with the second home of this device, in both directions; at once with `now`. */
  reserve: (now?: "now") => void;
  /** The name of a server that is reached through home; undefined if `server` is home itself (PE51). */
  farOf: (server: string) => string | undefined;
  /** A message was sent, or failed to go, in a group whose members are on several servers (PE54). */
  saidFar: (group: Group) => void;
  /** When home's answer came to what was sent since this program began; the latest of them. */
  readonly acceptedMs: Map<Hex, UnixMs>;
  /** The own device list or the record of homes changed: the previous home gets the new one (HM68). */
  tellBefore: () => void;
  /** Starts to fetch history, or to hand it over (GR32), if there is any to do. */
  history: () => void;
  /** Live states by hex group id; the store holds the same. */
  readonly groups: Map<Hex, Group>;
  /** The states after commits that are in flight, by hex hash of the post; the store holds the same. */
  readonly next: Map<Hex, Group>;
  /** Hashes of own envelopes that the server answered before their echo arrived, so that the echo is recognized. */
  readonly echoes: Set<Hex>;
  /**
   * Conversations, in hex, in which this device will give its leaf fresh keys (GR25): `drawn` if it was this device's
   * turn by lot, `now` as soon as no other work waits.
   */
  readonly renewals: Map<Hex, "drawn" | "now">;
  /** By hex conversation that resyncs: the address of this device's old leaf, as a member reported it (GR22). */
  readonly places: Map<Hex, Address>;
  /**
   * By hex conversation and device: key packages of members who wait for this device to re-create their group (GR31.6).
   */
  readonly stopped: Map<Hex, Map<Hex, Bytes>>;
  /** How many posts came to an address and could not be used (DS37), by hex address. */
  readonly floods: Map<string, { readonly sinceMs: number; posts: number }>;
  /**
   * Message numbers that this device asked others for (`asked`) and answered to others (`answered`) within an hour
   * (SY9), by hex conversation, device and account.
   */
  readonly asked: Map<Hex, { readonly sinceMs: number; readonly seqs: Set<number> }>;
  readonly answered: Map<Hex, { readonly sinceMs: number; readonly seqs: Set<number> }>;
  /** Addresses of own leaves, in hex, that get replaced because they are flooded. */
  readonly floodedLeaves: Set<Hex>;
  /** Position of the first unread item when a chat was last opened. */
  readonly firstUnread: Map<Hex, number>;
  /** Counts an error of work that no caller waits for. Never throws. */
  readonly failed: (error: unknown) => void;
  /** Timers of drafts that the person is still writing, by hex conversation. */
  readonly resting: Map<Hex, Cancel>;
  /** Reports that the views of these topics may have changed. */
  readonly changed: (...topics: readonly string[]) => void;
  /** Deletes retired addresses at the home server as soon as it can be reached. */
  readonly deleteRetired: () => void;
  /** Tries to send what waits in this conversation, or in all. */
  readonly schedule: (conversation?: ConversationId) => void;
};

/*
 * Handlers of the core's kinds: messages, items that own devices sync, and sealed notes. Each room has its own table,
 * and the client is assembled from them, so no room imports the rooms above it.
 */

/**
 * A message. `late` is set if an older version received it and an update can now read it (SY52): then it holds the time
 * at which it was shown and its position. Side effects on arrival (a new contact, a chat that moves up) do not repeat.
 */
export type Said = Message & {
  readonly late?: { readonly atMs: number; readonly position?: number };
  /** Of the push that brought it, where one did (DS18). */
  readonly order?: number;
  /** By a device that is put out, as of a moment to come: what its author next says of themselves outdoes it (SY90). */
  readonly isOutdone?: true;
};

type AnyBody = Message["body"];
export type SaidOf<K extends AnyBody["kind"]> = Said & { readonly body: Extract<AnyBody, { readonly kind: K }> };

export type CoreKind<K extends AnyBody["kind"]> = {
  /** Runs inside the transaction that stores the ratchet. @param head the conversation before this message. */
  readonly apply?: (
    engine: Engine,
    group: Group,
    sender: Member,
    said: SaidOf<K>,
    head: ConversationHead | undefined,
  ) => void;
  /** Makes the body when it is sent: what is sealed depends on the members and the stored messages of that moment. */
  readonly goesOut?: (engine: Engine, group: Group, body: K extends Body["kind"] ? BodyOf<K> : never) => Promise<Body>;
};
export type CoreKinds = { readonly [K in AnyBody["kind"]]?: CoreKind<K> };

/** `SyncedDef` for the core, whose functions get the engine. */
export type CoreSyncedDef<K extends SyncItem["kind"]> = Omit<SyncedDef<K>, "all" | "take"> & {
  readonly all?: (engine: Engine) => readonly SyncedOf<K>[];
  readonly take: (engine: Engine, item: SyncedOf<K>, by: DeviceId) => void;
};
export type CoreSynced = { readonly [K in SyncItem["kind"]]?: CoreSyncedDef<K> };

export type NoteKind<K extends Note["kind"]> = {
  /** Only half of something: it counts as flood against the address until the other half arrives (DS37). */
  readonly isHalf?: true;
  /**
   * Returns whether the note was of use; one that was not counts as flood against the address. @param address where the
   * note arrived.
   */
  readonly hear: (engine: Engine, note: NoteOf<K>, address: Address) => boolean | Promise<boolean>;
};
export type NoteKinds = { readonly [K in Note["kind"]]?: NoteKind<K> };

/** Clears the live state of the account that was on this device, and cancels its timers. */
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
  // The previous home must learn nothing of the next account.
  engine.before.server = undefined;
  engine.before.awayMs = undefined;
}

/** The rules of a conversation's kind; without a conversation, those of the unknown kind, which allow nothing. */
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
