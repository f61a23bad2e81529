/** Polls: begun, and voted in. */
import { testFeature } from "../feature.ts";
import { type Act, anywhere, refOf } from "../sim/acts/act.ts";

const poll: Act = (sim) => {
  const at = anywhere(sim, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = sim.ledger.say(sim, person, standing.conversation);
  const isMultiple = sim.chance.next() < 0.5;
  const options = ["饺子", "面条", "粥"];
  sim.ask(person, "poll", (api) =>
    api.startPoll(standing.conversation, { question: said.text, options, isMultiple, isAnonymous: false }),
  );
  return `poll ${said.text}`;
};

const vote: Act = (sim, somewhere) => {
  const at = somewhere(({ body }) => body.kind === "poll");
  if (at === undefined || at.item.body.kind !== "poll") return undefined;
  const { options, isMultiple } = at.item.body;
  const first = sim.chance.below(options.length);
  const choices = isMultiple ? [first, sim.chance.below(options.length)] : sim.chance.pick([[first], [first], []]);
  sim.ask(at.person, "vote", (api) => api.vote(at.conversation, refOf(at), choices));
  return `${at.person.device} votes ${choices.join("+")} in ${at.said.text}`;
};

export const polls = testFeature({
  titles: { poll: ({ question }) => question },
  acts: [
    [1, "actions", poll],
    [3, "actions", vote],
  ],
  alike: {
    I12: ({ body }) =>
      body.kind === "poll" ? `${body.options.map(({ count }) => count).join(":")} of ${body.voters}` : "",
  },

  async evidence({ canaries, group, ann, ben, granny, until }) {
    const id = await ann.api.startPoll(group, {
      question: `吃什么 ${canaries.text("poll question")}`,
      options: [`火锅 ${canaries.text("poll option")}`, `dumplings ${canaries.text("second poll option")}`],
      isMultiple: false,
      isAnonymous: true,
    });
    await until("the poll is there", () =>
      [ben, granny].every((one) => one.view("timeline", group, 1_000).items.some((item) => item.id === id)),
    );
    await granny.api.vote(group, { author: ann.account, id }, [0]);
    return undefined;
  },

  corpus: ({ ann, group }) =>
    ann.api.startPoll(group, { question: "几点", options: ["六点", "七点"], isMultiple: false, isAnonymous: false }),
});
