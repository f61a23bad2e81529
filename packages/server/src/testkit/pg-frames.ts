/**
 * PostgreSQL's frames (its frontend/backend protocol, version 3), as far as one who asks synchronously needs them:
 * steps become bytes, and the bytes of the answer become results. Values come in binary, so that bytes need not be
 * written as text.
 */
import { RefusedError } from "../log/postgres/bun-bridge.ts";
import type { Result, Step, Value } from "../log/postgres/channel.ts";

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Each step with an end of its own, so that one that is refused leaves the next to be refused by itself. */
export function encodeSteps(steps: readonly Step[], nameOf: (sql: string) => PreparedName): Uint8Array {
  const out = new Writer();
  for (const { sql, params } of steps) {
    if (params.length === 0 && sql.includes(";")) {
      out.frame("Q", () => out.text(sql)); // Several statements at once, as in a migration.
      continue;
    }
    const { name, isNew } = nameOf(sql);
    if (isNew)
      out.frame("P", () => {
        out.text(name);
        out.text(sql);
        out.int16(0);
      });
    out.frame("B", () => bind(out, name, params));
    out.frame("D", () => out.text("P"));
    out.frame("E", () => {
      out.text("");
      out.int32(0);
    });
    out.frame("S", () => undefined);
  }
  return out.done();
}

export type PreparedName = { readonly name: string; readonly isNew: boolean };

function bind(out: Writer, name: string, params: readonly Value[]): void {
  out.text("");
  out.text(name);
  out.int16(params.length);
  for (const param of params) out.int16(param instanceof Uint8Array ? binary : 0);
  out.int16(params.length);
  for (const param of params) {
    const bytes = param === null || param instanceof Uint8Array ? param : utf8.encode(`${param}`);
    out.int32(bytes?.length ?? -1);
    if (bytes !== null) out.bytes(bytes);
  }
  out.int16(1);
  out.int16(binary);
}

const binary = 1;

/** One result a step. @throws RefusedError for the first that was refused. */
export function decodeResults(bytes: Uint8Array): readonly Result[] {
  const results: Result[] = [];
  let refused: RefusedError | undefined;
  let types: readonly number[] = [];
  let rows: unknown[][] = [];
  let count = 0;
  for (const { kind, body } of framesOf(bytes)) {
    if (kind === "T") types = typesIn(body);
    else if (kind === "D") rows.push(rowOf(body, types));
    else if (kind === "C") count = Number(/\d+$/.exec(new Reader(body).text())?.[0] ?? 0);
    else if (kind === "E") refused ??= refusalIn(body);
    else if (kind === "Z") {
      results.push({ rows, count });
      [types, rows, count] = [[], [], 0];
    }
  }
  if (refused !== undefined) throw refused;
  return results;
}

function* framesOf(bytes: Uint8Array): Generator<{ readonly kind: string; readonly body: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getInt32(at + 1);
    yield { kind: String.fromCharCode(bytes[at] as number), body: bytes.subarray(at + 5, at + 1 + length) };
    at += 1 + length;
  }
}

function typesIn(body: Uint8Array): readonly number[] {
  const reader = new Reader(body);
  return Array.from({ length: reader.int16() }, () => {
    reader.text();
    reader.skip(6); // The table and the column that it is of.
    const type = reader.int32();
    reader.skip(8); // Its size, its modifier, and that it comes in binary.
    return type;
  });
}

function rowOf(body: Uint8Array, types: readonly number[]): unknown[] {
  const reader = new Reader(body);
  return Array.from({ length: reader.int16() }, (_, column) => {
    const length = reader.int32();
    return length < 0 ? null : valueIn(reader.bytes(length), types[column] ?? 0);
  });
}

/** By the numbers that PostgreSQL gives its own types. */
function valueIn(bytes: Uint8Array, type: number): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 16:
      return bytes[0] === 1;
    case 17:
      return bytes.slice();
    case 20:
      return Number(view.getBigInt64(0));
    case 23:
      return view.getInt32(0);
    default:
      return fromUtf8.decode(bytes);
  }
}

function refusalIn(body: Uint8Array): RefusedError {
  const reader = new Reader(body);
  const fields = new Map<string, string>();
  for (let kind = reader.byte(); kind !== 0; kind = reader.byte()) fields.set(String.fromCharCode(kind), reader.text());
  return new RefusedError(fields.get("C") ?? "XX000", fields.get("M") ?? "");
}

class Reader {
  private readonly all: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(all: Uint8Array) {
    this.all = all;
    this.view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  byte(): number {
    return this.all[this.at++] ?? 0;
  }

  int16(): number {
    return this.view.getInt16(this.skip(2));
  }

  int32(): number {
    return this.view.getInt32(this.skip(4));
  }

  bytes(length: number): Uint8Array {
    const from = this.skip(length);
    return this.all.subarray(from, from + length);
  }

  text(): string {
    const end = this.all.indexOf(0, this.at);
    const found = fromUtf8.decode(this.all.subarray(this.at, end));
    this.at = end + 1;
    return found;
  }

  /** Answers where it stood. */
  skip(length: number): number {
    this.at += length;
    return this.at - length;
  }
}

class Writer {
  private all = new Uint8Array(4_096);
  private view = new DataView(this.all.buffer);
  private at = 0;

  frame(kind: string, body: () => void): void {
    this.bytes(utf8.encode(kind));
    const from = this.at;
    this.int32(0);
    body();
    this.view.setInt32(from, this.at - from);
  }

  int16(value: number): void {
    this.grow(2);
    this.view.setInt16(this.at, value);
    this.at += 2;
  }

  int32(value: number): void {
    this.grow(4);
    this.view.setInt32(this.at, value);
    this.at += 4;
  }

  text(value: string): void {
    this.bytes(utf8.encode(value));
    this.bytes(Uint8Array.of(0));
  }

  bytes(value: Uint8Array): void {
    this.grow(value.length);
    this.all.set(value, this.at);
    this.at += value.length;
  }

  done(): Uint8Array {
    return this.all.slice(0, this.at);
  }

  private grow(by: number): void {
    if (this.at + by <= this.all.length) return;
    const larger = new Uint8Array(Math.max(this.all.length * 2, this.at + by));
    larger.set(this.all);
    this.all = larger;
    this.view = new DataView(larger.buffer);
  }
}
