/**
 * View `conversation`: head, members, and what this person may do. Who may is decided by the
 * group's policy when a commit is made (docs/spec/groups.md); this only says which buttons to show.
 */
import { type Bytes, toHex } from "@yanshu/wire";
import type { ConversationView, Hex, MemberView } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { facesOf, type HeadRow, headColumns, memberOrder, stateOf, titleOf } from "./heads.ts";
import { idFrom } from "./ids.ts";
import { peopleOf } from "./people.ts";

type Row = HeadRow & { readonly admins_add: number; readonly admins_edit: number };
type Role = MemberView["role"];
type May = ConversationView["may"];

const headSql = `
  SELECT ${headColumns}, c.admins_add, c.admins_edit FROM conversations AS c WHERE c.conversation = ?`;
const membersSql = `SELECT m.account, m.role FROM members AS m WHERE m.conversation = ? ORDER BY ${memberOrder}`;

export function readConversation(context: ViewContext, conversation: Hex): ConversationView | undefined {
  const id = idFrom(conversation);
  const row = id && context.database.get<Row>(headSql, id);
  if (row === undefined) return undefined;
  const roles = context.database
    .all<{ account: Bytes; role: Role }>(membersSql, row.conversation)
    .map(({ account, role }) => ({ account: toHex(account), role }));
  const accounts = roles.map(({ account }) => account);
  const people = peopleOf(context);
  people.load(accounts);
  const peer = row.kind === "direct" && row.peer !== null ? people.get(toHex(row.peer)) : undefined;
  const members = roles.map(({ account, role }): MemberView => {
    const { name, isMe, face, isContact } = people.get(account);
    return { account, name, isMe, face, role, isContact };
  });
  return {
    conversation,
    kind: row.kind,
    title: titleOf(row, accounts, people),
    faces: facesOf(row, accounts, people),
    state: stateOf(row),
    trust: peer?.trust ?? "none",
    members,
    may: mayOf(row, members.find(({ isMe }) => isMe)?.role),
    draft: row.draft,
    ...(peer === undefined ? {} : { peer: peer.account }),
  };
}

/** `role` is undefined for whoever is not a member. */
function mayOf(row: Row, role: Role | undefined): May {
  const state = stateOf(row);
  const write = row.kind !== "own" && (state === "open" || state === "request-out");
  if (row.kind !== "group" || role === undefined)
    return { write, add: false, remove: false, edit: false, appoint: false, leave: false };
  const open = state === "open";
  const leads = role !== "member";
  return {
    write,
    add: open && (leads || row.admins_add === 0),
    remove: open && leads,
    edit: open && (leads || row.admins_edit === 0),
    appoint: open && role === "owner",
    // Also out of a paused one: nobody is held.
    leave: row.state !== "removed" && row.state !== "left",
  };
}
