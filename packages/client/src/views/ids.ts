/**
 * Ids as screens name them. Account and conversation ids are 32 bytes alike.
 */
import { type Bytes, fromHex, idBytes } from "@yanshu/wire";
import type { Hex } from "../api.ts";

/** Undefined when the text is no id, so that a stale or mistyped address shows nothing instead of failing. */
export function idFrom(hex: Hex): Bytes | undefined {
  return hex.length === 2 * idBytes.conversation && /^[0-9a-f]+$/.test(hex) ? fromHex(hex) : undefined;
}

/** The same for the id of a message. */
export function contentFrom(hex: Hex): Bytes | undefined {
  return hex.length === 2 * idBytes.content && /^[0-9a-f]+$/.test(hex) ? fromHex(hex) : undefined;
}
