/**
 * A group's link: shown, made, closed and passed on; requests to join by one, and their approval (docs/spec/groups.md
 * GR26, GR27).
 */
import { groupStateLimits } from "@yanshu/mls";
import { readConversation } from "@yanshu/store";
import { type ConversationId, fromHex, idBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, groupLinkIn, type Hex, idOf, speakable } from "../../feature.ts";

const dayMs = 86_400_000;
const cardsMax = 9;
const days: ReadonlySet<number> = new Set([1, 7, 30]);

type GroupLinksApi = {
  /** The present link; undefined if there is none. Any member may show it. */
  readonly groupLink: (conversation: Hex) => Promise<string | undefined>;
  /** Makes a new link; the old one ends. For owner and admins. Needs home. */
  readonly makeGroupLink: (
    conversation: Hex,
    terms: { readonly days: 1 | 7 | 30; readonly uses?: number },
  ) => Promise<void>;
  readonly closeGroupLink: (conversation: Hex) => Promise<void>;
  /** Sends an invitation to each of these chats, at most 9. Returns how many were sent. */
  readonly sendGroupCard: (conversation: Hex, to: readonly Hex[]) => Promise<number>;
  /** Sends or repeats a request to join. Returns its id in the view `joins`. */
  readonly joinGroup: (link: string) => Promise<Hex>;
  readonly forgetJoin: (id: Hex) => Promise<void>;
  /** Sets whether requests wait for the owner or an admin. */
  readonly setApproval: (conversation: Hex, isOn: boolean) => Promise<void>;
  readonly letIn: (conversation: Hex, account: Hex) => Promise<void>;
  readonly turnAway: (conversation: Hex, account: Hex) => Promise<void>;
};

export function groupLinksApi(context: FeatureContext): GroupLinksApi {
  const { db, nowMs, links, placeIn, changeGroup, sendSoon, sayInEach, serverName, read } = context;

  /** @throws ClientError if this account is not in the group, or is only a member. */
  function leading(hex: Hex): ConversationId {
    const { conversation, role } = placeIn(hex);
    if (role === "member") throw new ClientError("not-allowed");
    return conversation;
  }

  function looksOf(hex: Hex) {
    const conversation = idOf(hex);
    const { title = "", faces = [] } = read().heads([conversation]).get(hex) ?? {};
    return { conversation, looks: { title, faces } };
  }

  function accountOf(hex: Hex) {
    if (!new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`).test(hex)) throw new ClientError("unknown-contact");
    return fromHex(hex);
  }

  return {
    async groupLink(hex) {
      const { conversation, looks } = looksOf(hex);
      return links.ofGroupByCard(conversation, looks);
    },

    async makeGroupLink(hex, { days: lasting, uses }) {
      const conversation = leading(hex);
      const isWhole =
        uses === undefined || (Number.isSafeInteger(uses) && uses > 0 && uses <= groupStateLimits.usesMax);
      if (!days.has(lasting) || !isWhole) throw new ClientError("too-long");
      const terms = { expiresMs: nowMs() + lasting * dayMs, ...(uses === undefined ? {} : { uses }) };
      // Meanwhile the group may have been dissolved, or somebody else leads it.
      await links.makeForGroup(conversation, terms, () => void leading(hex));
    },

    async closeGroupLink(hex) {
      const conversation = leading(hex);
      db.transaction(() => links.closeForGroup(conversation));
      sendSoon(conversation);
    },

    async sendGroupCard(hex, to) {
      const { conversation, looks } = looksOf(hex);
      const url = links.ofGroup(conversation, looks);
      const card = url === undefined ? undefined : groupLinkIn(url);
      if (card === undefined) throw new ClientError("link-expired");
      const chats = to.map(idOf);
      if (chats.length === 0) throw new ClientError("empty");
      if (chats.length > cardsMax) throw new ClientError("too-long");
      const open = chats.filter((chat) => speakable.has(readConversation(db, chat)?.state ?? ""));
      sayInEach(open, { kind: "groupCard", name: card.link.name, link: card.fragment });
      return open.length;
    },

    async joinGroup(text) {
      const asked = groupLinkIn(text);
      if (asked === undefined) throw new ClientError("bad-link");
      if (asked.link.server !== serverName()) throw new ClientError("wrong-server");
      if (asked.link.expiresMs <= nowMs()) throw new ClientError("group-link-expired");
      await links.join(asked.link, asked.fragment);
      return toHex(asked.link.secret);
    },

    async forgetJoin(id) {
      if (!new RegExp(`^[0-9a-f]{${2 * idBytes.token}}$`).test(id)) throw new ClientError("bad-link");
      db.transaction(() => links.forgetJoin(fromHex(id)));
    },

    async setApproval(hex, isOn) {
      const conversation = leading(hex);
      db.transaction(() => changeGroup(conversation, { kind: "approval", isOn }));
      sendSoon(conversation);
    },

    async letIn(hex, account) {
      const conversation = leading(hex);
      await links.letIn(conversation, accountOf(account));
    },

    async turnAway(hex, account) {
      const conversation = leading(hex);
      links.turnAway(conversation, accountOf(account));
    },
  };
}
