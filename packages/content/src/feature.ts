/**
 * Feature: the type by which a part of the app defines its kinds of content, each once (docs/ARCHITECTURE.md,
 * docs/decisions/0041). features/index.ts lists the features; all unions and tables of kinds follow from that list.
 */
import type { Schema } from "@yanshu/wire";
import type { BlobRef } from "./fields/media.ts";

/**
 * How a device treats a message, also one of an unknown kind: the outer part carries it. The term is from MIMI's
 * content format.
 *
 * - `message`: shown in the chat, and unread until the person sees it.
 * - `notice`: shown as a system line, never unread.
 * - `signal`: changes something in the chat, or is for programs only. It is not shown.
 */
export type Disposition = "message" | "notice" | "signal";

/** One kind of body. @typeParam T its fields without `kind`. */
export type BodyDef<T extends object> = {
  readonly schema: Schema<T>;
  readonly disposition: Disposition;
  /** A notice that the chat shows as a line. Absent: no notice is shown. */
  readonly isLine?: true;
  /**
   * All its words, for search and copying. Returns an empty text if it can be found only by its kind. Absent: it is not
   * searched for.
   */
  readonly text?: (body: NoInfer<T>) => string;
  /** Its preview. Absent: `text` is used. */
  readonly summary?: (body: NoInfer<T>) => string;
  /**
   * How it is forwarded to another chat, into a record or to the favourites: whole, changed by a function, or as a text
   * of its words. Absent: it cannot be forwarded.
   */
  readonly forward?: "whole" | "text" | ((body: NoInfer<T>) => NoInfer<T>);
  /** Matters only on arrival: a version that does not know the kind does not keep it for an update. */
  readonly isOfItsMoment?: true;
  /**
   * What its author stores of it for resending (docs/spec/sync.md SY9a), without parts that matter only at once.
   * Absent: all of it.
   */
  readonly asKept?: (body: NoInfer<T>) => NoInfer<T>;
  /** What is kept of it for resending is counted apart from what people said, and pushes nothing of that out. */
  readonly isAside?: true;
  /** What was said later goes out before it. */
  readonly goesLast?: true;
  /** Shared with newcomers of a group as history (docs/spec/groups.md GR32). */
  readonly isSharedWithNewcomers?: true;
  /** Returns the body with each of its blobs replaced. Absent: it names none. */
  readonly blobs?: (body: NoInfer<T>, replace: (blob: BlobRef) => BlobRef) => NoInfer<T>;
  /**
   * Text that a device shows if it does not know the kind, in words of the sender (docs/spec/sync.md SY50). Required
   * for messages and notices newer than version 1 of the formats, whose kinds every device knows.
   */
  readonly fallback?: (body: NoInfer<T>) => string;
};

/** A mark that a member sets on a message; the later stamp wins. `value`: as store and vault keep it. */
export type MarkDef<T> = {
  readonly value: Schema<T>;
  /**
   * Whether a key is valid. A person may set several marks of the kind on one message, one for each key. Absent: only
   * one, with an empty key.
   */
  readonly isKey?: (key: string) => boolean;
  /** It belongs to the conversation, not to a member. */
  readonly isNobodys?: true;
};

/**
 * An item that own devices send each other in their own conversation. If it has a `stampMs`, the later one wins, and of
 * equal ones the greater bytes.
 */
export type SyncedDef<T extends object> = {
  readonly schema: Schema<T>;
  /**
   * Matters only on arrival, or must not come from a recovery record: a version that does not know the kind does not
   * keep it for an update.
   */
  readonly isOfItsMoment?: true;
};

// biome-ignore lint/suspicious/noExplicitAny: a definition takes its own body; which one it is given follows from the kind.
export type AnyBody = BodyDef<any>;

export type ContentFeature = {
  readonly bodies?: Readonly<Record<string, AnyBody>>;
  readonly marks?: Readonly<Record<string, MarkDef<unknown>>>;
  readonly synced?: Readonly<Record<string, SyncedDef<object>>>;
  /** Kinds of sealed notes: each goes to one device, outside any group. */
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
/** A body that is not shown: it changes something in the chat, or asks for something. */
export const signal = <T extends object>(schema: Schema<T>): BodyDef<T> => ({ schema, disposition: "signal" });
/** A signal that matters only on arrival. */
export const ephemeralSignal = <T extends object>(schema: Schema<T>): BodyDef<T> => ({
  ...signal(schema),
  isOfItsMoment: true,
});
