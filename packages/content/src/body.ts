/**
 * Bodies: the schemas of all kinds of message content, from the features (docs/spec/sync.md SY7–SY12). A released field
 * never changes. An older version cannot decode a body with a new field.
 */
import { type Bytes, decodeAs, type Infer, idBytes, MalformedError, type Schema, variants } from "@yanshu/wire";
import type { AnyBody } from "./feature.ts";
import { type TableOf, tableOf } from "./registry.ts";

type Bodies = TableOf<"bodies">;
type Marks = TableOf<"marks">;
type Flat<T> = { [P in keyof T]: T[P] };

export type Body = { [K in keyof Bodies]: Flat<{ readonly kind: K } & Infer<Bodies[K]["schema"]>> }[keyof Bodies];
export type BodyOf<K extends Body["kind"]> = Extract<Body, { kind: K }>;
/** Bodies that name files. */
export type MediaBody = BodyOf<"photos" | "voice" | "video" | "file">;

/** By kind. */
export const bodyDefs: ReadonlyMap<string, AnyBody> = tableOf("bodies");

export function bodySchemaOf(defs: ReadonlyMap<string, AnyBody>): Schema<Body> {
  const schemas = [...defs].map(([kind, { schema }]): [string, Schema<object>] => [kind, schema]);
  return variants(Object.fromEntries(schemas)) as Schema<unknown> as Schema<Body>;
}

/** Kinds of marks that members set on messages: reactions, votes, lines of lists, pins. */
export type MarkKind = keyof Marks;
const markDefs = tableOf("marks");
/** In the order of the features. */
export const markKinds = [...markDefs.keys()] as readonly MarkKind[];

type AnyMark = { readonly kind: string; readonly by: Bytes; readonly key: string; readonly value: Bytes };

/**
 * Whether this version knows the kind, and the mark has its feature's form. A later version may write another form.
 */
export function isMark<T extends AnyMark>(mark: T): mark is T & { readonly kind: MarkKind } {
  const def = markDefs.get(mark.kind);
  if (def === undefined || mark.by.length !== (def.isNobodys ? 0 : idBytes.account)) return false;
  if (!(def.isKey?.(mark.key) ?? mark.key === "")) return false;
  try {
    decodeAs(def.value, mark.value, mark.value.length);
    return true;
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}
