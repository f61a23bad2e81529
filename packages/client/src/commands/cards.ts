/** Contact cards: passed on by who knows both, answered by who is introduced (docs/spec/identity.md ID24–ID26). */
import { type BodyOf, greetingLimits } from "@yanshu/content";
import { directConversationId } from "@yanshu/mls";
import {
  hasChatMark,
  learnPerson,
  noteNotPassedOn,
  readContact,
  readConversation,
  readPerson,
  writeContact,
} from "@yanshu/store";
import { equalBytes, fromHex, historyOf, idBytes, toHex } from "@yanshu/wire";
import type { CardsApi } from "../api/cards.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { claim } from "../group-state/claim.ts";
import { keepContactCapability } from "../identity/contact-link.ts";
import { isNotPassedOn } from "../identity/profile-bodies.ts";
import { idOf, nameOf } from "../ids.ts";
import { bodyOf, messageOf, writable } from "../messages/message-names.ts";
import { say } from "../messages/outbox.ts";
import { contactItem, tellOwnDevices } from "../messages/own-devices.ts";
import { tellProfileAgain } from "../messages/profile.ts";
import { failureOf, putRequest } from "./contacts.ts";

/** @param accept answers a request that lies here already. */
export function cardsApi(engine: Engine, accept: (conversation: string) => Promise<void>): CardsApi {
  const { db, ports } = engine;

  return {
    async sendCard(hex, of) {
      const conversation = writable(engine, hex);
      const account = new RegExp(`^[0-9a-f]{${2 * idBytes.account}}$`).test(of) ? fromHex(of) : undefined;
      if (account === undefined || readContact(db, account)?.state !== "contact")
        throw new ClientError("unknown-contact");
      const person = readPerson(db, account);
      if (person?.passing == null) throw new ClientError("not-passed-on");
      const list = await engine.lists.load(account);
      if (list === undefined) throw new ClientError("unknown-contact");
      if (list.frozenAt !== undefined) throw new ClientError("account-frozen");
      const body: BodyOf<"card"> & { kind: "card" } = {
        kind: "card",
        account,
        name: person.name,
        server: ownOf(engine).server,
        capability: person.passing,
        history: historyOf(list),
        ...(person.avatar === null ? {} : { avatar: person.avatar }),
      };
      const id = db.transaction(() => say(engine, conversation, body));
      engine.kick(conversation);
      return toHex(id);
    },

    async requestByCard({ conversation: hex, author, id, greeting }) {
      const where = idOf(hex);
      const message = nameOf({ author, id });
      const card = bodyOf(messageOf(engine, where, message).body);
      if (card?.kind !== "card") throw new ClientError("unknown-message");
      if (greeting.length > greetingLimits.textMax) throw new ClientError("too-long");
      const own = ownOf(engine);
      const { account } = card;
      if (equalBytes(account, own.account)) throw new ClientError("own-link");
      if (ports.server !== undefined && card.server !== own.server) throw new ClientError("wrong-server");
      const contact = readContact(db, account);
      if (contact?.state === "blocked") throw new ClientError("not-allowed");
      // What the introducer knew goes first: a server that shows another account, or another past of it, is found out.
      const advance = await engine.lists.take(card.history);
      if (advance.kind === "frozen") throw new ClientError("account-frozen");
      if (advance.kind === "refused" || !equalBytes(advance.list.account, account)) throw new ClientError("refused");
      // Anyone who is no contact vouches for nobody.
      const vouches = readContact(db, message.author)?.state === "contact";
      const trust = contact?.trust === "scanned" ? "scanned" : vouches ? "introduced" : (contact?.trust ?? "none");
      const conversation = directConversationId(ports.crypto.sha256, own.account, account);
      const row = readConversation(db, conversation);
      const isKnown = contact?.state === "contact" && row?.group_id != null && !hasChatMark(db, conversation, "alone");
      if (isKnown || (contact?.state === "incoming" && row?.state === "request-in")) {
        db.transaction(() => {
          writeContact(db, account, { trust }, ports.nowMs());
          if (isKnown) tellOwnDevices(engine, contactItem(engine, account));
        });
        if (!isKnown) await accept(toHex(conversation));
        engine.changed("contacts", "people", topicOf(conversation));
        return toHex(conversation);
      }
      await engine.link.whenReady("anonymous");
      const drawn = await claim(engine, account, card.capability);
      if (drawn.kind === "failed")
        throw new ClientError(drawn.why === "bad-capability" ? "card-over" : failureOf(drawn.why));
      if (drawn.packages.length === 0) throw new ClientError("link-used-up");
      const { name, avatar } = card;
      db.transaction(() => learnPerson(db, { account, name, avatar, ownWord: false, stampMs: 0 }));
      return putRequest(engine, account, {
        drawn,
        capability: card.capability,
        trust,
        greeting,
        via: { kind: "card", by: message.author },
      });
    },

    async setPassedOn(isOn) {
      if (isNotPassedOn(engine) !== isOn) return;
      db.transaction(() => {
        noteNotPassedOn(db, !isOn);
        tellProfileAgain(engine);
      });
      engine.changed("status");
      engine.kick();
      void keepContactCapability(engine); // And at each sign-in, should home not hear of it now.
    },
  };
}
