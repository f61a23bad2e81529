/** Contact cards, as screens see them (docs/spec/identity.md ID26): with the name and face that hold here, where the person is known. */
import { directWith } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import { type CardItemBody, clientFeature, faceOf, type PersonHere, type Standing } from "../feature.ts";

/** @param isFounded whether the chat with them is here; without it a request of another own device never went out (ID10). */
function standingOf({ isMe, state }: PersonHere, isFounded: boolean): Standing {
  if (isMe) return "self";
  if (state === "contact" || state === "blocked" || (state === "requested" && isFounded)) return state;
  return "new";
}

export const contactCards = clientFeature({
  kinds: ["card"],

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
});
