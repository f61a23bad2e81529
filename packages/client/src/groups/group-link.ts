/**
 * Group link (docs/spec/groups.md GR26): the link by which somebody asks to join a group.
 *
 * Its secret is group state; it leads to devices of the owner and admins as they are when it is shown. So any member
 * may show it, and it works as long as one of these devices (at most three) is there.
 */
import { type Group, type GroupState, type Member, roleOf } from "@yanshu/mls";
import { deleteLinkToken, type LinkTokenRow, readConversation, readLinkTokens } from "@yanshu/store";
import {
  type Bytes,
  type ConversationId,
  capabilityHashOf,
  concat,
  encodeLink,
  equalBytes,
  type GroupLink,
  limits,
  linkName,
  type SealedCard,
  toHex,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { jobsOf } from "../group-state/jobs.ts";

/** The active group of a conversation, if its state is loaded. */
export function groupOf(engine: Engine, conversation: ConversationId): Group | undefined {
  const groupId = readConversation(engine.db, conversation)?.group_id;
  return groupId == null ? undefined : engine.groups.get(toHex(groupId));
}

/** Devices that a link names: the owner's first, and of different people before second devices of one. */
function admittersOf(engine: Engine, group: Group): readonly Member[] {
  const { state, members } = group;
  const open = members.filter((member) => roleOf(state, member.account) && engine.lists.judge(member) === "listed");
  const ranked = open.map((member, at) => {
    const before = open.slice(0, at).filter((other) => equalBytes(other.account, member.account)).length;
    return { member, rank: 2 * before + (roleOf(state, member.account) === "owner" ? 0 : 1) };
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, limits.admittersMax)
    .map(({ member }) => member);
}

/** Undefined if the group has no link. @param title the title to use if the group has no name. */
export function urlOf(engine: Engine, group: Group, title: string, card?: SealedCard): string | undefined {
  const { link } = group.state;
  if (link === undefined) return undefined;
  const { server } = ownOf(engine);
  const name = linkName(group.state.name || title, limits.linkNameBytes);
  const { secret, token, expiresMs } = link;
  if (card !== undefined)
    return encodeLink(engine.ports.originOf(server), {
      kind: "group",
      link: { server, admitters: [], secret, token, expiresMs, name, card },
    });
  const admitters = admittersIn(engine, group);
  return encodeLink(engine.ports.originOf(server), {
    kind: "group",
    link: { server, admitters, secret, token, expiresMs, name },
  });
}

/** The admitters in the form that a link, or its card, has. */
export function admittersIn(engine: Engine, group: Group): GroupLink["admitters"] {
  const { server } = ownOf(engine);
  return admittersOf(engine, group).map(({ server: at, address, sealKey }) => ({
    at: concat(address, sealKey),
    ...(at === server ? {} : { server: at }),
  }));
}

/** The active group whose link has this secret, if this device has it. */
export function withSecret(engine: Engine, secret: Bytes): Group | undefined {
  for (const group of engine.groups.values()) {
    if (group.state.link === undefined || !equalBytes(group.state.link.secret, secret)) continue;
    const current = groupOf(engine, group.state.conversation);
    if (current !== undefined && equalBytes(current.groupId, group.groupId)) return group;
  }
  return undefined;
}

/** Registers again at home the tokens of live links, and deletes those of links that ended. */
export async function settleLinkTokens(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  const rows = readLinkTokens(db);
  if (rows.length === 0) return;
  const hash = ({ token }: LinkTokenRow) => capabilityHashOf(ports.crypto.sha256, token);
  const [kept, over] = [rows.filter((row) => isNeeded(engine, row)), rows.filter((row) => !isNeeded(engine, row))];
  const answer = await engine.link.call("signed", "capabilities", { add: kept.map(hash), remove: over.map(hash) });
  if (answer.kind !== "ok") return;
  db.transaction(() => {
    for (const { token } of over) deleteLinkToken(db, token);
  });
}

function isNeeded(engine: Engine, { conversation, token }: LinkTokenRow): boolean {
  const isToCome = jobsOf(engine, conversation).some(
    ({ job }) => job.kind === "link" && job.link !== null && equalBytes(job.link.token, token),
  );
  const state: GroupState | undefined =
    readConversation(engine.db, conversation)?.state === "open" ? groupOf(engine, conversation)?.state : undefined;
  const link = state?.link;
  return isToCome || (link !== undefined && link.expiresMs > engine.ports.nowMs() && equalBytes(link.token, token));
}
