/** Heads: title, pictures and state of a conversation, for the chat list and the conversation's screen. */
import type { ConversationKind } from "@yanshu/mls";
import type { ConversationState } from "@yanshu/store";
import { assertNever, type Bytes, toHex } from "@yanshu/wire";
import type { ChatState, Head } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { Face } from "../api/people.ts";
import { faceOf } from "../values/faces.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";

export type HeadRow = {
  readonly conversation: Bytes;
  readonly kind: ConversationKind;
  readonly peer: Bytes | null;
  readonly state: ConversationState;
  readonly frozen: string | null;
  readonly title: string;
  readonly avatar: Bytes | null;
  readonly draft: string;
  readonly dissolved: number;
  readonly imported: string | null;
};

/** Over `conversations AS c`. */
export const headColumns =
  "c.conversation, c.kind, c.peer, c.state, c.frozen, c.title, c.avatar, c.draft, c.dissolved, c.imported";

/** Order of members everywhere: the owner, then as they joined. Over `members AS m`. */
export const memberOrder = "(m.role = 'owner') DESC, m.place, m.account";

export const mosaicMax = 9;
const titleNamesMax = 4;

export function stateOf({ state, frozen, dissolved, imported }: HeadRow): ChatState {
  if (imported !== null) return "imported";
  if (dissolved === 1) return "dissolved";
  if (frozen !== null) return "frozen";
  switch (state) {
    case "forming": // The group is being created; messages wait in the outbox.
      return "open";
    case "declined": // The peer is not told, and sees a request without an answer.
      return "request-in";
    case "open":
    case "request-in":
    case "request-out":
    case "removed":
    case "left":
    case "blocked":
    case "newer-version":
      return state;
    default:
      return assertNever(state);
  }
}

/** `members` in `memberOrder`; the first nine are enough. */
export function titleOf({ conversations }: ViewContext, row: HeadRow, members: readonly Hex[], people: People): string {
  if (conversations.of(row.kind).hasPeer) return row.peer === null ? "" : people.ref(toHex(row.peer)).name;
  if (row.title !== "") return row.title;
  const others = members.map(people.ref).filter(({ isMe, name }) => !isMe && name !== "");
  return others
    .slice(0, titleNamesMax)
    .map(({ name }) => name)
    .join("、");
}

export function facesOf(
  { conversations }: ViewContext,
  row: HeadRow,
  members: readonly Hex[],
  people: People,
): readonly Face[] {
  if (conversations.of(row.kind).hasPeer) return row.peer === null ? [] : [people.get(toHex(row.peer)).face];
  if (row.avatar !== null) return [faceOf(row.conversation, row.title, row.avatar)];
  if (row.imported !== null) return [faceOf(row.conversation, row.title, null)];
  return members.slice(0, mosaicMax).map((account) => people.get(account).face);
}

/** The heads of a few conversations, by hex id. */
export function headsOf(context: ViewContext, people: People, conversations: readonly Bytes[]): ReadonlyMap<Hex, Head> {
  const heads = new Map<Hex, Head>();
  for (const id of new Set(conversations.map(toHex))) {
    const row = context.database.get<HeadRow>(
      `SELECT ${headColumns} FROM conversations AS c WHERE c.conversation = unhex(?)`,
      id,
    );
    if (row === undefined) continue;
    const members = context.database
      .all<{ account: Bytes }>(
        `SELECT m.account FROM members AS m WHERE m.conversation = ? ORDER BY ${memberOrder} LIMIT ${mosaicMax}`,
        row.conversation,
      )
      .map(({ account }) => toHex(account));
    people.load(members);
    heads.set(id, {
      kind: row.kind,
      title: titleOf(context, row, members, people),
      faces: facesOf(context, row, members, people),
    });
  }
  return heads;
}
