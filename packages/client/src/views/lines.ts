/**
 * System lines with the present names. A line is stored with ids alone; the screen puts it into words in the reader's
 * language.
 */
import { assertNever, type Bytes, fromHex, fromUtf8 } from "@yanshu/wire";
import type { SystemLine } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";

/** Undefined for a line without content any more, such as one about lost messages that have come. */
export function lineOf(
  context: ViewContext,
  people: People,
  conversation: Bytes,
  stored: Bytes,
): SystemLine | undefined {
  // This client wrote it into its own store, so its shape is known.
  const line = JSON.parse(fromUtf8(stored)) as StoredLine;
  switch (line.kind) {
    case "group-created":
    case "picture-changed":
    case "recreated":
    case "dissolved":
    case "invited-beside":
      return { kind: line.kind, by: people.ref(line.by) };
    case "added":
    case "removed":
    case "invited":
    case "left-out":
    case "founded-without":
      return { kind: line.kind, by: people.ref(line.by), people: line.people.map(people.ref) };
    case "joined":
    case "not-done":
      return { kind: line.kind, people: line.people.map(people.ref) };
    case "approval":
      return { kind: line.kind, by: people.ref(line.by), isOn: line.isOn };
    case "history":
      return { kind: line.kind, by: people.ref(line.by), choice: line.choice };
    case "left":
    case "asks-in":
    case "device-added":
    case "restored":
      return { kind: line.kind, who: people.ref(line.who) };
    case "device-refused":
    case "account-frozen":
    case "list-differs":
      return { kind: line.kind, who: people.ref(line.who), isAnswered: line.isAnswered === true };
    case "family-piece":
      return { kind: line.kind, who: people.ref(line.who), of: people.ref(line.of), isOn: line.isOn };
    case "renamed":
      return { kind: line.kind, by: people.ref(line.by), name: line.name };
    case "notice":
    case "announced":
      return { kind: line.kind, by: people.ref(line.by), text: line.text };
    case "role":
      return { kind: line.kind, by: people.ref(line.by), who: people.ref(line.who), role: line.role };
    case "lost":
      return lostLine(context, people, conversation, line.from);
    case "unheard":
      return isUnheard(context, conversation, line.who, line.seq)
        ? { kind: line.kind, who: people.ref(line.who) }
        : undefined;
    case "friends":
    case "request-sent":
    case "not-contacts":
    case "fork":
    case "held-up":
    case "you-were-removed":
      return { kind: line.kind };
    default:
      return assertNever(line);
  }
}

function lostLine(context: ViewContext, people: People, conversation: Bytes, from: Hex): SystemLine | undefined {
  const { count = 0, gone = 0 } =
    context.database.get<{ count: number; gone: number }>(
      `SELECT count(*) AS count, coalesce(sum(gone), 0) AS gone FROM gaps WHERE conversation = ? AND account = ?`,
      conversation,
      fromHex(from),
    ) ?? {};
  if (count === 0) return undefined;
  return { kind: "lost", from: people.ref(from), count, state: gone === count ? "gone" : "asking" };
}

function isUnheard({ database }: ViewContext, conversation: Bytes, who: Hex, seq: number): boolean {
  const sql = "SELECT 1 FROM heard WHERE conversation = ? AND account = ? AND behind_seq = ? LIMIT 1";
  return database.get(sql, conversation, fromHex(who), seq) !== undefined;
}
