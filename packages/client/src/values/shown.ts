/**
 * Shown: which conversations the chat list holds, and which rows of `messages` a person sees or
 * counts as unread (docs/spec/sync.md SY13–SY15). SQL fragments, so that every view means the same.
 */

import { type Body, lineKinds, messageKinds } from "@yanshu/content";
import { sqlOf } from "../kinds/kind.ts";

/** What somebody says, by its body's kind. A message too new to be read is one all the same. */
const saidKinds: readonly string[] = [...messageKinds, "newer"];

/** Of messages that are kept, others (profiles, requests to send again) are never seen. */
export type ShownKind = Body["kind"] | "newer" | "system" | "recalled";
/** Rows that are nobody's message, or not any more. */
const unsaidKinds: ReadonlySet<string> = new Set(["system", "leave", "recalled", "deleted"]);

export function isSaid(kind: string): boolean {
  return !unsaidKinds.has(kind);
}

export const shownKinds = sqlList([...saidKinds, "system", "recalled", ...lineKinds]);

/**
 * What is told of devices and keys: it stands in the chat where it happened, and the chat stays where it was in the
 * list, with what was said there last (SY41). Alarms are none of them: they are to be seen.
 */
const quietLines = ["restored", "device-added", "family-piece", "fork", "recreated"] as const;

export function isQuietLine(line: { readonly kind: string }): boolean {
  return quietLines.some((kind) => kind === line.kind);
}

/** Over rows of `messages` under this name: what one line of the list may show. */
export function previewedRows(name: string): string {
  return `${name}.kind IN ${shownKinds} AND NOT (
    ${name}.kind = 'system' AND json_extract(CAST(${name}.body AS TEXT), '$.kind') IN ${sqlList(quietLines)})`;
}

/** What somebody said. */
export const countedKinds = sqlList(saidKinds);

/**
 * Over `messages AS m`: a system line makes nothing unread, but for what one is to see: that one was let in, and who
 * asks to be.
 */
export const countedLine = `(m.kind = 'system' AND (
    CAST(m.body AS TEXT) LIKE '{"kind":"invited"%' OR CAST(m.body AS TEXT) LIKE '{"kind":"asks-in"%'
  ))`;

/** Over `conversations AS c`. A chat that was left stays while there is something to read in it; one that was hidden, until something is
 * said; that with oneself, once something was. */
export const listedChats = sqlOf(
  (kinds) => `
  (c.kind NOT IN ${kinds.sql(({ isListed }) => isListed === "once-said")} OR EXISTS (
    SELECT 1 FROM messages AS own_row WHERE own_row.conversation = c.conversation AND own_row.kind IN ${shownKinds}
  )) AND (
    c.state IN ('forming', 'open', 'request-out', 'removed', 'newer-version')
    OR (c.state = 'left' AND EXISTS (
      SELECT 1 FROM messages AS any_row WHERE any_row.conversation = c.conversation AND any_row.kind IN ${shownKinds}
    ))
  ) AND NOT EXISTS (
    SELECT 1 FROM chat_marks AS hid WHERE hid.conversation = c.conversation AND hid.mark = 'hidden' AND hid.is_on = 1
  )`,
);

export function sqlList(kinds: readonly string[]): string {
  return `(${kinds.map((kind) => `'${kind}'`).join(", ")})`;
}
