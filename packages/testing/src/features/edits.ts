/** Edits of texts. */
import { testFeature } from "../feature.ts";
import { type Act, isText } from "../sim/acts/act.ts";
import { wordsOf } from "../sim/words.ts";

const edit: Act = (sim, somewhere) => {
  const at = somewhere((item) => item.mine && isText(item));
  if (at === undefined) return undefined;
  const { person, conversation, item, said } = at;
  sim.ask(person, "edit", (api) => api.edit(conversation, item.id, wordsOf(said, sim.step)));
  return `${person.device} edits ${said.text}`;
};

export const edits = testFeature({
  acts: [[3, "actions", edit]],

  async evidence({ canaries, group, ann, message, said }) {
    const edited = `${said} ${canaries.text("edited text")}`;
    await ann.api.edit(group, message.id, edited);
    return (device) => device.has(group, edited);
  },

  corpus: ({ ann, group, message }) => ann.api.edit(group, message.id, "吃了没？"),
});
