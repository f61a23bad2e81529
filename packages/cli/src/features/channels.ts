/** Channels 视频号 in the terminal: made, published on, followed, read, liked, commented, searched and checked. */
import { statSync } from "node:fs";
import type { ChannelFilmView, ChannelsFeedView, ChannelsTab } from "@yanshu/client";
import { type Context, hintUnlessSent, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain, short } from "../line.ts";
import { pick } from "../pick.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "channels.none": "Nothing here yet",
    "channels.made": "Channel made: {name}",
    "channels.no-channel": "there is no channel of yours yet: channels create NAME, or --name for a comment",
    "channels.publishing": "On its way: {title}",
    "channels.followed": "Followed: {name}. Nobody is told",
    "channels.unfollowed": "Not followed any more: {name}",
    "channels.liked": "Liked: {title}",
    "channels.said": "Said, in the open",
    "channels.deleted": "Withdrawn: {title}",
    "channels.counts": "♥ {likes}  comments {comments}",
    "channels.friends": "♥ {names}",
    "channels.by": "by {name}",
    "channels.removed": "home took this away: {reason}. To object: {appeal}",
    "channels.unpublished": "home has not published: {title}",
    "channels.log.well": "{packs} packs, {entries} entries, all checked",
    "channels.log.found": "does not hold: {what}, pack {pack}",
    "channels.page.same": "home's page is the one that this device computes",
    "channels.page.other": "home's page is another than this device computes",
  },
  {
    "channels.none": "这里还没有",
    "channels.made": "建好了：{name}",
    "channels.no-channel": "还没有自己的视频号：channels create 名字；评论可以用 --name 起个笔名",
    "channels.publishing": "正在送：{title}",
    "channels.followed": "关注了：{name}。谁也不会知道",
    "channels.unfollowed": "不再关注：{name}",
    "channels.liked": "赞了：{title}",
    "channels.said": "说了，谁都看得到",
    "channels.deleted": "撤回了：{title}",
    "channels.counts": "♥ {likes}  评论 {comments}",
    "channels.friends": "♥ {names}",
    "channels.by": "{name}",
    "channels.removed": "家里拿掉了：{reason}。不服：{appeal}",
    "channels.unpublished": "家里没有发布：{title}",
    "channels.log.well": "{packs}包，{entries}条，都核对过",
    "channels.log.found": "对不上：{what}，第{pack}包",
    "channels.page.same": "家里的这一页和本机算的一样",
    "channels.page.other": "家里的这一页和本机算的不一样",
  },
);
type Key = keyof (typeof words)["en"];

const tabs: readonly string[] = ["following", "friends", "for-you"] satisfies readonly ChannelsTab[];
const films: Readonly<Record<string, "video/mp4" | "video/webm">> = {
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
};
const pictures: Readonly<Record<string, "image/webp" | "image/jpeg">> = {
  webp: "image/webp",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
};

function feed({ args, view }: Context<Key>, tab: ChannelsTab): ChannelsFeedView {
  return view("channelsFeed", { tab, limit: Math.min(args.last, 200) });
}

function linesOf({ text }: Context<Key>, film: ChannelFilmView, place: string): readonly string[] {
  const title = plain(film.title) || short(film.entry);
  const counts = text("channels.counts", { likes: `${film.likes}`, comments: `${film.comments}` });
  const friends = film.likedBy.map(({ name }) => plain(name)).join(", ");
  return [
    `${place}  ${plain(film.channel.name) || short(film.channel.id)}: ${title}  ${counts}`,
    ...(friends === "" ? [] : [`     ${text("channels.friends", { names: friends })}`]),
    ...(film.deed === undefined ? [] : [`     ${plain(film.deed.reason)}`]),
  ];
}

function show(context: Context<Key>, all: readonly ChannelFilmView[], byId = false): void {
  const lines = all.flatMap((film, at) => linesOf(context, film, byId ? short(film.entry) : `${at + 1}`));
  const said = all.map((film) => ({
    id: film.entry,
    channel: { id: film.channel.id, name: film.channel.name },
    title: film.title,
    tags: film.tags,
    likes: film.likes,
    comments: film.comments,
    liked: film.isLiked,
    why: film.why,
    files: film.files.map(({ hash, mime, bytes }) => ({ hash, mime, bytes })),
  }));
  context.answer(all.length === 0 ? context.text("channels.none") : lines, { films: said });
}

/** A film of the feeds that a word means: its place in For You, its title or its id. */
function meant(context: Context<Key>, query: string): ChannelFilmView {
  const all = [
    ...new Map(
      ["for-you", "following", "friends"].flatMap((tab) =>
        feed(context, tab as ChannelsTab).films.map((film): [string, ChannelFilmView] => [film.entry, film]),
      ),
    ).values(),
  ];
  return pick(
    "FILM",
    query,
    all.map((film) => ({ ...film, id: film.entry, name: film.title })),
  );
}

function ownChannel({ view, text }: Context<Key>): string {
  const [own] = view("channelsMine").channels;
  if (own === undefined) throw new Fault("fault.file", { path: "channels", why: text("channels.no-channel") });
  return own.id;
}

function fileAt(path: string) {
  const fault = (why: string) => new Fault("fault.file", { path, why });
  try {
    if (!statSync(path).isFile()) throw fault("not a file");
  } catch (error) {
    throw error instanceof Fault ? error : fault((error as { code?: string }).code ?? "unknown");
  }
  return Bun.file(path);
}

/** A film as it is, or one picture: nothing is encoded anew. */
async function publish(context: Context<Key>, title: string, path: string): Promise<void> {
  const { api, answer, text } = context;
  const channel = ownChannel(context);
  const source = fileAt(path);
  const end = path.toLowerCase().split(".").at(-1) ?? "";
  const thumbhash = new Uint8Array();
  const [film, picture] = [films[end], pictures[end]];
  let upload: string;
  if (film !== undefined) {
    const measured = await measure(source);
    if (measured === undefined) throw new Fault("fault.file", { path, why: "not a film" });
    upload = await api.publishFilm(channel, { title, film: { source, mime: film, ...measured }, thumbhash });
  } else if (picture !== undefined) {
    const size = sizeOfPicture(new Uint8Array(await source.slice(0, 1 << 20).arrayBuffer()));
    if (size === undefined) throw new Fault("fault.file", { path, why: "not a picture" });
    upload = await api.publishPictures(channel, { title, pictures: [{ source, mime: picture, ...size }], thumbhash });
  } else throw new Fault("fault.file", { path, why: Object.keys({ ...films, ...pictures }).join(", ") });
  answer(text("channels.publishing", { title: plain(title) }), { upload });
}

/** Undefined where it is no film that can be read. */
async function measure(source: Blob) {
  const { BlobSource, Input, MP4, WEBM } = await import("mediabunny");
  const input = new Input({ source: new BlobSource(source), formats: [MP4, WEBM] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) return undefined;
    const durationMs = Math.round((await input.computeDuration()) * 1_000);
    return { width: track.displayWidth, height: track.displayHeight, durationMs };
  } catch {
    return undefined;
  }
}

/** Width and height of a JPEG or WebP; undefined where it is neither. */
export function sizeOfPicture(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    if (view.getUint16(0) === 0xffd8) {
      for (let at = 2; ; ) {
        const marker = view.getUint16(at);
        const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
        if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
        at += 2 + view.getUint16(at + 2);
      }
    }
    if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
    const kind = view.getUint32(12);
    const u24 = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    if (kind === 0x56503858) return { width: 1 + u24(24), height: 1 + u24(27) };
    if (kind === 0x56503820)
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  } catch {
    return undefined; // It ends before it says so.
  }
}

export const channels = cliFeature(words, {
  commands: {
    /**
     * Without a word, For You; else `following`, `friends`, `create NAME`, `publish TITLE` with `--file`, `follow
     * CHANNEL`, `unfollow CHANNEL`, `like FILM`, `comment FILM TEXT` with `--name` the first time, `comments FILM`,
     * `search WORDS`, `delete FILM`, `mine`, `log`.
     */
    channels: {
      positionals: [
        "[create|publish|following|friends|follow|unfollow|like|comment|comments|search|delete|mine|log]",
        "[WORDS…]",
      ],
      options: ["last", "file", "name"],
      help: {
        en: "short videos; create NAME, publish TITLE --file PATH, following, friends, follow, like, comment, search, delete, mine, log",
        zh: "视频号；create 建一个，publish 发布，following 关注的，follow 关注，like 点赞，comment 评论，search 查找，log 核对",
      },
      async run(context) {
        const { args, answer, api, text, usage, view, hint } = context;
        const [action, ...rest] = args.positionals;
        const said = rest.join(" ");
        await mustReachHome(context);
        await api.lookAtChannels();
        for (const { title } of view("channelsMine").notPublished)
          hint(text("channels.unpublished", { title: plain(title) }));
        if (action === undefined || tabs.includes(action)) {
          show(context, feed(context, (action ?? "for-you") as ChannelsTab).films);
          return;
        }
        const channelMeant = () => {
          const all = [
            ...new Map(
              ["for-you", "following", "friends"].flatMap((tab) =>
                feed(context, tab as ChannelsTab).films.map(({ channel }): [string, typeof channel] => [
                  channel.id,
                  channel,
                ]),
              ),
            ).values(),
            ...view("channelsFollowed"),
          ];
          const each = [...new Map(all.map((one) => [one.id, one])).values()];
          return pick(
            "CHANNEL",
            said,
            each.map((one) => ({ ...one, name: one.name })),
          );
        };
        switch (action) {
          case "create": {
            const id = await api.createChannel({ name: said });
            answer(text("channels.made", { name: plain(said) }), { id });
            break;
          }
          case "publish":
            await publish(context, said, args.file ?? "");
            break;
          case "follow": {
            const { id, name } = channelMeant();
            await api.followChannel(id);
            answer(text("channels.followed", { name: plain(name) }), { channel: id });
            break;
          }
          case "unfollow": {
            const { id, name } = channelMeant();
            await api.unfollowChannel(id);
            answer(text("channels.unfollowed", { name: plain(name) }), { channel: id });
            break;
          }
          case "like": {
            const { entry, title } = meant(context, said);
            await api.likeFilm(entry, true);
            answer(text("channels.liked", { title: plain(title) }), { film: entry });
            break;
          }
          case "comment": {
            const { entry } = meant(context, rest[0] ?? "");
            // In the open, under a name that a person chose for it: never the account's own by itself.
            if (args.name === undefined) ownChannel(context);
            const pen = args.name === undefined ? {} : { penName: args.name };
            await api.commentFilm(entry, rest.slice(1).join(" "), pen);
            answer(text("channels.said"), { film: entry });
            break;
          }
          case "comments": {
            const { comments } = view("channelComments", meant(context, said).entry);
            const lines = comments.flatMap((one) => [
              `${plain(one.by.name)}: ${plain(one.text)}`,
              ...one.answers.map((below) => `   ${plain(below.by.name)}: ${plain(below.text)}`),
            ]);
            answer(lines.length === 0 ? text("channels.none") : lines, { comments });
            return;
          }
          case "search": {
            const found = await api.searchChannels(said, Math.min(args.last, 200));
            show(context, found.films, true);
            return;
          }
          case "delete": {
            const { entry, title } = meant(context, said);
            await api.deleteEntry(entry);
            answer(text("channels.deleted", { title: plain(title) }), { film: entry });
            break;
          }
          case "mine": {
            const mine = view("channelsMine");
            const lines = [
              ...mine.channels.map(({ id, name, films: count }) => `${short(id)}  ${plain(name)}  ${count}`),
              ...mine.uploads.map(({ title, state, done, total }) => `${plain(title)}  ${state}  ${done} / ${total}`),
            ];
            answer(lines.length === 0 ? text("channels.none") : lines, mine);
            return;
          }
          case "log": {
            const log = view("channelsLog");
            const isSame = log.newest === undefined ? undefined : await api.checkHeads(log.newest.hash);
            const { found } = view("channelsLog");
            const page = isSame === undefined ? [] : [text(isSame ? "channels.page.same" : "channels.page.other")];
            const faults = found.map(({ what, pack }) => text("channels.log.found", { what, pack: `${pack}` }));
            const well = text("channels.log.well", { packs: `${log.packs}`, entries: `${log.entries}` });
            answer(faults.length === 0 ? [well, ...page] : [...faults, ...page], {
              ...log,
              found,
              page: isSame ?? null,
            });
            return;
          }
          default:
            throw new Fault("fault.extra", { argument: action, usage });
        }
        await api.lookAtChannels();
        await hintUnlessSent(context);
      },
    },
  },
});
