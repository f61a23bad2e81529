/** Moments 朋友圈 in the terminal: read, found, posted, sent again, deleted, liked and commented. */
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, relative } from "node:path";
import type { MomentCursor, MomentView } from "@yanshu/client";
import { type Context, hintUnlessSent, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain, short, when } from "../line.ts";
import { pick } from "../pick.ts";
import { freePath, saveOne } from "../saving.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "moments.none": "Nothing yet. Post the first one",
    "moments.posted": "Posted, for {count}",
    "moments.liked": "Liked: {post}",
    "moments.commented": "Said. Only friends of both see it",
    "moments.pictures": "[{count} pictures]",
    "moments.likes": "♥ {names}",
    "moments.sending": "waits",
    "moments.later": "waits: a lot was posted today, and it goes by itself later",
    "moments.failed": "not posted: moments again {place}",
    "moments.again": "Sent again: {post}",
    "moments.deleted": "Deleted, from friends' devices once they are online: {post}",
    "moments.nothing": "Nothing found",
    "moments.exported": "{count} posts are in {path}. Whoever has it can read them",
    "moments.missing": "{count} files are kept no more",
    "moments.away": "{server} does not answer: new posts of friends there come later",
  },
  {
    "moments.none": "还没有动静，先发一条吧",
    "moments.posted": "发了，{count}位朋友能看",
    "moments.liked": "赞了：{post}",
    "moments.commented": "说了。只有共同的朋友看得到",
    "moments.pictures": "[{count}张图片]",
    "moments.likes": "♥ {names}",
    "moments.sending": "等着发",
    "moments.later": "等着发：今天发得多，晚些时候会自己发",
    "moments.failed": "没发出去：moments again {place}",
    "moments.again": "重新发了：{post}",
    "moments.deleted": "删了，朋友设备里的等他们上线：{post}",
    "moments.nothing": "没找到",
    "moments.exported": "{count}条存到了{path}。拿到它的人都看得见，请收好",
    "moments.missing": "有{count}个文件已经没有了",
    "moments.away": "{server} 没有回应，那边朋友的新动态要晚点才看得到",
  },
);
type Key = keyof (typeof words)["en"];

function linesOf({ text }: Context<Key>, post: MomentView, place: string): readonly string[] {
  const pictures =
    post.pictures.length === 0 ? "" : ` ${text("moments.pictures", { count: `${post.pictures.length}` })}`;
  const state = post.mine?.state ?? "sent";
  const unsent = state === "sent" ? "" : ` (${text(`moments.${state}`, { place })})`;
  const likes = post.likes.map(({ name }) => plain(name)).join(", ");
  return [
    `${place}  ${when(post.atMs)}  ${plain(post.author.name)}: ${plain(post.text)}${pictures}${unsent}`,
    ...(likes === "" ? [] : [`     ${text("moments.likes", { names: likes })}`]),
    ...post.comments.map(
      ({ by, answers, text: said }) =>
        `     ${plain(by.name)}${answers?.to === undefined ? "" : ` → ${plain(answers.to.name)}`}: ${plain(said)}`,
    ),
  ];
}

/** @param placeOf by what another command means it: its place in the feed, or its id. */
function show(
  context: Context<Key>,
  posts: readonly MomentView[],
  none: Key,
  placeOf = (_: MomentView, at: number) => `${at + 1}`,
  away: readonly string[] = [],
): void {
  const lines = posts.flatMap((post, at) => linesOf(context, post, placeOf(post, at)));
  const unreached = away.map((server) => context.text("moments.away", { server: plain(server) }));
  const said = posts.map((post) => ({
    id: post.id,
    author: { account: post.author.account, name: post.author.name },
    atMs: post.atMs,
    text: post.text,
    pictures: post.pictures.length,
    likes: post.likes.map(({ name }) => name),
    comments: post.comments.map((one) => ({ id: one.id, by: one.by.name, text: one.text })),
    ...(post.mine && { state: post.mine.state }),
  }));
  const shown = posts.length === 0 ? [context.text(none)] : lines;
  context.answer([...unreached, ...shown], { posts: said, ...(away.length > 0 && { away }) });
}

/** Into a folder of its own in that of `--to`, as in the app's export (MO63): posts.jsonl, and files in `media`. */
async function carryOut({ api, args, answer, hint, text }: Context<Key>): Promise<void> {
  const folder = freePath(args.to, "moments");
  mkdirSync(join(folder, "media"), { recursive: true, mode: 0o700 });
  const path = join(folder, "posts.jsonl");
  const out = await open(path, "wx", 0o600);
  let [posts, missing] = [0, 0];
  try {
    for (let after: MomentCursor | undefined; ; ) {
      const page = await api.exportMoments(after);
      for (const post of page.posts) {
        const files = [];
        for (const one of post.files) {
          const { name, type } = one;
          const saved = await saveOne(api, join(folder, "media"), one);
          if (saved === undefined) missing++;
          files.push({ name, type, ...(saved === undefined ? { missing: true } : { path: relative(folder, saved) }) });
        }
        await out.write(`${JSON.stringify({ ...post, files })}\n`);
        posts++;
      }
      if (page.next === undefined) break;
      after = page.next;
    }
  } finally {
    await out.close();
  }
  if (missing > 0) hint(text("moments.missing", { count: `${missing}` }));
  answer(text("moments.exported", { count: `${posts}`, path }), { path, posts, missing });
}

export const moments = cliFeature(words, {
  commands: {
    /**
     * Without a word, what friends posted; else `post TEXT`, `again POST`, `delete POST`, `like POST`,
     * `comment POST TEXT`, `find WORDS`, `export` into the folder that `--to` names.
     */
    moments: {
      positionals: ["[post|again|delete|like|comment|find|export]", "[WORDS…]"],
      options: ["last", "to"],
      help: {
        en: "what friends posted; post TEXT, again POST, delete POST, like POST, comment POST TEXT, find WORDS, export",
        zh: "看朋友圈；post 发一条，again 重新发，delete 删除，like 点赞，comment 评论，find 查找，export 导出",
      },
      async run(context) {
        const { args, answer, api, text, usage, view } = context;
        const [action, ...rest] = args.positionals;
        await mustReachHome(context);
        await api.lookAtMoments();
        const { posts, away } = view("momentsFeed", { limit: Math.min(args.last, 200) });
        const meant = () =>
          pick(
            "POST",
            rest[0] ?? "",
            posts.map((post) => ({ ...post, name: post.text })),
          );
        switch (action) {
          case undefined:
            show(context, posts, "moments.none", undefined, away);
            return;
          case "find":
            show(
              context,
              await api.searchMoments(rest.join(" "), Math.min(args.last, 200)),
              "moments.nothing",
              ({ id }) => short(id),
            );
            return;
          case "export":
            await carryOut(context);
            return;
          case "again": {
            const post = meant();
            await api.resendMoment(post.id);
            await api.lookAtMoments();
            answer(text("moments.again", { post: plain(post.text) }), { post: post.id });
            break;
          }
          case "delete": {
            const post = meant();
            await api.deleteMoment(post.id);
            await api.lookAtMoments();
            answer(text("moments.deleted", { post: plain(post.text) }), { post: post.id });
            break;
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
        await hintUnlessSent(context);
      },
    },
  },
});
