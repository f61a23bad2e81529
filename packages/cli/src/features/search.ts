/** Finding what was said. */
import { catchUp } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { plain, when } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "search.none": "Nothing was said like that",
    "search.more": "There is more: --last takes up to 200",
  },
  {
    "search.none": "没找到这样的话",
    "search.more": "还有更多：--last 最多 200",
  },
);

export const search = cliFeature(words, {
  commands: {
    /** The newest of what was said that holds the words; nothing of them leaves the device. */
    search: {
      positionals: ["TEXT…"],
      options: ["last"],
      help: { en: "what was said that holds TEXT, the newest first", zh: "找说过的话，最近的在前" },
      async run(context) {
        const { args, answer, api, text } = context;
        await catchUp(context);
        const query = { query: args.positionals.join(" "), limit: Math.min(args.last, 200) };
        const { hits, hasMore } = await api.searchMessages(query);
        const lines = hits.map(
          (hit) =>
            `${when(hit.atMs)}  [${plain(hit.title)}] ${plain(hit.from.name)}: ${plain(hit.before + hit.match + hit.after)}`,
        );
        answer(hits.length === 0 ? text("search.none") : hasMore ? [...lines, text("search.more")] : lines, {
          hits: hits.map(({ faces: _, from, ...hit }) => ({
            ...hit,
            from: { account: from.account, name: from.name },
          })),
          hasMore,
        });
      },
    },
  },
});
