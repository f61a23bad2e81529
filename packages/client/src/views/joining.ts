/**
 * Views `joins` and `asking`: the groups that this person asked to come into, and who asks to come into theirs; and
 * what a group's link says (docs/spec/groups.md GR26, GR27).
 */
import { type JoinRow, readConversation, readJoin, readJoins } from "@yanshu/store";
import { type Bytes, decodeLink, type GroupLink, toHex } from "@yanshu/wire";
import type { LinkPreview } from "../api/core.ts";
import type { AskingRow, JoinView } from "../api/groups.ts";
import type { Hex } from "../api/hex.ts";
import type { Engine } from "../core/engine.ts";
import { withSecret } from "../groups/group-link.ts";
import { idFrom } from "../ids.ts";
import { faceOf } from "../values/faces.ts";
import type { ViewContext } from "./context.ts";
import { peopleOf } from "./people.ts";

export function readJoinsView({ database, nowMs }: ViewContext): readonly JoinView[] {
  return readJoins(database).flatMap((row): readonly JoinView[] => {
    const read = decodeLink(row.link);
    if (read?.kind !== "group") return [];
    const isOver = (row.state === "asking" || row.state === "waiting") && read.link.expiresMs <= nowMs;
    return [
      {
        id: toHex(row.secret),
        name: read.link.name,
        standing: isOver ? "expired" : row.state,
        atMs: row.asked_ms,
        ...(row.conversation === null ? {} : { conversation: toHex(row.conversation) }),
      },
    ];
  });
}

const askingSql = `
  SELECT r.account, r.received_ms FROM join_requests AS r
  JOIN members AS me ON me.conversation = r.conversation AND me.account = ? AND me.role <> 'member'
  WHERE r.conversation = ? ORDER BY r.received_ms DESC, r.account`;

export function readAsking(context: ViewContext, conversation: Hex): readonly AskingRow[] {
  const id = idFrom(conversation);
  if (id === undefined || context.own === undefined) return [];
  const rows = context.database.all<{ account: Bytes; received_ms: number }>(askingSql, context.own.account, id);
  const people = peopleOf(context);
  people.load(rows.map(({ account }) => toHex(account)));
  return rows.map((row) => {
    const { account, name, face } = people.get(toHex(row.account));
    return { account, name, face, atMs: row.received_ms };
  });
}

/** Nothing but what stands in the link, and what this device knows already. */
export function groupPreview(engine: Engine, link: GroupLink): LinkPreview {
  const { db, ports } = engine;
  const asked: JoinRow | undefined = readJoin(db, link.secret);
  const group = withSecret(engine, link.secret);
  const conversation = group?.state.conversation ?? asked?.conversation ?? undefined;
  const isMember = conversation !== undefined && readConversation(db, conversation)?.state === "open";
  const isAsked = asked !== undefined && asked.state !== "in";
  const isOver = link.expiresMs <= ports.nowMs();
  return {
    kind: "group",
    server: link.server,
    name: link.name,
    face: faceOf(link.secret, link.name, null),
    expiresMs: link.expiresMs,
    standing: isMember ? "member" : isOver ? "expired" : isAsked ? "asked" : "new",
    join: toHex(link.secret),
    ...(isMember ? { conversation: toHex(conversation) } : {}),
  };
}
