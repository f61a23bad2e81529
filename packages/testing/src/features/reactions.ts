/** Reactions, set and taken back. */
import { testFeature } from "../feature.ts";
import { type Act, refOf } from "../sim/acts/act.ts";

const emojis = ["👍", "😂", "🥟"];

const react: Act = (sim, somewhere) => {
  const at = somewhere(() => true);
  if (at === undefined) return undefined;
  const [emoji, on] = [sim.chance.pick(emojis), sim.chance.next() < 0.7];
  sim.ask(at.person, "react", (api) => api.react(at.conversation, refOf(at), emoji, on));
  return `${at.person.device} ${on ? "sets" : "takes"} ${emoji} ${on ? "on" : "off"} ${at.said.text}`;
};

const byName = (one: string, other: string) => (one < other ? -1 : Number(one > other));

export const reactions = testFeature({
  acts: [[4, "actions", react]],
  alike: {
    I11: ({ reactions = [] }) =>
      reactions
        .map(({ emoji, people }) => {
          const accounts = people.map(({ account }) => account.slice(0, 6)).toSorted(byName);
          return `${emoji} ${accounts.join(",")}`;
        })
        .toSorted(byName)
        .join(" "),
  },

  async evidence({ canaries, group, granny, message }) {
    await granny.api.react(group, message, canaries.text("reaction"), true);
    return undefined;
  },

  corpus: ({ ben, group, message }) => ben.api.react(group, message, "👍", true),
});
