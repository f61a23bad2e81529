/**
 * View `conversation`: head, members, and what this person may do. The group's policy decides that when a commit is
 * made (docs/spec/groups.md); this view only says which buttons to show.
 */

import type { GroupLinkState } from "@yanshu/mls";
import { hasChatMark, readJoinRequestsFor, readNicknames, readStrayed } from "@yanshu/store";
import { type Bytes, fromHex, toHex } from "@yanshu/wire";
import type { ConversationView, MemberView, StrayView } from "../api/core.ts";
import type { GroupLinkTerms } from "../api/groups.ts";
import type { Hex } from "../api/hex.ts";
import { unpack } from "../cbor.ts";
import { idFrom } from "../ids.ts";
import type { ConversationDef } from "../kinds/kind.ts";
import { marksOf } from "./chat-marks.ts";
import type { ViewContext } from "./context.ts";
import { facesOf, type HeadRow, headColumns, memberOrder, stateOf, titleOf } from "./heads.ts";
import { type People, type Person, peopleIn, peopleOf } from "./people.ts";
import { sourceOf } from "./source.ts";

type Row = HeadRow & {
  readonly admins_add: number;
  readonly admins_edit: number;
  readonly approval: number;
  readonly history: ConversationView["newcomersSee"];
  readonly link: Bytes | null;
  readonly announcement: string;
};
type Role = MemberView["role"];
type May = ConversationView["may"];

const headSql = `
  SELECT ${headColumns}, c.admins_add, c.admins_edit, c.approval, c.history, c.link, c.announcement FROM conversations AS c WHERE c.conversation = ?`;
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
  const kind = context.conversations.of(row.kind);
  const peer = kind.hasPeer && row.peer !== null ? people.get(toHex(row.peer)) : undefined;
  const here = kind.hasNicknames ? peopleIn(context, people, row.conversation) : people;
  here.load(accounts);
  const nicknames = nicknamesIn(context, row.conversation);
  const members = roles.map(({ account, role }): MemberView => {
    const { name, isMe, face, isContact, ownName } = here.get(account);
    return { account, name, isMe, face, role, isContact, calledHere: nicknames.get(account) ?? ownName };
  });
  const me = members.find(({ isMe }) => isMe);
  const away = readStrayed(context.database, row.conversation)
    .map((account) => toHex(account))
    .filter((account) => !accounts.includes(account));
  here.load(away);
  const strays = away.map((account): StrayView => {
    const { name, isMe, face } = here.get(account);
    return { account, name, isMe, face };
  });
  return {
    conversation,
    kind: row.kind,
    title: titleOf(context, row, accounts, people),
    faces: facesOf(context, row, accounts, people),
    state: stateOf(row),
    trust: peer?.trust ?? "none",
    ...introducerOf(context, people, peer),
    members,
    strays,
    may: mayOf(kind, row, me?.role),
    ...(row.link === null ? {} : { link: termsOf(row.link) }),
    isApproved: row.approval === 1,
    newcomersSee: row.history,
    asking:
      context.own === undefined
        ? 0
        : readJoinRequestsFor(context.database, row.conversation, context.own.account).length,
    nickname: me === undefined ? "" : (nicknames.get(me.account) ?? ""),
    showsNicknames: !hasChatMark(context.database, row.conversation, "own-names"),
    draft: row.draft,
    announcement: row.announcement,
    ...marksOf(context, row.conversation),
    ...(peer === undefined ? {} : { peer: peer.account }),
    ...unreachedIn(context, conversation),
  };
}

function unreachedIn({ unreached }: ViewContext, conversation: Hex): Pick<ConversationView, "unreached"> {
  const found = unreached?.(conversation) ?? [];
  return found.length === 0 ? {} : { unreached: found };
}

function introducerOf(context: ViewContext, people: People, peer: Person | undefined): { introducedBy?: string } {
  if (peer?.trust !== "introduced") return {};
  const stored = context.database.get<{ source: string }>(sourceSql, fromHex(peer.account))?.source ?? "";
  const source = sourceOf(context, people, stored);
  return source?.kind === "card" ? { introducedBy: source.by } : {};
}

const sourceSql = "SELECT source FROM contacts WHERE account = ?";

const nothing: May = {
  write: false,
  add: false,
  remove: false,
  edit: false,
  appoint: false,
  leave: false,
  decide: false,
  dissolve: false,
};

function termsOf(link: Bytes): GroupLinkTerms {
  const { expiresMs, left } = unpack<GroupLinkState>(link);
  return { expiresMs, ...(left === undefined ? {} : { left }) };
}

function nicknamesIn({ database }: ViewContext, conversation: Bytes): ReadonlyMap<Hex, string> {
  return new Map(readNicknames(database, conversation).map(({ account, name }) => [toHex(account), name]));
}

/** `role` is undefined if the account is no member. */
function mayOf({ rules }: ConversationDef, row: Row, role: Role | undefined): May {
  const state = stateOf(row);
  const write = state === "open" || state === "request-out";
  if (!rules.isLed || role === undefined) return { ...nothing, write };
  const open = state === "open";
  const leads = role !== "member";
  return {
    write,
    add: open && (leads || (row.admins_add === 0 && row.approval === 0)),
    remove: open && leads,
    edit: open && (leads || row.admins_edit === 0),
    appoint: open && role === "owner",
    // Leaving is possible while the group is paused too.
    leave: row.state !== "removed" && row.state !== "left",
    decide: open && leads,
    dissolve: open && role === "owner",
  };
}
