/** Channels 视频号 in the terminal: made, published on, followed, read, liked, commented, searched and checked. */
import type { ChannelFilmView, ChannelRef, ChannelsFeedView, ChannelsTab } from "@yanshu/client";
import { type Context, hintUnlessSent, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { fileAt } from "../file-at.ts";
import { plain, short } from "../line.ts";
import { pick } from "../pick.ts";
import { endingOf, pictureAt, pictureTypes } from "../picture-at.ts";
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
    "channels.author.me": "you",
    "channels.author.unknown": "asked by another author",
    "channels.author.leaving": "being removed",
    "channels.author.asked": "asked",
    "channels.author.agreed": "agreed",
    "channels.invited": "Asked: {name}. They learn that {channel} is yours; nobody else does",
    "channels.uninvited": "No author from now on: {name}",
    "channels.asking": "{name} asks you to be an author of {channel}: channels join, or channels decline",
    "channels.joined": "Author of {channel}, once the log says so. {name} learns it; nobody else does",
    "channels.declined": "Declined: {channel}",
    "channels.domain.none": "{channel} names no domain",
    "channels.domain.own": "{domain} says that {channel} is its own",
    "channels.domain.other": "{domain} does not name {channel}: somebody may be using its name",
    "channels.domain.unasked": "{channel} says that it is {domain}'s; {domain} was not asked",
    "channels.domain.silent": "{domain} gave no answer: nothing is shown either way",
    "channels.domain.named":
      "{channel} names {domain}. It is shown once https://{domain}/.well-known/yanshu-channel has the line {id}",
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
    "channels.author.me": "我",
    "channels.author.unknown": "别的作者请的",
    "channels.author.leaving": "正在移除",
    "channels.author.asked": "请了，还没答应",
    "channels.author.agreed": "答应了",
    "channels.invited": "请了{name}。对方会知道「{channel}」是你的；别人不会",
    "channels.uninvited": "以后不是作者了：{name}",
    "channels.asking": "{name}请你一起做「{channel}」的作者：channels join 答应，channels decline 谢绝",
    "channels.joined": "日志写上以后，你就是「{channel}」的作者。{name}会知道；别人不会",
    "channels.declined": "谢绝了：{channel}",
    "channels.domain.none": "「{channel}」没有写网站",
    "channels.domain.own": "{domain} 说，「{channel}」是它自己的",
    "channels.domain.other": "{domain} 没有认「{channel}」：当心是冒名的",
    "channels.domain.unasked": "「{channel}」说自己是 {domain} 的，还没有问过 {domain}",
    "channels.domain.silent": "{domain} 没有回答，什么也说明不了",
    "channels.domain.named":
      "「{channel}」写上了 {domain}。https://{domain}/.well-known/yanshu-channel 里有一行 {id}，网站才算认了",
    "channels.page.same": "家里的这一页和本机算的一样",
    "channels.page.other": "家里的这一页和本机算的不一样",
  },
);
type Key = keyof (typeof words)["en"];

const tabs = ["for-you", "following", "friends"] as const satisfies readonly ChannelsTab[];
const films: Readonly<Record<string, "video/mp4">> = { mp4: "video/mp4", m4v: "video/mp4" };

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
    ...(film.decision === undefined ? [] : [`     ${plain(film.decision.reason)}`]),
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

/** Films of all feeds, those of For You first, each once. */
function filmsIn(context: Context<Key>): readonly ChannelFilmView[] {
  const all = tabs.flatMap((tab) => feed(context, tab).films);
  return [...new Map(all.map((film) => [film.entry, film])).values()];
}

/** A film of the feeds that a word means: its place in For You, its title or its id. */
function meant(context: Context<Key>, query: string): ChannelFilmView {
  return pick(
    "FILM",
    query,
    filmsIn(context).map((film) => ({ ...film, id: film.entry, name: film.title })),
  );
}

/** A channel of the feeds, one that is followed, or one of `more`. */
function channelMeant(context: Context<Key>, query: string, more: readonly ChannelRef[] = []): ChannelRef {
  const all = [...filmsIn(context).map(({ channel }) => channel), ...context.view("channelsFollowed"), ...more];
  return pick("CHANNEL", query, [...new Map(all.map((one) => [one.id, one])).values()]);
}

/** The channel of one's own that `--name` means, or the first. */
function ownChannel({ view, text, args }: Context<Key>): string {
  const { channels: all } = view("channelsMine");
  const [own] = args.name === undefined ? all : [pick("--name", args.name, all)];
  if (own === undefined) throw new Fault("fault.file", { path: "channels", why: text("channels.no-channel") });
  return own.id;
}

type Named = { readonly id: string; readonly name: string };

/** Who may sign in a channel of one's own, and who was asked: by name, or by the key where nobody here knows whose. */
function authorsOf({ view, text }: Context<Key>, id: string): readonly (Named & { readonly line: string })[] {
  const found = view("channelAuthors", id);
  const authors = found?.authors.map(({ key, isMe, isLeaving, person }) => {
    const name = isMe ? text("channels.author.me") : (person?.name ?? text("channels.author.unknown"));
    return { id: key, name, line: isLeaving ? text("channels.author.leaving") : "" };
  });
  const asked = found?.asked.map(({ person, hasAgreed }) => ({
    id: person.account,
    name: person.name,
    line: text(hasAgreed ? "channels.author.agreed" : "channels.author.asked"),
  }));
  return [...(authors ?? []), ...(asked ?? [])];
}

/** `authors CHANNEL`, `invite CHANNEL PERSON`, `uninvite CHANNEL PERSON`. */
async function authors(context: Context<Key>, action: string, query: string, whom: string): Promise<void> {
  const { api, answer, text, view } = context;
  const { id, name: channel } = pick("CHANNEL", query, view("channelsMine").channels);
  if (action === "invite") {
    const all = view("contacts").map(({ account, name }) => ({ id: account, name }));
    const { id: person, name } = pick("PERSON", whom, all);
    await api.askAuthor(id, person);
    answer(text("channels.invited", { name: plain(name), channel: plain(channel) }), { channel: id, person });
  } else if (action === "uninvite") {
    const one = pick("PERSON", whom, authorsOf(context, id));
    const isAsked = view("channelAuthors", id)?.asked.some(({ person }) => person.account === one.id) === true;
    await (isAsked ? api.unaskAuthor(id, one.id) : api.removeAuthor(id, one.id));
    answer(text("channels.uninvited", { name: plain(one.name) }), { channel: id, author: one.id });
  } else {
    const lines = authorsOf(context, id).map((one) => `${short(one.id)}  ${plain(one.name)}  ${one.line}`.trimEnd());
    answer(lines, view("channelAuthors", id) ?? {});
  }
}

/** `domain CHANNEL NAME` names one for an own channel, `-` none; `domain CHANNEL` asks the one that is named. */
async function domain(context: Context<Key>, query: string, name: string | undefined): Promise<void> {
  const { api, answer, hint, text, view } = context;
  const mine = view("channelsMine").channels;
  if (name !== undefined) {
    const { id, name: channel } = pick("CHANNEL", query, mine);
    await api.setChannelProfile(id, { domain: name === "-" ? "" : name });
    const said = { channel: plain(channel), domain: plain(name), id };
    answer(text(name === "-" ? "channels.domain.none" : "channels.domain.named", said), { channel: id, domain: name });
    return;
  }
  const { id, name: channel } = channelMeant(context, query, mine);
  const named = view("channel", id)?.domain;
  if (named === undefined) {
    answer(text("channels.domain.none", { channel: plain(channel) }), { channel: id, domain: null });
    return;
  }
  const said = { channel: plain(channel), domain: plain(named.name) };
  if (!(await api.askChannelDomain(id))) hint(text("channels.domain.silent", said));
  const now = view("channel", id)?.domain ?? named;
  answer(text(`channels.domain.${now.says}`, said), { channel: id, domain: now });
}

/** `join CHANNEL`, `decline CHANNEL`: of those whose authors ask. */
async function answers({ api, answer, text, view }: Context<Key>, isYes: boolean, query: string): Promise<void> {
  const all = view("channelsMine").askings.map((one) => ({ ...one, id: one.channel }));
  const { channel, name, by } = pick("CHANNEL", query, all);
  await api.answerAuthorAsking(channel, by.account, isYes);
  const said = { channel: plain(name), name: plain(by.name) };
  answer(text(isYes ? "channels.joined" : "channels.declined", said), { channel });
}

/** A film as it is, or one picture: nothing is encoded anew. */
async function publish(context: Context<Key>, title: string, path: string): Promise<void> {
  const { api, answer, text } = context;
  const channel = ownChannel(context);
  const source = fileAt(path);
  const end = endingOf(path);
  const thumbhash = new Uint8Array();
  const film = films[end];
  let upload: string;
  if (film !== undefined) {
    const measured = await measure(source);
    if (measured === undefined) throw new Fault("fault.file", { path, why: "not a film" });
    upload = await api.publishFilm(channel, { title, film: { source, mime: film, ...measured }, thumbhash });
  } else if (pictureTypes[end] !== undefined)
    upload = await api.publishPictures(channel, { title, pictures: [await pictureAt(path)], thumbhash });
  else throw new Fault("fault.file", { path, why: Object.keys({ ...films, ...pictureTypes }).join(", ") });
  answer(text("channels.publishing", { title: plain(title) }), { upload });
}

/** Of an MP4: its length, and the size of its picture. Undefined where it says neither; WebM is not read here. */
async function measure(source: Blob) {
  const moov = await boxOf(source, "moov");
  return moov === undefined ? undefined : measureFilm(moov);
}

/** What a box at the top of the file holds (ISO/IEC 14496-12), of at most 16 MiB. */
async function boxOf(source: Blob, wanted: string): Promise<Uint8Array | undefined> {
  for (let at = 0; at + 16 <= source.size; ) {
    const head = new DataView(await source.slice(at, at + 16).arrayBuffer());
    const isLong = head.getUint32(0) === 1;
    const size = isLong ? Number(head.getBigUint64(8)) : head.getUint32(0) || source.size - at;
    const name = nameAt(head, 4);
    if (size < 8 || (name === wanted && size > 16 << 20)) return undefined;
    if (name === wanted) return new Uint8Array(await source.slice(at + (isLong ? 16 : 8), at + size).arrayBuffer());
    at += size;
  }
  return undefined;
}

const nameAt = (view: DataView, at: number) => String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));

/** @param moov what that box holds. */
export function measureFilm(
  moov: Uint8Array,
): { readonly width: number; readonly height: number; readonly durationMs: number } | undefined {
  let [width, height, durationMs] = [0, 0, 0];
  const read = (from: number, to: number) => {
    const view = new DataView(moov.buffer, moov.byteOffset, moov.length);
    for (let at = from; at + 8 <= to; ) {
      const [size, name] = [view.getUint32(at), nameAt(view, at + 4)];
      if (size < 8 || at + size > to) return;
      const isNew = at + 8 < to && view.getUint8(at + 8) === 1;
      if (name === "trak") read(at + 8, at + size);
      if (name === "mvhd") {
        const scale = view.getUint32(at + (isNew ? 28 : 20));
        const length = isNew ? Number(view.getBigUint64(at + 32)) : view.getUint32(at + 24);
        durationMs = Math.round((length / scale) * 1_000);
      }
      // The last eight bytes: width and height, each in 16.16; a sound has none.
      if (name === "tkhd" && width === 0) {
        width = view.getUint32(at + size - 8) >> 16;
        height = view.getUint32(at + size - 4) >> 16;
      }
      at += size;
    }
  };
  try {
    read(0, moov.length);
  } catch {
    return undefined; // It ends before it says so.
  }
  return width > 0 && height > 0 && durationMs > 0 ? { width, height, durationMs } : undefined;
}

export const channels = cliFeature(words, {
  commands: {
    /**
     * Without a word, For You; else `following`, `friends`, `create NAME`, `publish TITLE` with `--file`, `follow
     * CHANNEL`, `unfollow CHANNEL`, `like FILM`, `comment FILM TEXT` with `--name` the first time, `comments FILM`,
     * `search WORDS`, `delete FILM`, `mine`, `log`. Of several channels `--name` says in which one is published. A
     * channel of several: `authors CHANNEL`, `invite CHANNEL PERSON`, `uninvite CHANNEL PERSON`; whom others ask:
     * `join CHANNEL`, `decline CHANNEL`. `domain CHANNEL` asks the website that a channel names whether it is its own,
     * `domain CHANNEL NAME` names one for an own channel.
     */
    channels: {
      positionals: [
        "[create|publish|following|friends|follow|unfollow|like|comment|comments|search|delete|mine|log|authors|invite|uninvite|join|decline|domain]",
        "[WORDS…]",
      ],
      options: ["last", "file", "name"],
      help: {
        en: "short videos; create NAME, publish TITLE --file PATH, following, friends, follow, like, comment, search, delete, mine, log; several authors: authors, invite, uninvite, join, decline; whose it is: domain",
        zh: "视频号；create 建一个，publish 发布，following 关注的，follow 关注，like 点赞，comment 评论，search 查找，log 核对；几个人一起：authors 作者，invite 请人，uninvite 移除，join 答应，decline 谢绝；domain 问单位的网站认不认",
      },
      async run(context) {
        const { args, answer, api, text, usage, view, hint } = context;
        const [action = "for-you", ...rest] = args.positionals;
        const said = rest.join(" ");
        await mustReachHome(context);
        await api.lookAtChannels();
        for (const { title } of view("channelsMine").notPublished)
          hint(text("channels.unpublished", { title: plain(title) }));
        const tab = tabs.find((one) => one === action);
        if (tab !== undefined) {
          show(context, feed(context, tab).films);
          return;
        }
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
            const { id, name } = channelMeant(context, said);
            await api.followChannel(id);
            answer(text("channels.followed", { name: plain(name) }), { channel: id });
            break;
          }
          case "unfollow": {
            const { id, name } = channelMeant(context, said);
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
            if (args.name === undefined && view("channelsMine").pen === undefined)
              throw new Fault("fault.file", { path: "channels", why: text("channels.no-channel") });
            const pen = args.name === undefined ? {} : { penName: args.name };
            await api.commentFilm(entry, rest.slice(1).join(" "), pen);
            answer(text("channels.said"), { film: entry });
            break;
          }
          case "comments": {
            const { comments, removed } = view("channelComments", meant(context, said).entry);
            const lines = comments.flatMap((one) => [
              `${plain(one.by.name)}: ${plain(one.text)}`,
              ...one.answers.map((below) => `   ${plain(below.by.name)}: ${plain(below.text)}`),
            ]);
            for (const { decision, count } of removed)
              lines.push(
                `${count} × ${text("channels.removed", { reason: plain(decision.reason), appeal: plain(decision.appeal) })}`,
              );
            answer(lines.length === 0 ? text("channels.none") : lines, { comments, removed });
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
          case "authors":
          case "invite":
          case "uninvite":
            await authors(context, action, rest[0] ?? "", rest[1] ?? "");
            if (action === "authors") return;
            break;
          case "domain":
            await domain(context, rest[0] ?? "", rest[1]);
            if (rest[1] === undefined) return;
            break;
          case "join":
          case "decline":
            await answers(context, action === "join", said);
            break;
          case "mine": {
            const mine = view("channelsMine");
            const lines = [
              ...mine.askings
                .filter(({ hasAgreed }) => !hasAgreed)
                .map(({ name, by }) => text("channels.asking", { name: plain(by.name), channel: plain(name) })),
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
