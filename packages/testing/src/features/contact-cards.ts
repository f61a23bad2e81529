/** Contact cards: a name that has a canary already; what is said by the card has one of its own. */
import { testFeature } from "../feature.ts";

export const contactCards = testFeature({
  async evidence({ canaries, ann, ben, granny, until }) {
    const chat = granny.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
    await until("Ben may be passed on", () =>
      ann.view("contacts").some(({ account, isPassedOn }) => account === ben.account && isPassedOn),
    );
    const card = await ann.api.sendCard(chat, ben.account);
    await until("the card is there", () => granny.view("timeline", chat, 1_000).items.some(({ id }) => id === card));
    await granny.api.requestByCard({
      conversation: chat,
      author: ann.account,
      id: card,
      greeting: `Ann 介绍的 ${canaries.text("greeting by a card")}`,
    });
    await until("Ben is asked", () => ben.view("requests").length === 1);
    return undefined;
  },
});
