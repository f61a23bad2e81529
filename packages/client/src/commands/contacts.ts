/**
 * Contacts: requests made and answered, remarks, blocking (docs/spec/identity.md ID10, ID11;
 * docs/spec/groups.md GR21).
 */
import { decodeBody, fieldLimits, greetingLimits, type Via } from "@yanshu/content";
import { directConversationId } from "@yanshu/mls";
import {
  deleteJob,
  detachGroup,
  dropWork,
  hasChatMark,
  insertConversation,
  learnPerson,
  readContact,
  readConversation,
  readJobs,
  readOutboxOf,
  readPerson,
  retireAddressesOf,
  setConversationState,
  type Trust,
  touchConversation,
  writeChatMark,
  writeContact,
} from "@yanshu/store";
import {
  type AccountId,
  type Capability,
  type ContactLink,
  decodeLink,
  encodeLink,
  equalBytes,
  fromHex,
  idBytes,
  limits,
  linkName,
  toHex,
} from "@yanshu/wire";
import type { CoreApi, LinkPreview } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { alarm } from "../group-state/alarm.ts";
import { type Claimed, claim } from "../group-state/claim.ts";
import { plan, planRefound } from "../group-state/jobs.ts";
import { insertLine } from "../group-state/lines.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";
import { declineGroup } from "../groups/decline-group.ts";
import { cardSoon, facesFor, fetchLinkCard, LinkCards, type LinkOfCard } from "../history/link-card.ts";
import { contactCapability, hasContactCapability, renewContactSecret } from "../identity/contact-link.ts";
import { greetingProfile, linkedBy, ownProfile } from "../identity/profile-bodies.ts";
import { mustBeItself } from "../identity/standing-in.ts";
import { idOf } from "../ids.ts";
import { dropItem } from "../messages/clear.ts";
import { say } from "../messages/outbox.ts";
import { contactItem, tellOwnDevices } from "../messages/own-devices.ts";
import { profileChanged, tellProfileAgain } from "../messages/profile.ts";
import { giveUp } from "../messages/unsent.ts";
import { storedSource } from "../values/contact-notes.ts";
import { faceOf } from "../values/faces.ts";
import { groupPreview } from "../views/joining.ts";

type ContactApi = Pick<
  CoreApi,
  | "readLink"
  | "linkCard"
  | "myLink"
  | "resetLink"
  | "requestContact"
  | "acceptRequest"
  | "declineRequest"
  | "setRemark"
  | "block"
  | "unblock"
  | "openDirect"
>;

export function contactsApi(engine: Engine): ContactApi {
  const { db, ports } = engine;
  const cards = new LinkCards(engine);

  async function linkWith(capability: Uint8Array | undefined): Promise<string> {
    if (capability === undefined) throw new ClientError("offline");
    const own = ownOf(engine);
    const { name, avatar } = ownProfile(engine);
    // What others would see without it, a name and a seal, stands in the link.
    const shown = linkName(name, limits.linkNameBytes);
    const face = faceOf(own.account, name, avatar ?? null);
    const isWhole = avatar === undefined && shown === name;
    const { account, server } = own;
    const of: LinkOfCard = { kind: "contact", link: { account, capability } };
    const said = { name, faces: facesFor([face]) };
    const card = isWhole ? undefined : await cardSoon(engine, cards.keep("contact", of, said));
    const link: ContactLink = { account, server, capability, name: shown, ...(card === undefined ? {} : { card }) };
    return encodeLink(ports.originOf(own.server), { kind: "contact", link });
  }

  function directWith(account: AccountId) {
    return directConversationId(ports.crypto.sha256, ownOf(engine).account, account);
  }

  return {
    async readLink(text) {
      const read = decodeLink(text);
      if (read === undefined) throw new ClientError("bad-link");
      if (read.kind === "group") return groupPreview(engine, read.link);
      if (read.kind !== "contact") return { kind: read.kind, server: read.link.server };
      return previewOf(engine, read.link);
    },

    async linkCard(text) {
      const read = decodeLink(text);
      if (read?.kind !== "contact" && read?.kind !== "group") return undefined;
      // What this device knows of somebody, as from a group, is shown in the place of what stands beside a link (ID65).
      if (read.kind === "contact" && isKnownBetter(db, read.link.account)) return undefined;
      const card = await fetchLinkCard(engine, read);
      return typeof card === "object" ? { name: card.name, faces: card.faces } : undefined;
    },

    async myLink() {
      if (!hasContactCapability(engine)) await engine.link.whenReady("signed");
      return linkWith(await contactCapability(engine));
    },

    async resetLink() {
      await engine.link.whenReady("signed");
      const secret = await renewContactSecret(engine);
      if (secret !== undefined)
        db.transaction(() => {
          tellOwnDevices(engine, [{ kind: "capability", capability: secret, stampMs: ports.nowMs() }]);
          tellProfileAgain(engine); // The right to pass on the card went with the old one.
        });
      engine.kick();
      if (secret !== undefined) profileChanged(engine);
      return linkWith(secret && linkedBy(engine, secret));
    },

    async requestContact({ link: text, greeting, scanned, isFound }) {
      const read = decodeLink(text);
      if (read?.kind !== "contact") throw new ClientError("bad-link");
      const { account, capability, name, server } = read.link;
      mustBeItself(engine);
      const own = ownOf(engine);
      if (equalBytes(account, own.account)) throw new ClientError("own-link");
      if (greeting.length > greetingLimits.textMax) throw new ClientError("too-long");
      if (ports.server !== undefined && server !== own.server) throw new ClientError("wrong-server");
      const conversation = directWith(account);
      const contact = readContact(db, account);
      const trust = scanned ? "scanned" : (contact?.trust ?? "none");
      const row = readConversation(db, conversation);
      // Anyone who let go of us has to be asked again.
      if (contact?.state === "contact" && row?.group_id != null && !hasChatMark(db, conversation, "alone")) {
        if (scanned) db.transaction(() => writeContact(db, account, { trust }, ports.nowMs()));
        engine.changed("contacts", topicOf(conversation));
        return toHex(conversation);
      }
      if (contact?.state === "incoming" && row?.state === "request-in") {
        accept(conversation, trust);
        return toHex(conversation);
      }
      await engine.link.whenReady("anonymous");
      // Drawn now, so that a link that was reset or used up is told to the person who holds it.
      const drawn = await claim(engine, account, capability);
      if (drawn.kind === "failed") throw new ClientError(failureOf(drawn.why));
      if (drawn.packages.length === 0) throw new ClientError("link-used-up");
      db.transaction(() => learnPerson(db, { account, name, avatar: undefined, ownWord: false, stampMs: 0 }));
      return putRequest(engine, account, {
        drawn,
        capability,
        trust,
        greeting,
        via: { kind: scanned ? "scan" : isFound === true ? "name" : "link" },
      });
    },

    acceptRequest: async (hex) => {
      const conversation = idOf(hex);
      if (readConversation(db, conversation)?.state !== "request-in") throw new ClientError("unknown-conversation");
      accept(conversation, undefined);
    },

    async declineRequest(hex) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row?.state !== "request-in") throw new ClientError("unknown-conversation");
      if (kindOf(engine, row).opens === "by-members") return declineGroup(engine, conversation);
      db.transaction(() => {
        setConversationState(db, conversation, "declined");
        dropWork(db, conversation);
        giveUp(engine, conversation);
        detachGroup(db, conversation);
        retireAddressesOf(db, conversation, ports.nowMs());
        if (row.peer !== null) {
          writeContact(db, row.peer, { state: "deleted" }, ports.nowMs());
          tellOwnDevices(engine, contactItem(engine, row.peer));
        }
      });
      engine.changed("requests", "chats", "status", topicOf(conversation));
      engine.tidy();
    },

    async setRemark(hex, remark) {
      const account = contactOf(engine, hex);
      if (remark.length > fieldLimits.nameMax) throw new ClientError("too-long");
      db.transaction(() => {
        writeContact(db, account, { remark: remark.trim() }, ports.nowMs());
        tellOwnDevices(engine, contactItem(engine, account));
      });
      engine.changed("people", "contacts", "chats", topicOf(directWith(account)));
    },

    async block(hex) {
      const account = contactOf(engine, hex);
      const conversation = directWith(account);
      db.transaction(() => {
        writeContact(db, account, { state: "blocked" }, ports.nowMs());
        if (readConversation(db, conversation) !== undefined) setConversationState(db, conversation, "blocked");
        dropWork(db, conversation);
        giveUp(engine, conversation);
        detachGroup(db, conversation);
        retireAddressesOf(db, conversation, ports.nowMs());
        tellOwnDevices(engine, contactItem(engine, account));
      });
      engine.changed("contacts", "chats", "status", topicOf(conversation));
      engine.tidy();
    },

    /** The old addresses are gone for good: a new founding takes their place. */
    async unblock(hex) {
      const account = contactOf(engine, hex);
      const conversation = directWith(account);
      db.transaction(() => {
        writeContact(db, account, { state: "contact" }, ports.nowMs());
        insertConversation(db, { conversation, kind: "direct", peer: account, state: "open", activeMs: ports.nowMs() });
        setConversationState(db, conversation, "open");
        plan(engine, conversation, { kind: "refound", without: [] });
        tellOwnDevices(engine, contactItem(engine, account));
      });
      engine.changed("contacts", "chats", topicOf(conversation));
      engine.kick(conversation);
    },

    async openDirect(hex) {
      const account = contactOf(engine, hex);
      const conversation = directWith(account);
      if (readConversation(db, conversation) === undefined) throw new ClientError("unknown-conversation");
      return toHex(conversation);
    },
  };

  function accept(conversation: Uint8Array, trust: "scanned" | "introduced" | "none" | undefined): void {
    const row = readConversation(db, conversation);
    db.transaction(() => {
      setConversationState(db, conversation, "open");
      if (row?.peer != null) {
        writeContact(db, row.peer, { state: "contact", ...(trust === undefined ? {} : { trust }) }, ports.nowMs());
        openKnown(engine);
        const group = row.group_id === null ? undefined : engine.groups.get(toHex(row.group_id));
        if (group !== undefined && group.state.founding < row.founding) planRefound(engine, row.conversation); // GR18.8
        say(engine, conversation, { kind: "accept", ...greetingProfile(engine) });
        insertLine(engine, conversation, row.peer, { kind: "friends" });
        tellOwnDevices(engine, contactItem(engine, row.peer));
      } else {
        touchConversation(db, conversation, ports.nowMs());
        tellOwnDevices(engine, [{ kind: "conversation", conversation, state: "open", stampMs: ports.nowMs() }]);
      }
    });
    engine.changed("requests", "contacts", "chats", "status", topicOf(conversation));
    engine.kick(conversation);
  }
}

/** Not by what another link called them. */
function isKnownBetter(db: Engine["db"], account: AccountId): boolean {
  const person = readPerson(db, account);
  return person !== undefined && person.name !== "" && (person.own_word === 1 || person.stamp_ms > 0);
}

function previewOf(engine: Engine, link: ContactLink): LinkPreview {
  const { db } = engine;
  const own = engine.own;
  const contact = readContact(db, link.account);
  const person = readPerson(db, link.account);
  const name = person?.name || link.name;
  const isSelf = own !== undefined && equalBytes(link.account, own.account);
  const conversation =
    own === undefined || isSelf
      ? undefined
      : directConversationId(engine.ports.crypto.sha256, own.account, link.account);
  const exists = conversation !== undefined && readConversation(db, conversation) !== undefined;
  const standing = isSelf
    ? "self"
    : contact?.state === "contact"
      ? "contact"
      : contact?.state === "requested" && exists
        ? "requested"
        : "new";
  return {
    kind: "contact",
    account: toHex(link.account),
    name,
    face: faceOf(link.account, name, person?.avatar ?? null),
    server: link.server,
    standing,
    ...(exists && conversation !== undefined ? { conversation: toHex(conversation) } : {}),
  };
}

export function failureOf(why: string) {
  if (why === "lost") return "offline" as const;
  if (why === "bad-capability") return "link-reset" as const;
  if (why === "no-packages") return "link-used-up" as const;
  if (why === "rate-limited") return "link-used-up" as const;
  return "refused" as const;
}

function contactOf(engine: Engine, hex: Hex): AccountId {
  if (!new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`).test(hex)) throw new ClientError("unknown-contact");
  const account = fromHex(hex);
  if (readContact(engine.db, account) === undefined) throw new ClientError("unknown-contact");
  return account;
}

type Request = {
  readonly drawn: Extract<Claimed, { kind: "claimed" }>;
  /** Undefined where the right to draw came from a common group. */
  readonly capability?: Capability;
  readonly trust: Trust;
  readonly greeting: string;
  readonly via: Via;
};

/** The request stands on this device; it goes out with the founding. Answers the conversation. */
export async function putRequest(engine: Engine, account: AccountId, request: Request): Promise<Hex> {
  const { db, ports } = engine;
  const { drawn, capability, trust, greeting, via } = request;
  const conversation = directConversationId(ports.crypto.sha256, ownOf(engine).account, account);
  await engine.turn.take(() => {
    db.transaction(() => {
      writeContact(db, account, { state: "requested", trust, source: storedSource(via) }, ports.nowMs());
      insertConversation(db, {
        conversation,
        kind: "direct",
        peer: account,
        state: "request-out",
        activeMs: ports.nowMs(),
      });
      setConversationState(db, conversation, "request-out");
      writeChatMark(db, conversation, "alone", false, ports.nowMs());
      // One was about to leave, and thought better of it.
      for (const item of readOutboxOf(db, conversation))
        if (decodeBody(item.body)?.kind === "leave") dropItem(engine, item);
      if (drawn.ghosts) alarm(engine, account, "device-refused");
      for (const job of readJobs(db, conversation))
        if (job.kind === "found" || job.kind === "refound") deleteJob(db, job.job);
      plan(engine, conversation, {
        kind: "found",
        accounts: [account],
        title: "",
        packages: drawn.packages.map((one) => one.bytes),
        drawnMs: ports.nowMs(),
        ...(capability === undefined ? {} : { capability }),
      });
      say(engine, conversation, { kind: "greeting", text: greeting, ...greetingProfile(engine), via });
      tellOwnDevices(engine, contactItem(engine, account));
    });
  });
  engine.changed("contacts", "chats", topicOf(conversation));
  engine.kick(conversation);
  return toHex(conversation);
}

/** Out of a group that strangers made one a member of, before one has read it. */
