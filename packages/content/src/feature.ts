/**
 * Feature: what one part of the app adds to the content of messages, and the place where a kind says once what it is
 * (docs/ARCHITECTURE.md, docs/decisions/0041). The list is features/index.ts; every union and table of kinds follows
 * from it.
 */
import type { Schema } from "@yanshu/wire";
import type { BlobRef } from "./fields/media.ts";

/**
 * How a device treats a message, also one whose kind it does not know: it travels in the outer part, beside the body.
 * The word, and the first of its values, are those of MIMI's content format.
 *
 * - `message`: somebody said something. It stands in the chat, and is unread until it was seen.
 * - `notice`: something happened. It is a line in the chat, and makes nothing unread.
 * - `signal`: it changes what stands there already, or is for programs alone. It shows nothing.
 */
export type Disposition = "message" | "notice" | "signal";

/** One kind of body. @typeParam T its fields without `kind`. */
export type BodyDef<T extends object> = {
  readonly schema: Schema<T>;
  readonly disposition: Disposition;
  /**
   * All its words, by which it is found, and as which it is copied. Empty: nothing but its kind. Absent: nobody looks
   * for it.
   */
  readonly text?: (body: NoInfer<T>) => string;
  /** How it begins, where that is not how its words do. */
  readonly summary?: (body: NoInfer<T>) => string;
  /**
   * What of it is carried into another chat, into a record or among what is kept: as it is, without what belongs to its
   * chat, or as a text of its words. Absent: it stays where it was said.
   */
  readonly forward?: "whole" | "text" | ((body: NoInfer<T>) => NoInfer<T>);
  /** It means something at the moment when it is heard, and nothing later: it waits for no update. */
  readonly isOfItsMoment?: true;
  /**
   * What its author keeps of it, to say it again to who lacks it (docs/spec/sync.md SY9a): without what is of use at
   * its moment alone. Absent: all of it.
   */
  readonly asKept?: (body: NoInfer<T>) => NoInfer<T>;
  /** Handed on to newcomers of a group (docs/spec/groups.md GR32). */
  readonly isSharedWithNewcomers?: true;
  /** Returns the body with each of its blobs replaced. Absent: it names none. */
  readonly blobs?: (body: NoInfer<T>, replace: (blob: BlobRef) => BlobRef) => NoInfer<T>;
  /**
   * What a device that does not know the kind shows in its place, in words of the sender (docs/spec/sync.md SY50).
   * Every message and notice that is newer than version 1 of the formats has it; nobody lacks the kinds of version 1.
   */
  readonly fallback?: (body: NoInfer<T>) => string;
};

/** What a member sets on somebody's message; the later stamp holds. `value` as the store and the vault keep it. */
export type MarkDef<T> = {
  readonly value: Schema<T>;
  /**
   * Whether it can be one's name among those that a person sets on one message. Absent: a person sets one, under an
   * empty name.
   */
  readonly isKey?: (key: string) => boolean;
  /** It belongs to the conversation, and not to who set it. */
  readonly isNobodys?: true;
};

/**
 * What own devices tell each other in their own conversation. Of what has a `stampMs` the later one wins; ties by
 * bytes.
 */
export type SyncedDef<T extends object> = {
  readonly schema: Schema<T>;
  /**
   * It means something when it is told, or is no record's to say: where it is unknown it does not wait for an update.
   */
  readonly isOfItsMoment?: true;
};

// biome-ignore lint/suspicious/noExplicitAny: a definition takes its own body; which one it is given follows from the kind.
export type AnyBody = BodyDef<any>;

export type ContentFeature = {
  readonly bodies?: Readonly<Record<string, AnyBody>>;
  readonly marks?: Readonly<Record<string, MarkDef<unknown>>>;
  readonly synced?: Readonly<Record<string, SyncedDef<object>>>;
  /** What travels sealed to one device, outside any group. */
  readonly notes?: Readonly<Record<string, Schema<object>>>;
};

export const contentFeature = <const F extends ContentFeature>(feature: F): F => feature;
export const body = <T extends object>(def: BodyDef<T>): BodyDef<T> => def;
export const mark = <T>(value: Schema<T>, rest: Omit<MarkDef<T>, "value"> = {}): MarkDef<T> => ({ value, ...rest });
export const synced = <T extends object>(schema: Schema<T>): SyncedDef<T> => ({ schema });
export const syncedOfItsMoment = <T extends object>(schema: Schema<T>): SyncedDef<T> => ({
  schema,
  isOfItsMoment: true,
});
/** A body for programs: it changes what stands there already, or asks for something. */
export const signal = <T extends object>(schema: Schema<T>): BodyDef<T> => ({ schema, disposition: "signal" });
/** A signal that means nothing later. */
export const ephemeralSignal = <T extends object>(schema: Schema<T>): BodyDef<T> => ({
  ...signal(schema),
  isOfItsMoment: true,
});
