/**
 * R1.9: what home has of a Live (docs/spec/live.md), which records every frame, keeps a removed member in the room, and
 * shows again what it recorded while it lies about the time.
 */
import type { Hex } from "@yanshu/client";
import { type Bytes, concat, decodeRoomServerFrame, utf8 } from "@yanshu/wire";
import { secretOf } from "../../world/call-secret.ts";
import { ghostIn } from "../../world/ghost.ts";
import { LivePage, roomOf } from "../../world/live-page.ts";
import type { Person } from "../../world/person.ts";
import { crypto } from "../../world/turned.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check, noneOf } from "../check.ts";
import { Canaries } from "../scan/canary.ts";
import { createMatcher } from "../scan/matcher.ts";

const push = 0xc0;
const said = 0xc3;
const shown = 0xc5;
const pieceMs = 600;
const piecesMin = 40;
const laterMs = 5 * 60_000;
/** As CA217 has it. */
const believedMs = 10_000;

type Live = {
  readonly world: World;
  readonly people: readonly [ann: Person, maya: Person, ben: Person];
  readonly pages: readonly [ann: LivePage, maya: LivePage, ben: LivePage];
  readonly group: Hex;
  readonly live: Hex;
};

/** Maya shows in a group of three. */
async function show(seed: number, title: string): Promise<Live> {
  const world = new World({ seed, files: true });
  const [ann, maya, ben] = [await world.person("Ann"), await world.person("Maya"), await world.person("Ben")];
  const group = await world.group(ann, [maya, ben], "一家人");
  const pages = [new LivePage(ann), new LivePage(maya), new LivePage(ben)] as const;
  await world.until("home has rooms", () => pages.every(({ view }) => view.areThere));
  world.network.keepsTraffic = true;
  const live = await maya.api.startLive(group, title, pages[1].host);
  await world.until("it is told", () => pages[1].view.showing?.isIn === true);
  await pages[1].show(live, "head");
  return { world, people: [ann, maya, ben], pages, group, live };
}

async function watch({ world, group, live }: Live, page: LivePage): Promise<void> {
  await page.person.api.lookAtLives(group);
  await world.until("it is offered", () => page.view.goingOn.some((one) => one.live === live));
  await page.person.api.watchLive(group, live, page.host);
  page.play(live);
  await world.until("they are in", () => page.view.watching?.at !== "joining" || page.played.length > 0);
}

/** What opens with the key of generation 0, as the spec has it (CA167, CA168). */
async function openAll(secret: Bytes, room: Bytes, sealed: readonly Bytes[]): Promise<readonly Bytes[]> {
  const key = crypto.derive(secret, "yanshu live key v1", 32);
  const opened: Bytes[] = [];
  for (const one of sealed) {
    const head = one.slice(0, 2);
    const plain = await crypto.open(key, one.slice(2, 14), concat(room, head), one.slice(14));
    if (plain !== undefined) opened.push(plain);
  }
  return opened;
}

/** Of frames that crossed: the says, and the pieces that came in one part. */
function sealedIn(traffic: readonly Uint8Array[]): readonly Bytes[] {
  return traffic.flatMap((frame) => {
    if (frame[0] !== said && frame[0] !== shown) return [];
    const read = decodeRoomServerFrame(frame);
    return read.type === "said" || read.type === "shown" ? [read.bytes] : [];
  });
}

/**
 * P1: home records each frame of a Live in which picture, voice, comment and title bear canaries.
 *
 * @param isTold for the test of the evidence: a piece crosses in clear.
 */
export async function sealedLive(isTold = false): Promise<Check> {
  const canaries = new Canaries();
  const all = await show(640, canaries.text("title"));
  const { world, people, pages, live } = all;
  const [ann, maya] = people;
  const [annPage, mayaPage] = pages;
  await watch(all, annPage);
  const secret = secretOf(ann, "live"); // It goes with the end.
  const [picture, voice] = [canaries.picture("picture", 4_000), canaries.picture("voice", 1_000)];
  await maya.api.showLivePiece(live, 1, concat(picture, voice));
  const comment = canaries.text("comment");
  await ann.api.commentLive(comment);
  await world.until("both are there", () => mayaPage.said.length === 1 && annPage.said.length === 1);
  await world.until("the piece came", () => annPage.played.length > 1);
  if (isTold) world.network.traffic.push(voice);
  const during = world.server.counts() as unknown as Record<string, number>;
  await maya.api.endLive();
  await world.until("it is over", () => annPage.view.over?.as === "over");
  await world.pass(60_000);
  const after = world.server.counts() as unknown as Record<string, number>;
  const matcher = createMatcher(canaries.needles());
  const hits = world.network.traffic.flatMap((frame) => matcher(frame)).length;
  // The control: with the key that members have the same recording shows all of it.
  const sealed = sealedIn(world.network.traffic);
  const opened = await openAll(secret, roomOf(live), sealed);
  const found = new Set(opened.flatMap((plain) => matcher(plain).map(({ needle }) => needle.name)));
  return allOf(
    "P1.live",
    "of a Live home has neither picture nor voice nor comment nor title, though it records every frame; nor a room a minute later",
    { "no canary crossed in clear": hits === 0, "no room a minute later": after["rooms"] === 0 },
    opened.length >= 4 && found.size >= 3 && during["rooms"] === 1,
    `${canaries.all.length} canaries sought in ${world.network.traffic.length} frames, of which ${sealed.length} are sealed pieces and says: ${hits} hits; with the members' key ${opened.length} of these open, and hold ${found.size} of them`,
  );
}

/**
 * P3: a member is removed in the midst of a Live. Home keeps that from the device, and goes on handing it every piece.
 *
 * @param isRemoved for the test of the evidence: false, and nobody removes him.
 */
export async function removedWatcher(isRemoved = true): Promise<Check> {
  const all = await show(641, "");
  const { world, people, pages, group, live } = all;
  const [ann, , ben] = people;
  const [annPage, mayaPage, benPage] = pages;
  await watch(all, annPage);
  await watch(all, benPage);
  await mayaPage.show(live, "with Ben");
  await world.until("both see it", () => [annPage, benPage].every(({ played }) => played.includes("with Ben")));
  const secret = secretOf(ben, "live");
  world.network.meddle(ben.device, (frame) => (frame[0] === push ? [] : [frame]));
  if (isRemoved) {
    await ann.api.removeMember(group, ben.account);
    await world.until("he is out", () => ann.view("conversation", group)?.members.length === 2);
    await world.pass(1_000); // As CA168 has it.
  }
  const ghost = ghostIn(world, roomOf(live), { watches: true });
  for (let at = 0; at < piecesMin; at++) {
    await mayaPage.show(live, `without ${at}`);
    await world.pass(pieceMs);
  }
  await ann.api.commentLive("without him");
  await world.pass(3_000);
  const seenBy = (page: LivePage) => page.played.filter((one) => one.startsWith("without")).length;
  const recorded = ghost.got.flatMap((frame) => (frame.type === "shown" || frame.type === "said" ? [frame.bytes] : []));
  const opened = await openAll(secret, roomOf(live), recorded);
  const stays = benPage.view.watching !== undefined;
  return noneOf(
    "P3.removed-watcher",
    "who was removed from the group opens nothing of its Live from a second after, though home keeps it from that device and hands it every piece",
    {
      hits: seenBy(benPage) + opened.length + benPage.said.length,
      unit: "pieces",
      figure: `${seenBy(benPage)} of ${piecesMin} pieces played by who was removed, ${opened.length} of ${recorded.length} recorded ones opened with the key that he keeps; ${seenBy(annPage)} played by who stayed`,
    },
    stays && seenBy(annPage) >= piecesMin - 1 && recorded.length >= piecesMin,
  );
}

/** "timeMs" as CBOR, with an unsigned integer of eight bytes. */
const timeKey = concat(Uint8Array.of(0x66), utf8("timeMs"), Uint8Array.of(0x1b));

/** The frame with another time of home, where it tells one. */
function turnedBack(frame: Uint8Array, byMs: number): Uint8Array {
  const at = Buffer.from(frame).indexOf(timeKey);
  if (at < 0) return frame;
  const copy = Buffer.from(frame);
  const from = at + timeKey.length;
  copy.writeBigUInt64BE(copy.readBigUInt64BE(from) - BigInt(byMs), from);
  return Uint8Array.from(copy);
}

/**
 * P4: home records a Live, and minutes later shows it to a member who comes then, as if it were now: by its honest
 * clock, and by one that it turned back for that member alone.
 *
 * @param isOld for the test of the evidence: false, and what is shown again was recorded a moment ago.
 */
export async function replayedLive(isOld = true): Promise<Check> {
  const all = await show(642, "");
  const { world, people, pages, group, live } = all;
  const [, , ben] = people;
  const [annPage, mayaPage] = pages;
  await watch(all, annPage);
  const recorded: Uint8Array[] = [];
  world.network.overhearServer = (_connection, owner, frame) => {
    if (owner === people[0].device && frame[0] === shown) recorded.push(frame);
  };
  const fromMs = world.clock.nowMs();
  for (let at = 0; at < piecesMin; at++) {
    await mayaPage.show(live, `old ${at}`);
    await world.pass(isOld ? pieceMs : 50);
  }
  await world.until("it is recorded", () => recorded.length >= piecesMin);
  world.network.overhearServer = undefined;
  const control = annPage.played.filter((one) => one.startsWith("old")).length;
  if (isOld) await world.pass(laterMs);

  /** What Ben plays of it, before the ten seconds are over and after. */
  const played = async (byMs: number): Promise<readonly [before: number, after: number]> => {
    const page = new LivePage(ben);
    // Home hands him nothing but what it recorded: what is said in the room now gives it the moments for that.
    const left = [...recorded];
    world.network.meddle(ben.device, (frame) => {
      if (frame[0] === shown) return [];
      if (frame[0] !== said) return [turnedBack(frame, byMs)];
      return left.splice(0, 8);
    });
    world.network.breakSockets(ben.device);
    await world.pass(5_000);
    await ben.api.lookAtLives(group);
    await world.until("it is offered", () => page.view.goingOn.some((one) => one.live === live));
    await ben.api.watchLive(group, live, page.host);
    page.play(live);
    const count = () => page.played.filter((one) => one.startsWith("old")).length;
    await people[0].api.heartLive(1);
    await world.pass(believedMs);
    const before = count();
    for (let n = 0; n < 10; n++) {
      await people[0].api.heartLive(1);
      await world.pass(5_000);
    }
    await ben.api.leaveLive();
    world.network.meddle(ben.device, undefined);
    return [before, count() - before];
  };
  const honest = await played(0);
  // So that what was recorded is a moment old by it.
  const lied = isOld ? await played(world.clock.nowMs() - fromMs) : ([0, 0] as const);
  return noneOf(
    "P4.replayed-live",
    "a Live that home recorded is not shown as now minutes later: not by its clock, nor for more than ten seconds by one that it turned back",
    {
      hits: honest[0] + honest[1] + lied[1],
      unit: "pieces",
      figure: `${recorded.length} pieces shown again: by home's clock ${honest[0] + honest[1]} played; by one turned back ${lied[0]} in the first ten seconds, ${lied[1]} in the fifty after; ${control} of ${piecesMin} by who was there`,
    },
    // Where the lie shows nothing at all, it was not believed, and shows nothing about the rest.
    control >= piecesMin - 1 && recorded.length >= piecesMin && (!isOld || lied[0] > 0),
  );
}
