/** Joining: a group's link, who may come in by it, and the end of a group (docs/spec/groups.md GR26–GR28, GR30). */

import { groupStateLimits } from "@yanshu/mls";
import { deleteJoinRequest, readConversation, readJoinRequest, writeLinkToken } from "@yanshu/store";
import {
  type AccountId,
  type ConversationId,
  capabilityHashOf,
  equalBytes,
  fromHex,
  idBytes,
  type SealedCard,
  toHex,
} from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { unpack } from "../cbor.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { type Job, plan } from "../group-state/jobs.ts";
import { ownPlace } from "../group-state/own-place.ts";
import { admittersIn, groupOf, urlOf } from "../groups/group-link.ts";
import { letIn, type Offer, turnAway } from "../groups/join-answer.ts";
import { groupLinkIn, putAside, startJoining } from "../groups/join-ask.ts";
import { cardSoon, facesFor, LinkCards } from "../history/link-card.ts";
import { mustBeItself } from "../identity/standing-in.ts";
import { idOf } from "../ids.ts";
import { say } from "../messages/outbox.ts";
import { speakable } from "../messages/unsent.ts";
import type { ViewContext } from "../views/context.ts";
import { headsOf } from "../views/heads.ts";
import { peopleOf } from "../views/people.ts";

type Api = Pick<
  CoreApi,
  | "groupLink"
  | "makeGroupLink"
  | "closeGroupLink"
  | "sendGroupCard"
  | "joinGroup"
  | "forgetJoin"
  | "setApproval"
  | "setNewcomersSee"
  | "letIn"
  | "turnAway"
  | "dissolveGroup"
>;

const dayMs = 86_400_000;
const cardsMax = 9;
const days: ReadonlySet<number> = new Set([1, 7, 30]);

export function joiningApi(engine: Engine, context: () => ViewContext): Api {
  const { db, ports } = engine;
  const cards = new LinkCards(engine);

  /** @throws ClientError where one is not in it, or leads less than `least`. */
  function leading(hex: Hex, least: "admin" | "owner"): ConversationId {
    const { conversation, role } = ownPlace(engine, hex);
    if (role === "member" || (least === "owner" && role !== "owner")) throw new ClientError("not-allowed");
    return conversation;
  }

  function act(conversation: ConversationId, job: Job): void {
    db.transaction(() => plan(engine, conversation, job));
    engine.schedule(conversation);
  }

  function link(hex: Hex, card?: SealedCard): string | undefined {
    const conversation = idOf(hex);
    const group = groupOf(engine, conversation);
    if (group === undefined || readConversation(db, conversation)?.state !== "open") return undefined;
    const now = context();
    return urlOf(engine, group, headsOf(now, peopleOf(now), [conversation]).get(hex)?.title ?? "", card);
  }

  function asked(conversation: ConversationId, hex: Hex) {
    if (!new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`).test(hex)) throw new ClientError("unknown-contact");
    const account: AccountId = fromHex(hex);
    const row = readJoinRequest(db, conversation, account);
    if (row === undefined) throw new ClientError("unknown-contact");
    return { account, row };
  }

  return {
    async groupLink(hex) {
      const conversation = idOf(hex);
      const group = groupOf(engine, conversation);
      const held = group?.state.link;
      if (group === undefined || held === undefined || link(hex) === undefined) return undefined;
      const views = context();
      const head = headsOf(views, peopleOf(views), [conversation]).get(hex);
      const name = group.state.name || (head?.title ?? "");
      const said = { name, faces: facesFor(head?.faces ?? []), doors: admittersIn(engine, group) };
      const card = await cardSoon(engine, cards.keep(hex, { kind: "group", link: held }, said, held.expiresMs));
      // Renewed meanwhile: the card is not that link's.
      const now = groupOf(engine, conversation)?.state.link;
      return link(hex, now !== undefined && equalBytes(now.secret, held.secret) ? card : undefined);
    },

    async makeGroupLink(hex, { days: lasting, uses }) {
      const conversation = leading(hex, "admin");
      const isWhole =
        uses === undefined || (Number.isSafeInteger(uses) && uses > 0 && uses <= groupStateLimits.usesMax);
      if (!days.has(lasting) || !isWhole) throw new ClientError("too-long");
      const token = ports.crypto.random(idBytes.capability);
      // A newcomer can only register with what home knows already.
      if (!(await engine.link.whenReady("signed"))) throw new ClientError("offline");
      const known = await engine.link.call("signed", "capabilities", {
        add: [capabilityHashOf(ports.crypto.sha256, token)],
        remove: [],
      });
      if (known.kind !== "ok") throw new ClientError("offline");
      leading(hex, "admin"); // Meanwhile the group may have been dissolved, or somebody else leads it.
      db.transaction(() => writeLinkToken(db, { token, conversation }));
      act(conversation, {
        kind: "link",
        link: {
          secret: ports.crypto.random(idBytes.token),
          token,
          expiresMs: ports.nowMs() + lasting * dayMs,
          ...(uses === undefined ? {} : { left: uses }),
        },
      });
    },

    async closeGroupLink(hex) {
      act(leading(hex, "admin"), { kind: "link", link: null });
    },

    async sendGroupCard(hex, to) {
      const url = link(hex);
      const read = url === undefined ? undefined : groupLinkIn(url);
      if (read === undefined) throw new ClientError("link-expired");
      const chats = to.map(idOf);
      if (chats.length === 0) throw new ClientError("empty");
      if (chats.length > cardsMax) throw new ClientError("too-long");
      const open = chats.filter((chat) => speakable.has(readConversation(db, chat)?.state ?? ""));
      db.transaction(() => {
        for (const chat of open) say(engine, chat, { kind: "groupCard", name: read.link.name, link: read.fragment });
      });
      for (const chat of open) engine.schedule(chat);
      return open.length;
    },

    async joinGroup(text) {
      const read = groupLinkIn(text);
      if (read === undefined) throw new ClientError("bad-link");
      if (read.link.server !== ownOf(engine).server) throw new ClientError("wrong-server");
      if (read.link.expiresMs <= ports.nowMs()) throw new ClientError("group-link-expired");
      mustBeItself(engine);
      await startJoining(engine, read.link, read.fragment);
      return toHex(read.link.secret);
    },

    async forgetJoin(id) {
      if (!new RegExp(`^[0-9a-f]{${2 * idBytes.token}}$`).test(id)) throw new ClientError("bad-link");
      db.transaction(() => putAside(engine, fromHex(id)));
    },

    async setApproval(hex, isOn) {
      act(leading(hex, "admin"), { kind: "approval", isOn });
    },

    async setNewcomersSee(hex, choice) {
      act(leading(hex, "admin"), { kind: "history", choice });
    },

    async letIn(hex, account) {
      const conversation = leading(hex, "admin");
      const { account: who, row } = asked(conversation, account);
      const how = { isApproved: true, askedMs: row.asked_ms };
      await engine.turn.take(() => letIn(engine, conversation, who, row.name, unpack<Offer>(row.packages), how));
      db.transaction(() => deleteJoinRequest(db, conversation, who, row.asked_ms));
      engine.changed(topicOf(conversation), "chats");
    },

    async turnAway(hex, account) {
      const conversation = leading(hex, "admin");
      const { account: who, row } = asked(conversation, account);
      db.transaction(() => {
        say(engine, conversation, { kind: "turnedAway", account: who, askedMs: row.asked_ms });
        turnAway(engine, conversation, who, row.asked_ms);
      });
      engine.schedule(conversation);
    },

    async dissolveGroup(hex) {
      act(leading(hex, "owner"), { kind: "dissolve" });
    },
  };
}
