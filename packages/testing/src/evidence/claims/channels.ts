/**
 * R3.1 to R3.6, R4.6 and R8.3 of Channels: what an operator may do with what is public, and what readers make of it
 * (docs/spec/channels.md CH8, CH10, CH52, CH55, CH56, CH74, CH96, feed.md FY14).
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equalBytes, fromHex } from "@yanshu/wire";
import {
  bytes,
  entryOf,
  feed,
  film,
  found,
  home,
  operates,
  PublicLine,
  photo,
  published,
  titles,
} from "../../world/channels.ts";
import { ForgedPacks, leftOut, otherWords } from "../../world/forged-packs.ts";
import { homeAndMirror, mirrorName } from "../../world/mirror.ts";
import type { Person, WrapPorts } from "../../world/person.ts";
import { Website } from "../../world/website.ts";
import type { WorldOptions } from "../../world/world.ts";
import { allOf, type Check, noneOf } from "../check.ts";
import { warmedUp } from "./reading.ts";

const shown = ["早市 #街 ", "雪 #山 ", "棋局 #街 ", "渡口 #山 ", "排练 #街 ", "松林 #山 ", "灯会 #街 ", "云海 #山 "];

/** Somebody publishes eight posts of pictures, which two others read. */
async function eightPosts(options: WorldOptions) {
  const { world, people } = await home(options, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "街坊" }));
  for (const [at, title] of shown.entries())
    await world.during(
      ann.api.publishPictures(channel, {
        title,
        pictures: [{ source: bytes(900 + at, 200 + at), mime: "image/webp", width: 4, height: 3 }],
        thumbhash: new Uint8Array(),
      }),
    );
  await published(world, ann);
  for (const reader of [ben, cleo]) await world.during(reader.api.lookAtChannels());
  return { world, ann, readers: [ben, cleo] as const, channel };
}

/** @param isWhole for the test of the evidence: false, and each fetches what they go on to see. */
export async function wholePages(isWhole = true): Promise<Check> {
  const asked = new Map<string, string[]>();
  const wrapPorts: WrapPorts = (ports, { name }) => {
    const { media } = ports;
    if (media === undefined) return ports;
    const request: typeof media.request = (server, one) => {
      const range = one.headers["range"] ?? "";
      asked.set(name, [...(asked.get(name) ?? []), `${one.method} ${one.path} ${range}`]);
      return media.request(server, one);
    };
    return { ...ports, media: { ...media, request } };
  };
  const { world, readers } = await eightPosts({ seed: 2450, wrapPorts });
  const [ben, cleo] = readers;
  for (const reader of readers) await reader.api.setWholePage(isWhole);
  // Each likes to see what the other turns away.
  const entries = shown.map((title) => entryOf(ben, title.trim()));
  for (const [at, entry] of entries.slice(0, 4).entries()) {
    const [likes, turns] = at % 2 === 0 ? [ben, cleo] : [cleo, ben];
    for (let time = 0; time < 8; time++) await likes.api.watchedFilm(entry, { ms: 4_000, finished: true });
    await turns.api.notInterested(entry);
  }
  for (const reader of readers) {
    await reader.api.firstPage();
    const page = reader.view("channelsFeed", { tab: "for-you", limit: 50 });
    const own = page.films.slice(0, 3).flatMap(({ files }) => files);
    for (const { hash, bytes: length } of isWhole ? (page.whole ?? []) : own)
      await world.during(reader.api.channelFilmChunks(hash, length, 0, 8));
  }
  const counted = readers.map((reader) => reader.disk.get("SELECT 1 FROM channel_due WHERE what = 'view'"));
  const [first = [], second = []] = [asked.get("Ben"), asked.get("Cleo")];
  const differ = titles(ben).join() !== titles(cleo).join();
  return allOf(
    "P4.whole-page",
    "two readers with opposite histories, who fetch whole pages, ask home for the same bytes",
    {
      "the same requests, in the same order": first.join("\n") === second.join("\n"),
      "no view is counted": counted.every((one) => one === undefined),
      "each is shown another order": differ,
    },
    first.some((one) => one.includes("/films/")),
    `${first.length} requests of each, the same; ${titles(ben).length} posts, in two orders`,
  );
}

/** @param isBoosted for the test of the evidence: false, and the page is as it follows from packs. */
export async function boostedPage(isBoosted = true): Promise<Check> {
  const { world, readers } = await eightPosts({ seed: 2451 });
  const facts: Record<string, boolean> = {};
  let isTrueTaken = true;
  for (const reader of readers) {
    const { page } = reader.view("channelsFeed", { tab: "for-you", limit: 50 });
    const files = (page?.all ?? []).flatMap((entry) => reader.view("channelFilm", entry)?.files[0]?.hash ?? []);
    const pack = page?.pack ?? "";
    isTrueTaken &&= (await world.during(reader.api.checkHeads(pack, files))) === true && found(reader).length === 0;
    // The last one goes first.
    const lifted = isBoosted ? [...files.slice(-1), ...files.slice(0, -1)] : files;
    facts[`${reader.name} refuses it`] = (await world.during(reader.api.checkHeads(pack, lifted))) === false;
    facts[`${reader.name} is told`] = found(reader).includes("page-differs");
  }
  return allOf(
    "P4.boosted-page",
    "a page on which home lifted one film is refused by every reader, and the page that follows from the packs is not",
    facts,
    isTrueTaken,
    `${readers.length} readers, ${shown.length} posts, one lifted`,
  );
}

/** @param isTaken for the test of the evidence: false, and what is taken away in silence is left where it was. */
export async function openRemoval(isTaken = true): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-removal-"));
  try {
    return await removals(join(folder, "log.sqlite"), isTaken);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function removals(logPath: string, isTaken: boolean): Promise<Check> {
  const { world, ann, readers, channel } = await eightPosts({ seed: 2452, logPath });
  const [ben] = readers;
  const [openly, silently] = [entryOf(ben, "早市 #街"), entryOf(ben, "雪 #山")];
  const decision = { entry: openly, reason: "有人的住址", appeal: "yanshu:#appeal" };
  await world.during(operates(world.server, "channels-remove", decision));
  await published(world, ann, ...readers);
  const gap = ben.view("channel", channel)?.gaps.find(({ why }) => why === "removed");
  const isSaid = gap?.decision?.reason === decision.reason && gap.decision.appeal === decision.appeal;
  const isQuiet = readers.every((reader) => found(reader).length === 0);
  if (isTaken) {
    const log = new Database(logPath);
    log.run("PRAGMA busy_timeout = 10000");
    log.run("UPDATE channel_entries SET bytes = NULL, state = 2 WHERE hash = ?", [fromHex(silently)]);
    log.close();
  }
  // Who comes now reads the packs as they are, beside one who read them before.
  const dora = await world.person("Dora");
  await published(world, dora);
  return allOf(
    "P4.open-removal",
    "what home removes says why and where to object; what it takes away without a word is told to who reads it then",
    {
      "the removal says why": isSaid && !feed(ben).some(({ entry }) => entry === openly),
      "what was taken in silence is told": found(dora).includes("entry-gone"),
      "and not shown": !feed(dora).some(({ entry }) => entry === silently),
    },
    isQuiet && titles(dora).length > 0,
    `${readers.length + 1} readers, one post removed by a decision and one in silence`,
  );
}

const minuteMs = 60_000;

/** @param isKept for the test of the evidence: false, and no other home keeps what the home shows. */
export async function keptElsewhere(isKept = true): Promise<Check> {
  const { world, people, mirrors } = await homeAndMirror(2453, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "乡音", mirrors: [mirrorName] }));
  await published(world, ann, ben);
  await ben.api.followChannel(channel);
  if (isKept) await mirrors();
  const said = new Uint8Array(90_000).fill(7);
  await world.during(
    ann.api.publishFilm(channel, { ...film("第一集"), film: { ...film("").film, source: new Blob([said]) } }),
  );
  const notice = { title: "停水通知", blocks: [{ is: "text", text: "周六上午" }] } as const;
  await world.during(ann.api.publishArticle(channel, notice));
  const articles = () => ben.view("articles", { limit: 9 }).articles;
  for (const _ of [1, 2]) await published(world, ann);
  const before = titles(ben, "following").length + articles().length;
  world.crashServer();
  await ben.api.showChannels(true);
  await world.pass(minuteMs);
  const { films } = ben.view("channelsFeed", { tab: "following", limit: 9 });
  const file = films[0]?.files[0];
  const chunks = file && (await world.during(ben.api.channelFilmChunks(file.hash, file.bytes, 0, 8)));
  return allOf(
    "P4.mirror",
    "a home is gone, and who follows one of its channels reads on at another home within a minute, checked as before",
    {
      "what was not read yet is shown": films.map(({ title }) => title).join() === "第一集",
      "an article too": articles()
        .map(({ entry }) => JSON.stringify(ben.view("article", entry)?.blocks))
        .some((blocks) => blocks.includes("周六上午")),
      "its film is here": chunks !== undefined && equalBytes(chunks, said),
      "nothing is wrong with it": found(ben).length === 0,
    },
    before === 0 && !world.isServerUp,
    "1 film and 1 article that their follower had not read, one minute after their home was killed",
  );
}

const school = "school.test";

/** @param isAsked for the test of the evidence: false, and home answers for the domain, as if TLS did not hold. */
export async function namedDomain(isAsked = true): Promise<Check> {
  const site = new Website(school);
  const { world, people } = await home({ seed: 2457, wrapPorts: site.wrap }, "Ann", "Eve", "Ben");
  const [ann, eve, ben] = people as [Person, Person, Person];
  const own = await world.during(ann.api.createChannel({ name: "三中", domain: school }));
  const false_ = await world.during(eve.api.createChannel({ name: "三中", domain: school }));
  await published(world, ann, eve, ben);
  site.names(own);
  // The operator is with her, and says so wherever it may.
  await world.during(operates(world.server, "channels-own", { channel: false_ }));
  if (!isAsked) site.isHome = true;
  const says = (channel: string) => ben.view("channel", channel)?.domain?.says;
  await world.pass(2 * minuteMs);
  const [before, unasked] = [[own, false_].map(says), site.asked];
  for (const channel of [own, false_]) await world.during(ben.api.askChannelDomain(channel));
  return allOf(
    "P4.named-domain",
    "a channel that names an organisation's domain is shown as its own by the word of that domain, and by no operator's",
    {
      "before the person asks nothing is shown": before.every((one) => one === "unasked"),
      "and nobody is asked": unasked === 0,
      "the operator's word gives none": says(false_) === "other",
    },
    isAsked ? says(own) === "own" : true,
    `2 channels that name ${school}, one of them its own, the other vouched for by the operator: ${[own, false_].map(says).join(", ")}`,
  );
}

/** Cleo has a channel; Ben, a friend of Ann, is shown packs of his own from `line.change` on. */
async function watched(seed: number) {
  const line = new PublicLine("Ben");
  const { world, people } = await home({ seed, wrapPorts: line.wrap }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await world.befriend(ann, ben);
  const channel = await world.during(cleo.api.createChannel({ name: "棋社" }));
  await published(world, cleo, ben);
  const says = async (title: string) => {
    await world.during(cleo.api.publishPictures(channel, photo(title)));
    await published(world, cleo, ben);
  };
  return { line, world, ann, ben, cleo, says };
}

/** @param isForged for the test of the evidence: false, and what is said is what its author said. */
export async function falseEntry(isForged = true): Promise<Check> {
  const { line, cleo, ben, says } = await watched(2454);
  if (isForged) new ForgedPacks().on(line, otherWords("第一局"), true);
  await says("第一局");
  return allOf(
    "P4.false-entry",
    "home puts another word into an author's mouth, in a pack that it signs: it is not shown, and told",
    {
      "nothing of it is shown": titles(ben).length === 0,
      "it is told": found(ben).includes("entry-signature"),
    },
    titles(cleo).length === 1,
    "1 entry with one sign changed, for one reader, under that home's own signature",
  );
}

/** @param isWithheld for the test of the evidence: false, and everybody is shown everything. */
export async function withheldEntry(isWithheld = true): Promise<Check> {
  const { line, world, ann, ben, cleo, says } = await watched(2455);
  const forged = new ForgedPacks();
  if (isWithheld) forged.on(line, leftOut, true);
  await says("第一局");
  const isQuiet = found(ben).length === 0;
  // A friend who is shown all says once a day which pack is the newest.
  await world.during(ann.api.lookAtChannels());
  await world.until("Ben heard of it", () => ben.disk.get("SELECT n FROM channel_heads") !== undefined);
  await world.during(ben.api.lookAtChannels());
  const byFriend = found(ben).includes("head-differs");
  if (isWithheld) forged.on(line, (file) => file, true);
  await says("第二局");
  return allOf(
    "P4.withheld-entry",
    "home leaves an entry out for one reader, in packs that it signs: a friend's head tells it, and so does the next entry",
    {
      "a friend's head tells it": byFriend,
      "the next pack of that channel tells it": found(ben).includes("entry-missing"),
    },
    isQuiet && titles(cleo).length > 0 && titles(ben).length > 0,
    "1 entry of a channel, left out for one of three people; told by the first head of a friend, and by the next pack",
  );
}

/** @param looks for the test of the evidence: Channels look for what is new meanwhile. */
export async function searchingChannels(looks = false): Promise<Check> {
  const { line, world, ben, says } = await watched(2456);
  await says("下棋 #巷口");
  await warmedUp(world, ben);
  await world.pass(minuteMs);
  const before = line.asked.length;
  let frames = 0;
  world.network.overhear = (_connection, owner) => {
    if (owner.startsWith("Ben")) frames++;
  };
  let hits = 0;
  for (const query of ["下", "下棋", "#巷口", "没有", "xiaqi", "棋社"]) {
    const { films, channels, tags } = await world.during(ben.api.searchChannels(query, 10));
    hits += films.length + channels.length + tags.length;
  }
  if (looks) await world.during(ben.api.lookAtChannels());
  const asked = frames + line.asked.length - before;
  await world.during(ben.api.lookAtChannels());
  return noneOf(
    "P1.searching-channels",
    "what one looks for in Channels leaves no device: a search makes no request",
    { hits: asked, figure: `${asked} requests in six searches with ${hits} hits`, unit: "requests" },
    hits > 0 && line.asked.length > before,
  );
}
