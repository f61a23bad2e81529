/** Ids and texts that screens give, checked. */
import { fieldLimits } from "@yanshu/content";
import type { MessageName } from "@yanshu/store";
import { type Bytes, fromHex, idBytes } from "@yanshu/wire";
import type { MessageRef } from "./api/actions.ts";
import type { Hex } from "./api/hex.ts";
import { ClientError } from "./errors.ts";

/** @throws ClientError `unknown-conversation` */
export function idOf(hex: Hex): Uint8Array {
  if (!new RegExp(`^[0-9a-f]{${2 * idBytes.conversation}}$`).test(hex)) throw new ClientError("unknown-conversation");
  return fromHex(hex);
}

/** @throws ClientError `unknown-message` */
export function nameOf({ author, id }: MessageRef): MessageName {
  if (!new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`).test(author)) throw new ClientError("unknown-message");
  return { author: fromHex(author), id: contentId(id) };
}

/** @throws ClientError `unknown-message` */
export function contentId(id: Hex): Uint8Array {
  if (!new RegExp(`^[0-9a-f]{${2 * idBytes.content}}$`).test(id)) throw new ClientError("unknown-message");
  return fromHex(id);
}

/** Of at most so many UTF-16 units. @throws ClientError `too-long` */
export function atMost(text: string, unitsMax: number): string {
  if (text.length > unitsMax) throw new ClientError("too-long");
  return text.toWellFormed();
}

/** Trimmed, and of at most so many UTF-16 units. @throws ClientError `empty`, `too-long` */
export function filled(text: string, unitsMax: number): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new ClientError("empty");
  return atMost(trimmed, unitsMax);
}

/** Undefined when the text is no id, so that a stale or mistyped address shows nothing instead of failing. */
export function idFrom(hex: Hex): Bytes | undefined {
  return hex.length === 2 * idBytes.conversation && /^[0-9a-f]+$/.test(hex) ? fromHex(hex) : undefined;
}

/** The same for the id of a message. */
export function contentFrom(hex: Hex): Bytes | undefined {
  return hex.length === 2 * idBytes.content && /^[0-9a-f]+$/.test(hex) ? fromHex(hex) : undefined;
}

/** The SHA-256 by which an entry, a channel or a package is named. @throws ClientError `unknown-message` */
export function hashIn(hex: Hex): Bytes {
  const hash = idFrom(hex);
  if (hash === undefined) throw new ClientError("unknown-message");
  return hash;
}

/** A name of a person or a group, trimmed. @throws ClientError `bad-name` */
export function chosenName(name: string, mayBeEmpty: boolean): string {
  // Counted in graphemes would be kinder; the wire's cap is in units, so that is what is refused.
  const trimmed = name.trim();
  if (trimmed.length === 0 && !mayBeEmpty) throw new ClientError("bad-name");
  if (trimmed.length > fieldLimits.nameMax || !trimmed.isWellFormed()) throw new ClientError("bad-name");
  return trimmed;
}
