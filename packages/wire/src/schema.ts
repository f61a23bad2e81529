/**
 * Schema: strict, capped CBOR, described once and typed by inference.
 *
 * Bytes decode only if they are the deterministic encoding (RFC 8949 §4.2) of a value that fits the
 * schema: unknown fields, longer encodings, duplicates and trailing bytes are refused, so one value
 * has one encoding and can be signed or hashed (docs/spec/wire.md WI2).
 */
import { decode as cborDecode, encode as cborEncode } from "cborg";
import { type Bytes, equalBytes, MalformedError } from "./bytes.ts";
import { limits } from "./limits.ts";
import { readPlainly, writePlainly } from "./plain-cbor.ts";

/**
 * `check` returns the typed value, without undefined fields, or throws MalformedError with the path of the wrong field.
 */
export type Schema<T> = { readonly check: (value: unknown, path: string) => T };
export type Infer<S> = S extends Schema<infer T> ? T : never;

function fail(path: string, what: string): never {
  throw new MalformedError(`${path}: ${what}`);
}

/** A byte string of exactly `length` bytes. @checks WI2 */
export function fixed<T extends Bytes = Bytes>(length: number): Schema<T> {
  return {
    check: (value, path) =>
      value instanceof Uint8Array && value.length === length ? (value as T) : fail(path, `not ${length} bytes`),
  };
}

/** @checks WI2, WI3 */
export function blob(max: number): Schema<Bytes> {
  return {
    check: (value, path) =>
      value instanceof Uint8Array && value.length <= max ? value : fail(path, `not at most ${max} bytes`),
  };
}

/** Text of at most `max` UTF-16 units without lone surrogates. @checks WI2, WI3 */
export function text(max: number): Schema<string> {
  return {
    check: (value, path) =>
      typeof value === "string" && value.length <= max && value.isWellFormed()
        ? value
        : fail(path, `not text of at most ${max} units`),
  };
}

/** Text of one line that the app shows among its own words, such as a name. `check` returns it through `plain`. */
export function line(max: number): Schema<string> {
  const of = text(max);
  return { check: (value, path) => plain(of.check(value, path)) };
}

/** Removes bidirectional controls; replaces control characters and line breaks by spaces (docs/spec/wire.md WI2a). */
export function plain(words: string): string {
  return words.replace(/[\u202a-\u202e\u2066-\u2069]/gu, "").replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/** @checks WI2 */
export function uint(max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return {
    check: (value, path) =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max && !Object.is(value, -0)
        ? value
        : fail(path, `not a whole number up to ${max}`),
  };
}

export const bool: Schema<boolean> = {
  // @checks WI2
  check: (value, path) => (typeof value === "boolean" ? value : fail(path, "not a boolean")),
};

/** @checks WI2 */
export function literal<const T extends string | number>(expected: T): Schema<T> {
  return { check: (value, path) => (value === expected ? expected : fail(path, `not ${expected}`)) };
}

/** @checks WI2 */
export function oneOf<const T extends string>(...allowed: readonly T[]): Schema<T> {
  return {
    check: (value, path) =>
      allowed.includes(value as T) ? (value as T) : fail(path, `not one of ${allowed.join(", ")}`),
  };
}

/** @checks WI2, WI3 */
export function list<T>(of: Schema<T>, max: number): Schema<readonly T[]> {
  return {
    check: (value, path) => {
      if (!Array.isArray(value) || value.length > max) return fail(path, `not a list of at most ${max}`);
      return value.map((item, i) => of.check(item, `${path}[${i}]`));
    },
  };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] };
export type Struct<Required extends Fields, Optional extends Fields> = Flat<
  { readonly [K in keyof Required]: Infer<Required[K]> } & { readonly [K in keyof Optional]?: Infer<Optional[K]> }
>;

/** A map with text keys: every required field, any optional one, nothing else. @checks WI2 */
export function struct<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): Schema<Struct<R, O>> {
  const names = Object.keys(required);
  return {
    check: (value, path) => {
      if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array)
        return fail(path, "not a map");
      const source = value as Record<string, unknown>;
      const out: Record<string, unknown> = {};
      for (const name of names) {
        if (!Object.hasOwn(source, name)) return fail(path, `lacks ${name}`);
        out[name] = (required[name] as Schema<unknown>).check(source[name], `${path}.${name}`);
      }
      for (const name of Object.keys(source)) {
        if (Object.hasOwn(required, name)) continue; // not a check: it is checked above.
        if (optional === undefined || !Object.hasOwn(optional, name)) return fail(path, "has an unknown field");
        if (source[name] === undefined) continue; // not a check: the field is left out.
        out[name] = (optional[name] as Schema<unknown>).check(source[name], `${path}.${name}`);
      }
      return out as Struct<R, O>;
    },
  };
}

/**
 * Additions of a later version to a signed record (docs/spec/wire.md WI20): a reader keeps unknown types and ignores
 * them. In ascending order of type, each once. The list is not empty: without additions the field is absent.
 */
export const extensions: Schema<readonly Extension[]> = {
  check: (value, path) => {
    const checked = list(extension, limits.extensionsMax).check(value, path);
    // @checks WI20
    const isInOrder = checked.every(({ type }, i) => i === 0 || type > (checked[i - 1]?.type ?? 0));
    // @checks WI20
    return checked.length > 0 && isInOrder ? checked : fail(path, "not a list of types in their order");
  },
};
const extension = struct({ type: uint(0xffff), data: blob(limits.extensionBytesMax) });
export type Extension = { readonly type: number; readonly data: Bytes };

/** A union of maps, discriminated by the field `kind`. @checks WI2 */
export function variants<V extends Readonly<Record<string, Schema<object>>>>(
  of: V,
): Schema<{ [K in keyof V]: Flat<{ readonly kind: K } & Infer<V[K]>> }[keyof V]> {
  type Result = { [K in keyof V]: Flat<{ readonly kind: K } & Infer<V[K]>> }[keyof V];
  return {
    check: (value, path) => {
      if (typeof value !== "object" || value === null) return fail(path, "not a map");
      const { kind, ...fields } = value as Record<string, unknown>;
      if (typeof kind !== "string" || !Object.hasOwn(of, kind)) return fail(path, "is of an unknown kind");
      return { kind, ...(of[kind] as Schema<object>).check(fields, `${path}(${kind})`) } as unknown as Result;
    },
  };
}

const cborOptions = {
  allowIndefinite: false,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  strict: true,
  rejectDuplicateMapKeys: true,
};

/** Deterministic CBOR of a value that fits the schema. @throws MalformedError when it does not. */
export function encodeAs<T>(schema: Schema<T>, value: T): Bytes {
  return encodeAfter(0, schema, value);
}

/**
 * Like `encodeAs`, after `before` free bytes for the caller's head, so that a frame need not be copied.
 */
export function encodeAfter<T>(before: number, schema: Schema<T>, value: T): Bytes {
  return encodeCanonical(schema.check(value, "value"), before);
}

/** @throws MalformedError when the bytes are longer than `max`, not canonical, or do not fit. */
export function decodeAs<T>(schema: Schema<T>, bytes: Bytes, max: number): T {
  // @checks WI3
  if (bytes.length > max) throw new MalformedError(`over ${max} bytes`);
  const plainly = readPlainly(bytes);
  if (plainly !== undefined) return schema.check(plainly, "value");
  let value: unknown;
  try {
    value = cborDecode(bytes, cborOptions);
  } catch {
    throw new MalformedError("not strict CBOR");
  }
  const checked = schema.check(value, "value");
  // @checks WI2
  if (!equalBytes(encodeCanonical(value), bytes)) throw new MalformedError("not the deterministic encoding");
  return checked;
}

function encodeCanonical(value: unknown, before = 0): Bytes {
  const plainly = writePlainly(value, before);
  if (plainly !== undefined) return plainly;
  const encoded = cborEncode(value, { float64: true });
  // A copy: cborg may hand out a view into a larger buffer.
  const bytes = new Uint8Array(before + encoded.length);
  bytes.set(encoded, before);
  return bytes;
}
