/** Who asks, and whom this person asked: views of requests (docs/spec/web.md WE41). */
import { decodeBody } from "@yanshu/content";
import { type Bytes, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import {
  type ContactSource,
  type ConversationDef,
  type Face,
  faceOf,
  type Hex,
  type ReadContext,
  sqlOf,
} from "../../feature.ts";

export type RequestRow = {
  readonly kind: string;
  /** `members`: one was made a member by people of whom none is a contact. */
  readonly asks: "person" | "members";
  readonly conversation: Hex;
  /** Who asks; for a group, the conversation again. */
  readonly account: Hex;
  /** Their name, or the group's. */
  readonly name: string;
  readonly face: Face;
  /** One, or up to nine for a group's mosaic. */
  readonly faces: readonly Face[];
  readonly greeting: string;
  /** Names in a group, this person's left out. */
  readonly members: readonly string[];
  readonly source?: ContactSource;
  readonly atMs: UnixMs;
};

/** A request that was answered with yes, by either side, or an own one that waits for its answer. */
export type GreetingRow = Pick<RequestRow, "conversation" | "account" | "name" | "face" | "greeting" | "atMs"> & {
  readonly standing: "accepted" | "waiting";
  /** Whether this person asked. */
  readonly mine: boolean;
};

const greetingsMax = 50;

const byPeer = ({ opens }: ConversationDef) => opens === "by-peer";

type RequestedRow = {
  readonly conversation: Bytes;
  readonly kind: string;
  readonly peer: Bytes;
  readonly active_ms: number;
  readonly greeting: Bytes | null;
  readonly at_ms: number | null;
  readonly source: string | null;
};

/** Who asks twice is shown once, with their newest greeting. */
const requestsSql = sqlOf(
  (kinds) => `
  SELECT c.conversation, c.kind, c.peer, c.active_ms, m.body AS greeting, m.at_ms, k.source
  FROM conversations AS c
  LEFT JOIN contacts AS k ON k.account = c.peer
  LEFT JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.author = c.peer AND newest.kind = 'greeting'
    ORDER BY newest.position DESC LIMIT 1
  )
  WHERE c.kind IN ${kinds.sql(byPeer)} AND c.state = 'request-in' AND c.peer IS NOT NULL
  ORDER BY coalesce(m.at_ms, c.active_ms) DESC, c.conversation`,
);

const groupsSql = sqlOf(
  (kinds) => `
  SELECT conversation, active_ms FROM conversations
  WHERE kind IN ${kinds.sql(({ opens }) => opens === "by-members")} AND state = 'request-in'
  ORDER BY active_ms DESC, conversation`,
);
const membersSql = `SELECT m.account FROM members AS m WHERE m.conversation = ? ORDER BY (m.role = 'owner') DESC, m.place, m.account LIMIT 12`;

type GreetedRow = {
  readonly conversation: Bytes;
  readonly peer: Bytes;
  readonly state: "open" | "request-out";
  readonly author: Bytes;
  readonly body: Bytes;
  readonly at_ms: number;
};

const greetingsSql = sqlOf(
  (kinds) => `
  SELECT c.conversation, c.peer, c.state, m.author, m.body, m.at_ms
  FROM conversations AS c
  JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.kind = 'greeting' ORDER BY newest.position DESC LIMIT 1
  )
  WHERE c.kind IN ${kinds.sql(byPeer)} AND c.state IN ('open', 'request-out') AND c.peer IS NOT NULL
  ORDER BY m.at_ms DESC, c.conversation LIMIT ${greetingsMax}`,
);

/** Who wrote first and waits for an answer, and groups that strangers made one a member of; the newest on top. */
export function readRequests(context: ReadContext): readonly RequestRow[] {
  return [...directRequests(context), ...groupRequests(context)].toSorted((a, b) => b.atMs - a.atMs);
}

function directRequests({ database, conversations, peopleIn, sourceOf }: ReadContext): readonly RequestRow[] {
  const rows = database.all<RequestedRow>(requestsSql(conversations));
  const people = peopleIn();
  people.load(rows.map(({ peer }) => toHex(peer)));
  return rows.map((row): RequestRow => {
    const { account, name, face } = people.get(toHex(row.peer));
    const source = sourceOf(row.source ?? "");
    return {
      kind: row.kind,
      asks: "person",
      conversation: toHex(row.conversation),
      account,
      name,
      face,
      faces: [face],
      members: [],
      greeting: greetingIn(row.greeting),
      atMs: row.at_ms ?? row.active_ms,
      ...(source === undefined ? {} : { source }),
    };
  });
}

function groupRequests({ database, conversations, heads: headsOf, peopleIn }: ReadContext): readonly RequestRow[] {
  const rows = database.all<{ conversation: Bytes; active_ms: UnixMs }>(groupsSql(conversations));
  const heads = headsOf(rows.map(({ conversation }) => conversation));
  const people = peopleIn();
  return rows.flatMap(({ conversation, active_ms }): readonly RequestRow[] => {
    const head = heads.get(toHex(conversation));
    if (head === undefined) return [];
    const members = database.all<{ account: Bytes }>(membersSql, conversation);
    return [
      {
        kind: head.kind,
        asks: "members",
        conversation: toHex(conversation),
        account: toHex(conversation),
        name: head.title,
        face: head.faces[0] ?? faceOf(conversation, head.title, null),
        faces: head.faces,
        greeting: "",
        members: members
          .map(({ account }) => people.ref(toHex(account)))
          .flatMap(({ isMe, name }) => (isMe || name === "" ? [] : [name])),
        atMs: active_ms,
      },
    ];
  });
}

/** The newest fifty, the newest first. What was declined is not told. */
export function readGreetings({ database, conversations, own, peopleIn }: ReadContext): readonly GreetingRow[] {
  if (own === undefined) return [];
  const rows = database.all<GreetedRow>(greetingsSql(conversations));
  const people = peopleIn();
  people.load(rows.map(({ peer }) => toHex(peer)));
  return rows.map((row) => {
    const { account, name, face } = people.get(toHex(row.peer));
    return {
      conversation: toHex(row.conversation),
      account,
      name,
      face,
      greeting: greetingIn(row.body),
      atMs: row.at_ms,
      standing: row.state === "open" ? "accepted" : "waiting",
      mine: equalBytes(row.author, own.account),
    };
  });
}

function greetingIn(bytes: Bytes | null): string {
  const body = bytes === null ? undefined : decodeBody(bytes);
  return body?.kind === "greeting" ? body.text : "";
}
