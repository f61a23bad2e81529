/** A contact card, as screens show it: with the name and face that hold here, where the person is known (ID26). */
import type { BodyOf } from "@yanshu/content";
import { directWith } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { CardItemBody, Standing } from "../api/cards.ts";
import type { ViewContext } from "./context.ts";
import { faceOf } from "./faces.ts";
import type { People, Person } from "./people.ts";

export function cardItem(context: ViewContext, people: People, card: BodyOf<"card">): CardItemBody {
  const person = people.get(toHex(card.account));
  const chat = directWith(context.database, card.account);
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
}

/** @param isFounded whether the chat with them is here; without it a request of another own device never went out (ID10). */
function standingOf({ isMe, state }: Person, isFounded: boolean): Standing {
  if (isMe) return "self";
  if (state === "contact" || state === "blocked" || (state === "requested" && isFounded)) return state;
  return "new";
}
