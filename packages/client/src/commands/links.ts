/** Links: what one means to who opens it, and the own contact link (docs/spec/identity.md ID10, ID62). */
import { directConversationId } from "@yanshu/mls";
import { readContact, readConversation, readPerson } from "@yanshu/store";
import {
  type AccountId,
  type ContactLink,
  decodeLink,
  encodeLink,
  equalBytes,
  limits,
  linkName,
  toHex,
} from "@yanshu/wire";
import type { CoreApi, LinkPreview } from "../api/core.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { cardSoon, facesFor, fetchLinkCard, LinkCards, type LinkOfCard } from "../history/link-card.ts";
import { contactCapability, hasContactCapability, renewContactSecret } from "../identity/contact-link.ts";
import { linkedBy, ownProfile } from "../identity/profile-bodies.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { profileChanged, tellProfileAgain } from "../messages/profile.ts";
import { faceOf } from "../values/faces.ts";
import { groupPreview } from "../views/joining.ts";

type LinksApi = Pick<CoreApi, "readLink" | "linkCard" | "myLink" | "resetLink">;

export function linksApi(engine: Engine): LinksApi {
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
      engine.schedule();
      if (secret !== undefined) profileChanged(engine);
      return linkWith(secret && linkedBy(engine, secret));
    },
  };
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
