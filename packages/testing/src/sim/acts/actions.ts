/** Actions: what people do with what was said: recall, edit, react, vote, write on a list, quote. */
import type { Hex, TimelineItem } from "@yanshu/client";
import type { Person } from "../../world/person.ts";
import type { Said } from "../ledger.ts";
import { titleOf, wordsOf } from "../screen.ts";
import type { Town } from "../town.ts";
import { type Act, anybody, anywhere, label } from "./act.ts";

type Place = { readonly person: Person; readonly conversation: Hex; readonly item: TimelineItem; readonly said: Said };

const emojis = ["👍", "😂", "🥟"];

/** A message of this run on somebody's screen, in a conversation where something can be said. */
function somewhere(town: Town, fits: (item: TimelineItem, person: Person) => boolean): Place | undefined {
  const person = anybody(town);
  if (person === undefined) return undefined;
  const nowMs = town.world.clock.nowMs() + person.skewMs;
  const places = person
    .view("chats")
    .filter(({ conversation }) => person.view("conversation", conversation)?.state === "open")
    .flatMap(({ conversation }) =>
      person.items(conversation).flatMap((item): Place[] => {
        const said = town.ledger.find(titleOf(item));
        return said !== undefined && item.atMs > nowMs - recentMs && fits(item, person)
          ? [{ person, conversation, item, said }]
          : [];
      }),
    );
  return places.length === 0 ? undefined : town.chance.pick(places);
}

/** What is older is as good as what is new, and there is more of it with every step. */
const recentMs = 1_200_000;

const refOf = ({ item }: Place) => ({ author: item.from.account, id: item.id });
const isText = ({ body }: TimelineItem) => body.kind === "text";

export const quote: Act = (town) => {
  const at = somewhere(town, isText);
  if (at === undefined) return undefined;
  const said = town.ledger.say(town, at.person, at.conversation);
  town.ask(at.person, "quote", (api) => api.sendText(at.conversation, said.text, { quote: refOf(at) }));
  return `${said.text} quotes ${at.said.text}`;
};

export const recall: Act = (town) => {
  const at = somewhere(town, (item) => item.mine && (item.recallUntilMs ?? 0) > 0);
  if (at === undefined) return undefined;
  const { person, conversation, item, said } = at;
  const exits = town.faults.exitsOf(person, conversation);
  town.ledger.perhapsRecalled.add(said.text);
  town.ask(
    person,
    "recall",
    (api) => api.recall(conversation, item.id),
    () => town.ledger.recalls.push({ said, by: person, exits }),
  );
  return `${person.device} recalls ${said.text}`;
};

export const edit: Act = (town) => {
  const at = somewhere(town, (item) => item.mine && isText(item));
  if (at === undefined) return undefined;
  const { person, conversation, item, said } = at;
  town.ask(person, "edit", (api) => api.edit(conversation, item.id, wordsOf(said, town.step)));
  return `${person.device} edits ${said.text}`;
};

export const react: Act = (town) => {
  const at = somewhere(town, () => true);
  if (at === undefined) return undefined;
  const [emoji, on] = [town.chance.pick(emojis), town.chance.next() < 0.7];
  town.ask(at.person, "react", (api) => api.react(at.conversation, refOf(at), emoji, on));
  return `${at.person.device} ${on ? "sets" : "takes"} ${emoji} ${on ? "on" : "off"} ${at.said.text}`;
};

export const poll: Act = (town) => {
  const at = anywhere(town, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = town.ledger.say(town, person, standing.conversation);
  const isMultiple = town.chance.next() < 0.5;
  const options = ["饺子", "面条", "粥"];
  town.ask(person, "poll", (api) =>
    api.startPoll(standing.conversation, { question: said.text, options, isMultiple, isAnonymous: false }),
  );
  return `poll ${said.text}`;
};

export const vote: Act = (town) => {
  const at = somewhere(town, ({ body }) => body.kind === "poll");
  if (at === undefined || at.item.body.kind !== "poll") return undefined;
  const { options, isMultiple } = at.item.body;
  const first = town.chance.below(options.length);
  const choices = isMultiple ? [first, town.chance.below(options.length)] : town.chance.pick([[first], [first], []]);
  town.ask(at.person, "vote", (api) => api.vote(at.conversation, refOf(at), choices));
  return `${at.person.device} votes ${choices.join("+")} in ${at.said.text}`;
};

export const chain: Act = (town) => {
  const at = anywhere(town, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = town.ledger.say(town, person, standing.conversation);
  town.ask(person, "chain", (api) =>
    api.startChain(standing.conversation, { title: said.text, note: "", seeds: town.chance.pick([[], ["first"]]) }),
  );
  return `list ${said.text}`;
};

/** A new line, or one of one's own changed or taken out. */
export const line: Act = (town) => {
  const at = somewhere(town, ({ body }) => body.kind === "chain");
  if (at === undefined || at.item.body.kind !== "chain") return undefined;
  const { person, conversation, said } = at;
  const mine = at.item.body.lines.filter(({ by, key }) => by?.isMe === true && key !== undefined);
  const text = `${person.device} writes ${town.step}`;
  if (mine.length === 0 || town.chance.next() < 0.6) {
    const exits = town.faults.exitsOf(person, conversation);
    town.ask(
      person,
      "line",
      (api) => api.writeLine(conversation, refOf(at), text),
      () => town.ledger.lines.push({ said, by: person, exits, texts: new Set([text]), isOut: false }),
    );
    return `${text} on ${said.text}`;
  }
  const old = town.chance.pick(mine);
  const isOut = town.chance.next() < 0.4;
  // Whether it came to it or not is not to be known when the device crashes: either is right then.
  const known = town.ledger.lines.find(({ texts }) => texts.has(old.text));
  if (isOut && known !== undefined) known.isOut = true;
  if (!isOut) known?.texts.add(text);
  town.ask(person, "change a line", (api) => api.writeLine(conversation, refOf(at), isOut ? "" : text, old.key as Hex));
  return `${person.device} ${isOut ? "takes out" : "changes"} "${old.text}" of ${label(conversation)}`;
};
