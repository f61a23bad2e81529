/**
 * A group's link: shown, made, closed and passed on; asking to come in by one, and who may (docs/spec/groups.md GR26,
 * GR27).
 */
import { groupStateLimits } from "@yanshu/mls";
import { readConversation } from "@yanshu/store";
import { type ConversationId, fromHex, idBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, groupLinkIn, type Hex, idOf, speakable } from "../../feature.ts";

const dayMs = 86_400_000;
const cardsMax = 9;
const days: ReadonlySet<number> = new Set([1, 7, 30]);

type GroupLinksApi = {
  /** The link as it stands; undefined where there is none. Any member may show it. */
  readonly groupLink: (conversation: Hex) => Promise<string | undefined>;
  /** A new link; the one before it ends. By owner and admins. Needs home. */
  readonly makeGroupLink: (
    conversation: Hex,
    terms: { readonly days: 1 | 7 | 30; readonly uses?: number },
  ) => Promise<void>;
  readonly closeGroupLink: (conversation: Hex) => Promise<void>;
  /** An invitation into each of these chats, at most 9. Returns how many took it. */
  readonly sendGroupCard: (conversation: Hex, to: readonly Hex[]) => Promise<number>;
  /** Asks to come in; also once more. Returns which of `joins` it is. */
  readonly joinGroup: (link: string) => Promise<Hex>;
  readonly forgetJoin: (id: Hex) => Promise<void>;
  /** Whether who asks waits for owner or admins. */
  readonly setApproval: (conversation: Hex, isOn: boolean) => Promise<void>;
  readonly letIn: (conversation: Hex, account: Hex) => Promise<void>;
  readonly turnAway: (conversation: Hex, account: Hex) => Promise<void>;
};

export function groupLinksApi(context: FeatureContext): GroupLinksApi {
  const { db, nowMs, links, placeIn, changeGroup, sendSoon, sayInEach, serverName, read } = context;

  /** @throws ClientError where one is not in it, or does not lead it. */
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
