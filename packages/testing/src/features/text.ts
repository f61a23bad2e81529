/** Texts: quoted, and with the card of a link. */
import { testFeature } from "../feature.ts";
import { type Act, isText, refOf } from "../sim/acts/act.ts";
import { firstWords } from "../sim/words.ts";

const quote: Act = (sim, somewhere) => {
  const at = somewhere(isText);
  if (at === undefined) return undefined;
  const said = sim.ledger.say(sim, at.person, at.conversation);
  sim.ask(at.person, "quote", (api) => api.sendText(at.conversation, said.text, { quote: refOf(at) }));
  return `${said.text} quotes ${at.said.text}`;
};

export const text = testFeature({
  titles: { text: ({ text }) => firstWords(text) },
  acts: [[2, "actions", quote]],
  alike: {
    I10: ({ body, isEdited = false }) => (body.kind === "text" ? `${body.text}${isEdited ? " (edited)" : ""}` : ""),
  },

  async evidence({ canaries, group, ann, ben, message, until }) {
    await ben.api.sendText(group, `@Ann 我来 ${canaries.text("quoting text")}`, {
      quote: message,
      mentions: [{ at: 0, length: 4, account: ann.account }],
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
    return undefined;
  },

  corpus: ({ ben, group, message }) => ben.api.sendText(group, "吃了", { quote: message }),
});
