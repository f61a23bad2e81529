/**
 * Actions: every field that people fill when they do something with messages carries a canary too: a quote, an edit,
 * a face, a pat, a poll, a list, a record, what is pinned, announced and kept, and what was recalled.
 */
import type { Hex } from "@yanshu/client";
import { type Device, until } from "./device.ts";
import type { Town } from "./town.ts";

/** Ends when everybody has taken it all in. `ann` leads the group; `ann2` is her other device. */
export async function playActions(
  { canaries }: Town,
  group: Hex,
  { ann, ann2, ben, granny }: { ann: Device; ann2: Device; ben: Device; granny: Device },
): Promise<void> {
  const said = `谁来？${canaries.text("quoted text")}`;
  const id = await ann.api.sendText(group, said);
  await until("it is read", () => ben.has(group, said) && granny.has(group, said));
  const message = { author: ann.account, id };
  await ben.api.sendText(group, `@Ann 我来 ${canaries.text("quoting text")}`, {
    quote: message,
    mentions: [{ at: 0, length: 4, account: ann.account }],
  });
  const edited = `${said} ${canaries.text("edited text")}`;
  await ann.api.edit(group, id, edited);
  await granny.api.react(group, message, canaries.text("reaction"), true);
  await ben.api.setPat("的小脑袋"); // Too short for a canary: it is sealed with the name.
  await ann.api.pat(group, ben.account);

  const poll = await ann.api.startPoll(group, {
    question: `吃什么 ${canaries.text("poll question")}`,
    options: [`火锅 ${canaries.text("poll option")}`, `dumplings ${canaries.text("second poll option")}`],
    isMultiple: false,
    isAnonymous: true,
  });
  const chain = await ann.api.startChain(group, {
    title: `聚餐 ${canaries.text("list title")}`,
    note: `老地方 ${canaries.text("list note")}`,
    seeds: [`外婆 ${canaries.text("list seed")}`],
  });
  const arrived = (device: Device) => {
    const { items } = device.view("timeline", group, 1_000);
    return [poll, chain].every((one) => items.some((item) => item.id === one));
  };
  await until("poll and list are there", () => [ben, granny].every(arrived));
  await granny.api.vote(group, { author: ann.account, id: poll }, [0]);
  await granny.api.writeLine(group, { author: ann.account, id: chain }, `两位 ${canaries.text("list line")}`);
  await ben.api.pin(group, message, true);
  await ann.api.announce(group, `周日十点 ${canaries.text("announcement")}`);
  await ben.api.keepFavourites(group, [message]);
  const chat = ben.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
  await ben.api.forward({
    from: group,
    messages: [message],
    to: [chat],
    mode: "merged",
    note: `看看 ${canaries.text("word with what is forwarded")}`,
  });
  const url = `https://example.org/${canaries.text("address of a link")}`;
  const linked = await ann.api.sendText(group, url, {
    link: {
      url,
      title: `饺子 ${canaries.text("title of a link")}`,
      thumb: canaries.picture("thumbnail of a link", 2_000),
    },
  });
  await until("the link is there", () => ben.view("timeline", group, 1_000).items.some((item) => item.id === linked));
  await ben.api.searchFavourites(`kept? ${canaries.text("search word among favourites")}`);
  // The card carries a name that has a canary already; what is said by it has one of its own.
  const withGranny = granny.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
  await until("Ben may be passed on", () =>
    ann.view("contacts").some(({ account, isPassedOn }) => account === ben.account && isPassedOn),
  );
  const card = await ann.api.sendCard(withGranny, ben.account);
  await until("the card is there", () =>
    granny.view("timeline", withGranny, 1_000).items.some(({ id }) => id === card),
  );
  await granny.api.requestByCard({
    conversation: withGranny,
    author: ann.account,
    id: card,
    greeting: `Ann 介绍的 ${canaries.text("greeting by a card")}`,
  });
  await until("Ben is asked", () => ben.view("requests").length === 1);
  const gone = await granny.api.sendText(group, `发错了 ${canaries.text("recalled text")}`);
  await granny.api.recall(group, gone);
  await until("all is known to all", () =>
    [ann, ann2, ben].every((one) => {
      const { items } = one.view("timeline", group, 1_000);
      const list = items.find((item) => item.id === chain)?.body;
      return (
        one.has(group, edited) &&
        one.view("pins", group).length === 1 &&
        one.view("conversation", group)?.announcement.startsWith("周日十点") === true &&
        list?.kind === "chain" &&
        list.lines.length === 2
      );
    }),
  );
}
