/**
 * Bodies: what one row of `messages` shows.
 */
import { type Body, decodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { ShownBody } from "../api/core.ts";
import { decodeFallback } from "../values/newer.ts";
import type { ShownKind } from "../values/shown.ts";
import type { ViewContext } from "./context.ts";
import { lineOf } from "./lines.ts";
import type { People } from "./people.ts";
import { showContext } from "./read-context.ts";

/**
 * Undefined for a line without content any more. A message that its feature fails to show appears as too new, and does
 * not keep others from being shown.
 */
export function bodyOf(
  context: ViewContext,
  people: People,
  row: {
    readonly conversation: Bytes;
    readonly author: Bytes;
    readonly id: Bytes;
    readonly mine: boolean;
    readonly kind: ShownKind;
    readonly body: Bytes;
  },
  /** The decoded body, if the caller has it. */
  decoded?: Body,
): ShownBody | undefined {
  if (row.kind === "recalled")
    return { kind: "system", line: { kind: "recalled", who: people.ref(toHex(row.author)) } };
  if (row.kind === "system") {
    const line = lineOf(context, people, row.conversation, row.body);
    return line && { kind: "system", line };
  }
  if (row.kind === "newer") return newerOf(row.body);
  const said = decoded ?? decodeBody(row.body);
  const show = said === undefined ? undefined : context.features.shows.get(said.kind);
  if (show !== undefined && said !== undefined) {
    try {
      return show(showContext(context, people, row), said) as ShownBody | undefined;
    } catch (error) {
      context.failed?.(error);
      return { kind: "newer" };
    }
  }
  return { kind: "newer" };
}

function newerOf(stored: Bytes): ShownBody {
  const fallback = decodeFallback(stored);
  return { kind: "newer", ...(fallback === "" ? {} : { fallback }) };
}
