/**
 * Contact cards (docs/spec/identity.md ID24–ID26): sent by somebody who knows both people, and shown with the name and
 * picture that this device has, if it knows the person.
 */
import { directWith, noteNotPassedOn, readContact, readMeta, readPerson } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import {
  type CardItemBody,
  ClientError,
  clientFeature,
  contactOf,
  faceOf,
  type Hex,
  type PersonHere,
  type Standing,
} from "../feature.ts";

type CardsApi = {
  /**
   * Resolves with the message's id. Rejects with `not-passed-on` if that person forbids it, `unknown-contact` if they
   * are no contact, `account-frozen`.
   */
  readonly sendCard: (conversation: Hex, account: Hex) => Promise<Hex>;
  /** Sets whether others may pass on the own card. If not, cards passed on before no longer work. */
  readonly setPassedOn: (isOn: boolean) => Promise<void>;
};

/**
 * @param isFounded whether the chat with them is on this device; without it a request of another own device was never
 * sent (ID10).
 */
function standingOf({ isMe, state }: PersonHere, isFounded: boolean): Standing {
  if (isMe) return "self";
  if (state === "contact" || state === "blocked" || (state === "requested" && isFounded)) return state;
  return "new";
}

export const contactCards = clientFeature({
  kinds: ["card"],

  me: ({ database }) => ({ isPassedOn: readMeta(database, "not-passed-on") === undefined }),

  show: {
    card: ({ database, people }, card): CardItemBody => {
      const person = people.get(toHex(card.account));
      const chat = directWith(database, card.account);
      const standing = standingOf(person, chat !== undefined);
      const isKnown = standing !== "new" && person.name !== "";
      const { account, name, face } = person;
      return {
        kind: "card",
        account,
        ...(isKnown ? { name, face } : { name: card.name, face: faceOf(card.account, card.name, card.avatar ?? null) }),
        standing,
        ...(chat === undefined ? {} : { conversation: toHex(chat) }),
      };
    },
  },

  api: ({ db, serverName, writable, directs, ownProfile, setOwnProfile, tellReach, say }): CardsApi => ({
    async sendCard(chat, hex) {
      const conversation = writable(chat);
      const account = contactOf(db, hex);
      if (readContact(db, account)?.state !== "contact") throw new ClientError("unknown-contact");
      const person = readPerson(db, account);
      if (person?.passing == null) throw new ClientError("not-passed-on");
      const history = await directs.historyOf(account);
      return say(conversation, {
        kind: "card",
        account,
        name: person.name,
        server: serverName(),
        capability: person.passing,
        history,
        ...(person.avatar === null ? {} : { avatar: person.avatar }),
      });
    },

    async setPassedOn(isOn) {
      if ((readMeta(db, "not-passed-on") === undefined) === isOn) return;
      setOwnProfile(ownProfile(), () => noteNotPassedOn(db, !isOn));
      void tellReach(); // Repeated at each sign-in until it succeeds.
    },
  }),
});
