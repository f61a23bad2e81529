/**
 * Contact requests (docs/spec/identity.md ID10, ID24–ID26): sent by a link, a card or a common group, and answered. The
 * greeting is the first message of a chat of two, the answer the second.
 */
import { greetingLimits, type Via } from "@yanshu/content";
import {
  hasChatMark,
  learnPerson,
  readContact,
  readConversation,
  readMembers,
  setConversationState,
  type Trust,
  touchConversation,
  writeContact,
} from "@yanshu/store";
import { type AccountId, type ConversationId, decodeLink, equalBytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type Drawn,
  type FeatureContext,
  type Hex,
  idOf,
  type MessageRef,
  type TextActions,
} from "../../feature.ts";
import { storedSource } from "../../values/contact-notes.ts";
import { learn, learnSource } from "./learn.ts";
import { readGreetings, readRequests } from "./views.ts";

export type { GreetingRow, RequestRow } from "./views.ts";

/**
 * Each request rejects with `own-link`, `too-long`, `offline`, `link-reset`, `link-used-up`, `refused`, and resolves
 * with the conversation's id.
 */
type RequestsApi = {
  /** `scanned`: this device's camera read the code. `isFound`: a username lookup returned the link. */
  readonly requestContact: (args: {
    link: string;
    greeting: string;
    scanned: boolean;
    isFound?: boolean;
  }) => Promise<Hex>;
  /** Sends a request to a member of a common group. */
  readonly requestMember: (args: { group: Hex; account: Hex; greeting: string }) => Promise<Hex>;
  /**
   * Sends a request to the person on a contact card in a chat. Rejects with `card-over` if that card no longer works.
   */
  readonly requestByCard: (args: {
    readonly conversation: Hex;
    readonly author: Hex;
    readonly id: Hex;
    readonly greeting: string;
  }) => Promise<Hex>;
  readonly acceptRequest: (conversation: Hex) => Promise<void>;
  readonly declineRequest: (conversation: Hex) => Promise<void>;
};

type Request = { readonly drawn: Drawn; readonly trust: Trust; readonly greeting: string; readonly via: Via };

/** Stores the request; it is sent when the chat's group is created. */
function ask(
  { db, nowMs, directs, profileForOne }: FeatureContext,
  account: AccountId,
  { drawn, trust, greeting, via }: Request,
): Promise<Hex> {
  return directs.begin(account, drawn, { kind: "greeting", text: greeting, ...profileForOne(), via }, () =>
    writeContact(db, account, { state: "requested", trust, source: storedSource(via) }, nowMs()),
  );
}

function accept(context: FeatureContext, conversation: ConversationId, trust: Trust | undefined): void {
  const { db, nowMs, changed, changedIn, sendSoon, tellOwnDevices, directs, profileForOne, line, say } = context;
  const peer = readConversation(db, conversation)?.peer ?? undefined;
  if (peer === undefined)
    db.transaction(() => {
      setConversationState(db, conversation, "open");
      touchConversation(db, conversation, nowMs());
      tellOwnDevices([{ kind: "conversation", conversation, state: "open", stampMs: nowMs() }]);
    });
  else
    say(
      conversation,
      { kind: "accept", ...profileForOne() },
      {
        before: () => {
          setConversationState(db, conversation, "open");
          writeContact(db, peer, { state: "contact", ...(trust === undefined ? {} : { trust }) }, nowMs());
          directs.opened(peer);
        },
        after: () => {
          line(conversation, { kind: "friends" }, peer);
          directs.tell(peer);
        },
      },
    );
  changed("requests", "contacts", "chats", "status");
  changedIn(conversation);
  sendSoon(conversation);
}

export const requests = clientFeature({
  kinds: ["greeting", "accept"],
  tellProfile: ["greeting", "accept"],

  told: {
    greeting: (context, said) => {
      learn(context, said);
      learnSource(context, said);
      return { isAnswer: false };
    },
  },

  apply: {
    accept: (context, said) => {
      if (said.isSaidHere) return;
      learn(context, said);
      context.directs.answered(said);
    },
  },

  show: {
    greeting: (_, { text }): { readonly kind: "text"; readonly text: string } & TextActions => ({ kind: "text", text }),
  },

  views: {
    requests: { topics: () => ["chats", "people"], read: readRequests },
    greetings: { topics: () => ["chats", "people"], read: readGreetings },
  },

  api: (context): RequestsApi => {
    const { db, own, nowMs, changed, changedIn, directs, find } = context;

    /** Whether the chat is open on both sides. A contact who left must be asked again. */
    function isOpenWith(account: AccountId, conversation: ConversationId): boolean {
      const row = readConversation(db, conversation);
      const isFounded = row?.group_id != null && !hasChatMark(db, conversation, "alone");
      return readContact(db, account)?.state === "contact" && isFounded;
    }

    /** Whether this account has a request from them. */
    function asks(account: AccountId, conversation: ConversationId): boolean {
      return (
        readContact(db, account)?.state === "incoming" && readConversation(db, conversation)?.state === "request-in"
      );
    }

    function checkGreeting(account: AccountId, greeting: string): void {
      if (equalBytes(account, own())) throw new ClientError("own-link");
      if (greeting.length > greetingLimits.textMax) throw new ClientError("too-long");
    }

    return {
      async requestContact({ link: text, greeting, scanned, isFound }) {
        const read = decodeLink(text);
        if (read?.kind !== "contact") throw new ClientError("bad-link");
        const { account, capability, name, server, serverMark } = read.link;
        directs.mayBegin();
        checkGreeting(account, greeting);
        if (!context.reaches(server)) throw new ClientError("wrong-server");
        const conversation = directs.with(account);
        const trust = scanned ? "scanned" : (readContact(db, account)?.trust ?? "none");
        if (isOpenWith(account, conversation)) {
          if (scanned) db.transaction(() => writeContact(db, account, { trust }, nowMs()));
          changed("contacts");
          changedIn(conversation);
          return toHex(conversation);
        }
        if (asks(account, conversation)) {
          accept(context, conversation, trust);
          return toHex(conversation);
        }
        const drawn = await directs.draw(account, capability, { server, ...(serverMark && { serverMark }) });
        db.transaction(() => learnPerson(db, { account, name, avatar: undefined, ownWord: false, stampMs: 0 }));
        const via = { kind: scanned ? "scan" : isFound === true ? "name" : "link" } as const;
        return ask(context, account, { drawn, trust, greeting, via });
      },

      async requestMember({ group: groupHex, account: hex, greeting }) {
        const group = idOf(groupHex);
        const account = readMembers(db, group).find((member) => toHex(member.account) === hex)?.account;
        if (account === undefined) throw new ClientError("unknown-contact");
        checkGreeting(account, greeting);
        const state = readContact(db, account)?.state;
        if (state === "contact" || state === "blocked") throw new ClientError("not-allowed");
        const drawn = await directs.draw(account);
        return ask(context, account, { drawn, trust: "none", greeting, via: { kind: "group", conversation: group } });
      },

      async requestByCard({ conversation: hex, greeting, ...ref }) {
        const { name: said, body: card } = find(idOf(hex), ref satisfies MessageRef, "card");
        const { account, server } = card;
        checkGreeting(account, greeting);
        if (!context.reaches(server)) throw new ClientError("wrong-server");
        const contact = readContact(db, account);
        if (contact?.state === "blocked") throw new ClientError("not-allowed");
        // The introducer's device list goes first, so that a server which shows another account or list is found out.
        await directs.takeHistory(account, card.history);
        // Only a contact's introduction counts as trust.
        const vouches = readContact(db, said.author)?.state === "contact";
        const trust = contact?.trust === "scanned" ? "scanned" : vouches ? "introduced" : (contact?.trust ?? "none");
        const conversation = directs.with(account);
        const isKnown = isOpenWith(account, conversation);
        if (isKnown || asks(account, conversation)) {
          db.transaction(() => {
            writeContact(db, account, { trust }, nowMs());
            if (isKnown) directs.tell(account);
          });
          if (!isKnown) accept(context, conversation, undefined);
          changed("contacts", "people");
          changedIn(conversation);
          return toHex(conversation);
        }
        const drawn = await directs.draw(account, card.capability, { server }).catch((error: unknown) => {
          throw error instanceof ClientError && error.code === "link-reset" ? new ClientError("card-over") : error;
        });
        const { name, avatar } = card;
        db.transaction(() => learnPerson(db, { account, name, avatar, ownWord: false, stampMs: 0 }));
        return ask(context, account, { drawn, trust, greeting, via: { kind: "card", by: said.author } });
      },

      async acceptRequest(hex) {
        const conversation = idOf(hex);
        if (readConversation(db, conversation)?.state !== "request-in") throw new ClientError("unknown-conversation");
        accept(context, conversation, undefined);
      },

      async declineRequest(hex) {
        const conversation = idOf(hex);
        const row = readConversation(db, conversation);
        if (row?.state !== "request-in") throw new ClientError("unknown-conversation");
        if (context.kindOf(row.kind).opens === "by-members") return context.leaveUnread(conversation);
        const { peer } = row;
        db.transaction(() => {
          directs.shut(conversation, "declined");
          if (peer === null) return;
          writeContact(db, peer, { state: "deleted" }, nowMs());
          directs.tell(peer);
        });
        changed("requests", "chats", "status");
        changedIn(conversation);
      },
    };
  },
});
