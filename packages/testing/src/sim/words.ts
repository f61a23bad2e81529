/** Words: how the ledger's sayings are written into messages, and found again on a disk. */
import type { Hex } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import type { Database } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { Said } from "./ledger.ts";

const edited = " · ";

/** A text after it was edited at that step. */
export function wordsOf({ text }: Said, step: number): string {
  return `${text}${edited}${step}`;
}

/** A text as it was first said. */
export function firstWords(text: string): string {
  return text.split(edited, 1)[0] ?? "";
}

/** The file that goes by this name; it begins with its size. */
export function fileBytes(name: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, size);
  let state = Number(BigInt.asUintN(32, BigInt(Bun.hash(name))));
  for (let at = 4; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** Texts that stand on a disk, under what they are known by, with their conversations. @param where of `messages`. */
export function textsOn(disk: Database, where: string, conversation?: Uint8Array): readonly (readonly [Hex, string])[] {
  type Row = { readonly conversation: Uint8Array; readonly body: Uint8Array };
  const sql = `SELECT conversation, body FROM messages WHERE kind = 'text' AND ${where}`;
  const rows =
    conversation === undefined ? disk.all<Row>(sql) : disk.all<Row>(`${sql} AND conversation = ?`, conversation);
  return rows.flatMap((row) => {
    const body = decodeBody(row.body);
    return body?.kind === "text" ? [[toHex(row.conversation), firstWords(body.text)] as const] : [];
  });
}
