/** Links that lead to this person or into a group, for features (feature.ts). */
import { deleteJoinRequest, readConversation, readJoinRequest, writeLinkToken } from "@yanshu/store";
import {
  type AccountId,
  type ContactLink,
  type ConversationId,
  capabilityHashOf,
  encodeLink,
  equalBytes,
  idBytes,
  limits,
  linkName,
  type SealedCard,
  serverMarkOf,
} from "@yanshu/wire";
import { unpack } from "./cbor.ts";
import type { FeatureLinks, GroupLooks } from "./contract/links.ts";
import { type Engine, ownOf, topicOf } from "./core/engine.ts";
import { ClientError } from "./errors.ts";
import { plan } from "./group-state/jobs.ts";
import { admittersIn, groupOf, urlOf, withSecret } from "./groups/group-link.ts";
import { letIn, type Offer, turnAway } from "./groups/join-answer.ts";
import { putAside, startJoining } from "./groups/join-ask.ts";
import { cardSoon, facesFor, fetchLinkCard, LinkCards, type LinkOfCard } from "./history/link-card.ts";
import {
  contactCapability,
  contactSecretMs,
  hasContactCapability,
  renewContactSecret,
} from "./identity/contact-link.ts";
import { linkedBy, ownProfile } from "./identity/profile-bodies.ts";
import { mustBeItself } from "./identity/standing-in.ts";
import { say } from "./messages/outbox.ts";
import { tellOwnDevices } from "./messages/own-devices.ts";
import { profileChanged, tellProfileAgain } from "./messages/profile.ts";
import { faceOf } from "./values/faces.ts";
import { homeKey } from "./values/far-servers.ts";

export function linksForFeatures(engine: Engine): FeatureLinks {
  const cards = new LinkCards(engine);
  return { ...ownLinks(engine, cards), ...groupLinks(engine, cards), ...joining(engine) };
}

function ownLinks(engine: Engine, cards: LinkCards): Pick<FeatureLinks, "own" | "resetOwn" | "cardOf"> {
  const { db, ports } = engine;

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
    const key = homeKey(db);
    const link: ContactLink = {
      account,
      server,
      capability,
      name: shown,
      // There is room for one of them in a code.
      ...(card !== undefined
        ? { card }
        : key === undefined
          ? {}
          : { serverMark: serverMarkOf(ports.crypto.sha256, key) }),
    };
    return encodeLink(ports.originOf(own.server), { kind: "contact", link });
  }

  return {
    async own() {
      if (!hasContactCapability(engine)) await engine.link.whenReady("signed");
      return linkWith(await contactCapability(engine));
    },

    async resetOwn() {
      await engine.link.whenReady("signed");
      const secret = await renewContactSecret(engine);
      if (secret !== undefined)
        db.transaction(() => {
          tellOwnDevices(engine, [{ kind: "capability", capability: secret, stampMs: contactSecretMs(engine) }]);
          tellProfileAgain(engine); // The right to pass on the card went with the old one.
        });
      engine.schedule();
      if (secret !== undefined) profileChanged(engine);
      return linkWith(secret && linkedBy(engine, secret));
    },

    async cardOf(link) {
      const card = await fetchLinkCard(engine, link);
      return typeof card === "object" ? { name: card.name, faces: card.faces } : undefined;
    },
  };
}

function groupLinks(
  engine: Engine,
  cards: LinkCards,
): Pick<FeatureLinks, "ofGroup" | "ofGroupByCard" | "groupBehind" | "makeForGroup" | "closeForGroup"> {
  const { db, ports } = engine;

  function ofGroup(conversation: ConversationId, { title }: GroupLooks, card?: SealedCard): string | undefined {
    const group = groupOf(engine, conversation);
    if (group === undefined || readConversation(db, conversation)?.state !== "open") return undefined;
    return urlOf(engine, group, title, card);
  }

  return {
    ofGroup: (conversation, looks) => ofGroup(conversation, looks),

    async ofGroupByCard(conversation, looks) {
      const group = groupOf(engine, conversation);
      const held = group?.state.link;
      if (group === undefined || held === undefined || ofGroup(conversation, looks) === undefined) return undefined;
      const name = group.state.name || looks.title;
      const said = { name, faces: facesFor(looks.faces), admitters: admittersIn(engine, group) };
      const place = topicOf(conversation);
      const card = await cardSoon(engine, cards.keep(place, { kind: "group", link: held }, said, held.expiresMs));
      // Renewed meanwhile: the card is not that link's.
      const now = groupOf(engine, conversation)?.state.link;
      const isSame = now !== undefined && equalBytes(now.secret, held.secret);
      return ofGroup(conversation, looks, isSame ? card : undefined);
    },

    groupBehind: (secret) => withSecret(engine, secret)?.state.conversation,

    async makeForGroup(conversation, { expiresMs, uses }, mayStill) {
      const token = ports.crypto.random(idBytes.capability);
      // A newcomer can only register with what home knows already.
      if (!(await engine.link.whenReady("signed"))) throw new ClientError("offline");
      const known = await engine.link.call("signed", "capabilities", {
        add: [capabilityHashOf(ports.crypto.sha256, token)],
        remove: [],
      });
      if (known.kind !== "ok") throw new ClientError("offline");
      mayStill();
      const secret = ports.crypto.random(idBytes.token);
      const link = { secret, token, expiresMs, ...(uses === undefined ? {} : { left: uses }) };
      db.transaction(() => {
        writeLinkToken(db, { token, conversation });
        plan(engine, conversation, { kind: "link", link });
      });
      engine.schedule(conversation);
    },

    closeForGroup: (conversation) => void plan(engine, conversation, { kind: "link", link: null }),
  };
}

function joining(engine: Engine): Pick<FeatureLinks, "join" | "forgetJoin" | "letIn" | "turnAway"> {
  const { db } = engine;

  function asked(conversation: ConversationId, account: AccountId) {
    const row = readJoinRequest(db, conversation, account);
    if (row === undefined) throw new ClientError("unknown-contact");
    return row;
  }

  return {
    async join(link, fragment) {
      mustBeItself(engine);
      await startJoining(engine, link, fragment);
    },

    forgetJoin: (secret) => putAside(engine, secret),

    async letIn(conversation, account) {
      const row = asked(conversation, account);
      const how = { isApproved: true, askedMs: row.asked_ms };
      await engine.turn.take(() => letIn(engine, conversation, account, row.name, unpack<Offer>(row.packages), how));
      db.transaction(() => deleteJoinRequest(db, conversation, account, row.asked_ms));
      engine.changed(topicOf(conversation), "chats");
    },

    turnAway(conversation, account) {
      const { asked_ms: askedMs } = asked(conversation, account);
      db.transaction(() => {
        say(engine, conversation, { kind: "turnedAway", account, askedMs });
        turnAway(engine, conversation, account, askedMs);
      });
      engine.schedule(conversation);
    },
  };
}
