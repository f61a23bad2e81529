/**
 * Moments and a Live (docs/spec/moments.md, docs/spec/live.md): each of their fields carries a canary, and friends have
 * read it.
 */
import type { Hex, MomentAudience } from "@yanshu/client";
import type { Deployment } from "./deployment.ts";
import { type Device, until } from "./device.ts";

const shape = { type: "image/webp", width: 640, height: 480 } as const;
const everybody: MomentAudience = { who: "all" };

/** Ann is a friend of all; Ben and Granny are friends of hers alone. */
export async function shareMoments(
  { canaries }: Deployment,
  { ann, ann2, ben, granny }: { ann: Device; ann2: Device; ben: Device; granny: Device },
): Promise<void> {
  const bytes = (name: string, length: number) => new Blob([canaries.picture(name, length) as Uint8Array<ArrayBuffer>]);
  const few = (name: string) => canaries.picture(name, 101 + 16).subarray(101);
  const place = (of: string, whole: number) => ({
    name: `公园 ${canaries.text(`place of ${of}`)}`,
    lat: canaries.degrees(`latitude of ${of}`, whole),
    lon: canaries.degrees(`longitude of ${of}`, whole + 80),
  });
  const picture = (name: string, length: number) => ({
    ...shape,
    source: bytes(name, length),
    placeholder: few(`placeholder of ${name}`),
  });
  const looked = (what: string, holds: () => boolean, ...devices: readonly Device[]) =>
    until(what, async () => {
      await Promise.all(devices.map((device) => device.api.lookAtMoments()));
      return holds();
    });

  const post = await ann.api.postMoment({
    text: `今天包了饺子 ${canaries.text("text of a post")}`,
    pictures: [picture("picture of a post", 60_000)],
    place: place("a post", 32),
    link: {
      url: `https://example.org/${canaries.text("address of a post's link")}`,
      title: `菜谱 ${canaries.text("title of a post's link")}`,
    },
    audience: everybody,
    mentions: [ben.account],
  });
  const film = await ann.api.postMoment({
    text: "",
    pictures: [],
    video: {
      source: bytes("film of a post", 90_000),
      type: "video/mp4",
      ms: 1_000,
      width: shape.width,
      height: shape.height,
      placeholder: few("placeholder of a post's film"),
      poster: canaries.picture("poster of a post's film"),
    },
    audience: { who: "except", people: [granny.account] },
  });
  await ann.api.setMomentsCover({
    picture: picture("cover", 30_000),
    signature: `平常心 ${canaries.text("signature")}`,
  });
  const status = await ann.api.setStatus({
    icon: "🍜",
    text: `吃面 ${canaries.text("text of a status")}`,
    picture: picture("picture of a status", 20_000),
    place: place("a status", 33),
    audience: everybody,
  });
  const posts = (device: Device) => device.view("momentsFeed", { limit: 50 }).posts;
  const reads = (device: Device, id: Hex) => posts(device).some((one) => one.id === id);
  const hasStatus = (device: Device) => device.view("statuses").friends.some(({ id }) => id === status);
  const all = [ben, granny];
  await looked(
    "friends read the posts",
    () => reads(ben, film) && all.every((one) => reads(one, post) && hasStatus(one)),
    ...all,
  );
  if (reads(granny, film)) throw new Error("a post is read by somebody whom it leaves out");
  for (const { pictures, video } of posts(ben))
    for (const { file } of [...pictures, ...(video === undefined ? [] : [video])])
      await ben.api.readFile(file.handle, 0, file.bytes);

  const comment = await ben.api.commentMoment(post, `给我留几个 ${canaries.text("comment")}`);
  await ben.api.likeMoment(post);
  await granny.api.likeStatus(status);
  const slip = await granny.api.commentMoment(post, `打错了 ${canaries.text("comment that was taken back")}`);
  const commentsOn = (device: Device) => device.view("moment", post)?.comments.length;
  await looked("Ann reads both comments", () => commentsOn(ann) === 2, ben, granny, ann, ann2);
  await granny.api.deleteMomentComment(slip);
  await ann.api.commentMoment(post, `留了 ${canaries.text("answer to a comment")}`, comment);
  const gone = await ann.api.postMoment({
    text: `发错了 ${canaries.text("text of a post that was deleted")}`,
    pictures: [],
    audience: everybody,
  });
  await looked("the post is read", () => reads(ben, gone) && commentsOn(ben) === 2, granny, ann, ann2, ben);
  await ann.api.deleteMoment(gone);
  const isKnown = () =>
    !all.some((one) => reads(one, gone)) &&
    [ann, ann2].every((one) => commentsOn(one) === 2 && one.view("moment", post)?.likes.length === 1) &&
    ann.view("statuses").mine?.likes.length === 1;
  await looked("all of it is known", isKnown, ann, ben, granny, ann2);

  // One that is begun, and gone on with on her other device (MO100).
  await ann.api.keepMomentDraft({
    text: `写到一半 ${canaries.text("text of a draft")}`,
    pictures: [picture("picture of a draft", 25_000)],
    place: place("a draft", 34),
    link: {
      url: `https://example.org/${canaries.text("address of a draft's link")}`,
      title: `草稿 ${canaries.text("title of a draft's link")}`,
    },
    audience: { who: "except", tags: [`同事 ${canaries.text("tag of a draft's audience")}`], people: [granny.account] },
    mentions: [ben.account],
  });
  await ann.api.leaveMomentDraft();
  await until("her other device has the draft", async () => {
    const { file } = (await ann2.api.readMomentDraft())?.pictures[0] ?? {};
    return file !== undefined && (await ann2.api.readFile(file.handle, 0, file.bytes)).length === file.bytes;
  });
}

/** In the family's group `ann` shows; `ben` watches, and both say something. */
export async function showLive(
  { canaries }: Deployment,
  group: Hex,
  { ann, ben }: { ann: Device; ben: Device },
): Promise<void> {
  const live = await ann.api.startLive(group, `生日 ${canaries.text("title of a Live")}`, "page of Ann");
  await until("the Live is told", () => ann.view("live").showing?.isIn === true);
  await ann.api.showLiveHead(live, 1, "video/mp4", canaries.picture("head of a Live"));
  await ann.api.showLivePiece(live, 1, canaries.picture("piece of a Live", 40_000));
  await ben.api.lookAtLives(group);
  await until("the Live is offered", () => ben.view("live").goingOn.some((one) => one.live === live));
  await ben.api.watchLive(group, live, "page of Ben");
  let played = 0;
  await until("the picture stands", async () => {
    played += (await ben.api.takeLive(live))?.length ?? 0;
    return played > 1;
  });
  const [asked, answered] = [canaries.text("comment in a Live"), canaries.text("answer in a Live")];
  await ben.api.commentLive(`好看 ${asked}`);
  await ben.api.heartLive(3);
  await ann.api.commentLive(`谢谢 ${answered}`);
  const heard = (on: { readonly comments: readonly { readonly text: string }[] } | undefined) =>
    [asked, answered].every((canary) => on?.comments.some(({ text }) => text.includes(canary)) === true);
  await until("both read what was said", () => heard(ann.view("live").showing) && heard(ben.view("live").watching));
  await ann.api.endLive();
  await until(
    "the Live is over",
    () => [ann, ben].every((one) => one.view("live").showing === undefined) && ben.view("live").watching === undefined,
  );
  await ben.api.lookAtLives(undefined);
}
