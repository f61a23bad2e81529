/** Moments 朋友圈 in the terminal: read, posted, liked and commented. */
import type { MomentView } from "@yanshu/client";
import { type Context, mustReachHome, noteUnlessSent } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain, when } from "../line.ts";
import { pick } from "../pick.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "moments.none": "Nothing yet. Post the first one",
    "moments.posted": "Posted, for {count}",
    "moments.liked": "Liked: {post}",
    "moments.commented": "Said. Only friends of both see it",
    "moments.pictures": "[{count} pictures]",
    "moments.likes": "♥ {names}",
  },
  {
    "moments.none": "还没有动静，先发一条吧",
    "moments.posted": "发了，{count}位朋友能看",
    "moments.liked": "赞了：{post}",
    "moments.commented": "说了。只有共同的朋友看得到",
    "moments.pictures": "[{count}张图片]",
    "moments.likes": "♥ {names}",
  },
);
type Key = keyof (typeof words)["en"];

function linesOf({ text }: Context<Key>, post: MomentView, place: number): readonly string[] {
  const pictures =
    post.pictures.length === 0 ? "" : ` ${text("moments.pictures", { count: `${post.pictures.length}` })}`;
  const likes = post.likes.map(({ name }) => plain(name)).join(", ");
  return [
    `${place}  ${when(post.atMs)}  ${plain(post.author.name)}: ${plain(post.text)}${pictures}`,
    ...(likes === "" ? [] : [`     ${text("moments.likes", { names: likes })}`]),
    ...post.comments.map(
      ({ by, answers, text: said }) =>
        `     ${plain(by.name)}${answers?.to === undefined ? "" : ` → ${plain(answers.to.name)}`}: ${plain(said)}`,
    ),
  ];
}

export const moments = cliFeature(words, {
  commands: {
    /** Without a word, what friends posted; else `post TEXT`, `like POST`, `comment POST TEXT`. */
    moments: {
      words: ["[post|like|comment]", "[WORDS…]"],
      options: ["last"],
      help: {
        en: "what friends posted; post TEXT, like POST, comment POST TEXT",
        zh: "看朋友圈；post 发一条，like 点赞，comment 评论",
      },
      async run(context) {
        const { args, answer, api, text, usage, view } = context;
        const [action, ...rest] = args.words;
        await mustReachHome(context);
        await api.lookAtMoments();
        const { posts } = view("momentsFeed", { limit: Math.min(args.last, 200) });
        const meant = () =>
          pick(
            "POST",
            rest[0] ?? "",
            posts.map((post) => ({ ...post, name: post.text })),
          );
        switch (action) {
          case undefined: {
            const lines = posts.flatMap((post, at) => linesOf(context, post, at + 1));
            const said = posts.map((post) => ({
              id: post.id,
              author: { account: post.author.account, name: post.author.name },
              atMs: post.atMs,
              text: post.text,
              pictures: post.pictures.length,
              likes: post.likes.map(({ name }) => name),
              comments: post.comments.map((one) => ({ id: one.id, by: one.by.name, text: one.text })),
            }));
            answer(posts.length === 0 ? text("moments.none") : lines, { posts: said });
            return;
          }
          case "post": {
            const audience = { who: "all" } as const;
            const id = await api.postMoment({ text: rest.join(" "), pictures: [], audience });
            await api.lookAtMoments();
            const count = await api.countMomentAudience(audience);
            answer(text("moments.posted", { count: `${count}` }), { id, count });
            break;
          }
          case "like": {
            const post = meant();
            await api.likeMoment(post.id);
            await api.lookAtMoments();
            answer(text("moments.liked", { post: plain(post.text) }), { post: post.id });
            break;
          }
          case "comment": {
            const post = meant();
            const id = await api.commentMoment(post.id, rest.slice(1).join(" "));
            await api.lookAtMoments();
            answer(text("moments.commented"), { post: post.id, id });
            break;
          }
          default:
            throw new Fault("fault.extra", { argument: action, usage });
        }
        await noteUnlessSent(context);
      },
    },
  },
});
