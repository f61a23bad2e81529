/** Reads links, and manages the own contact link (docs/spec/identity.md ID10, ID62). */
import { type Database, readContact, readConversation, readJoin, readPerson } from "@yanshu/store";
import {
  type AccountId,
  type ContactLink,
  decodeLink,
  equalBytes,
  type GroupLink,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { ClientError, type Face, type FeatureContext, faceOf, type Hex } from "../../feature.ts";

/** What a link means to the one who opened it. */
export type LinkPreview =
  | { readonly kind: "invite"; readonly server: string }
  | {
      readonly kind: "contact";
      readonly account: Hex;
      readonly name: string;
      readonly face: Face;
      readonly server: string;
      readonly standing: "new" | "contact" | "requested" | "self";
      /** The conversation there already is, if any. */
      readonly conversation?: Hex;
    }
  | { readonly kind: "device" | "help"; readonly server: string }
  | {
      readonly kind: "group";
      readonly server: string;
      /** From the link itself, unverified. */
      readonly name: string;
      readonly face: Face;
      readonly expiresMs: UnixMs;
      /** `asked`: `joins` says how it stands. */
      readonly standing: "new" | "member" | "asked" | "expired";
      readonly join: Hex;
      readonly conversation?: Hex;
    };

type ContactLinksApi = {
  /** Rejects with `bad-link`. */
  readonly readLink: (text: string) => Promise<LinkPreview>;
  /**
   * The link card that home stores, sealed, for a link: the inviter's or the group's name and pictures. Undefined if
   * there is none, or it cannot be read now.
   */
  readonly linkCard: (text: string) => Promise<{ readonly name: string; readonly faces: readonly Face[] } | undefined>;
  /** This person's own contact link. Rejects with `offline`. */
  readonly myLink: () => Promise<string>;
  /** Makes a new link; the old one stops working. Rejects with `offline`. */
  readonly resetLink: () => Promise<string>;
};

export function contactLinksApi(context: FeatureContext): ContactLinksApi {
  const { db, links } = context;
  return {
    async readLink(text) {
      const read = decodeLink(text);
      if (read === undefined) throw new ClientError("bad-link");
      if (read.kind === "group") return groupPreview(context, read.link);
      if (read.kind !== "contact") return { kind: read.kind, server: read.link.server };
      return contactPreview(context, read.link);
    },

    async linkCard(text) {
      const read = decodeLink(text);
      if (read?.kind !== "contact" && read?.kind !== "group") return undefined;
      // What this device knows of somebody, as from a group, is shown in the place of what stands beside a link (ID65).
      if (read.kind === "contact" && isKnownBetter(db, read.link.account)) return undefined;
      return links.cardOf(read);
    },

    myLink: () => links.own(),
    resetLink: () => links.resetOwn(),
  };
}

/** Whether this device has a name of the person that is not from another link. */
function isKnownBetter(db: Database, account: AccountId): boolean {
  const person = readPerson(db, account);
  return person !== undefined && person.name !== "" && (person.own_word === 1 || person.stamp_ms > 0);
}

function contactPreview({ db, isHome, own, directs }: FeatureContext, link: ContactLink): LinkPreview {
  const contact = readContact(db, link.account);
  const person = readPerson(db, link.account);
  const name = person?.name || link.name;
  const isSelf = isHome() && equalBytes(link.account, own());
  const conversation = !isHome() || isSelf ? undefined : directs.with(link.account);
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

/** Uses only the link, and what this device knows already. */
function groupPreview({ db, nowMs, links }: FeatureContext, link: GroupLink): LinkPreview {
  const asked = readJoin(db, link.secret);
  const conversation = links.groupBehind(link.secret) ?? asked?.conversation ?? undefined;
  const isMember = conversation !== undefined && readConversation(db, conversation)?.state === "open";
  const isAsked = asked !== undefined && asked.state !== "in";
  const isOver = link.expiresMs <= nowMs();
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
