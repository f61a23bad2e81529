/**
 * Notes: what travels sealed to one device (wire envelope kind 1), outside any group (docs/spec/delivery.md DS8,
 * docs/spec/identity.md ID12–ID16), as the features say it.
 */
import { type Bytes, decodeAs, encodeAs, type Infer, MalformedError, type Schema, variants } from "@yanshu/wire";
import { type TableOf, tableOf } from "./registry.ts";

const noteBytesMax = 900 * 1024;

type Notes = TableOf<"notes">;
type Flat<T> = { [P in keyof T]: T[P] };
export type Note = { [K in keyof Notes]: Flat<{ readonly kind: K } & Infer<Notes[K]>> }[keyof Notes];
export type NoteOf<K extends Note["kind"]> = Extract<Note, { kind: K }>;

const note = variants(Object.fromEntries(tableOf("notes"))) as Schema<unknown> as Schema<Note>;

export function encodeNote(value: Note): Bytes {
  return encodeAs(note, value);
}

/** Undefined when it is broken, or from a newer client. */
export function decodeNote(bytes: Bytes): Note | undefined {
  try {
    return decodeAs(note, bytes, noteBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
