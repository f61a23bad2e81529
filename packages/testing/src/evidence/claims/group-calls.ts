/**
 * R1.7 for calls of groups, by devices whose frames are plain arrays: what home has of what is said in a room, what a
 * seat has that home made up, and what somebody has whom the group removed and whom home keeps in the room. What real
 * packets hold is in forwarded.ts.
 */
import type { Hex } from "@yanshu/client";
import { type Bytes, everySeat, fromHex } from "@yanshu/wire";
import { CallPage } from "../../world/call-page.ts";
import { secretOf } from "../../world/call-secret.ts";
import { ghostIn } from "../../world/ghost.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check, noneOf } from "../check.ts";
import { needlesOfBytes } from "../scan/canary.ts";
import { createMatcher, type Needle } from "../scan/matcher.ts";
import { searchSays } from "./says.ts";

const minuteMs = 60_000;
const push = 0xc0;
const framesMin = 40;

type Call = {
  readonly world: World;
  readonly people: readonly [ann: Person, maya: Person, ben: Person];
  readonly pages: readonly [ann: CallPage, maya: CallPage, ben: CallPage];
  readonly group: Hex;
  readonly call: Hex;
};

/** Ann calls in a group of three; Maya's and Ben's devices ring. */
async function ring(seed: number): Promise<Call> {
  const world = new World({ seed, files: true });
  const [ann, maya, ben] = [await world.person("Ann"), await world.person("Maya"), await world.person("Ben")];
  const group = await world.group(ann, [maya, ben], "一家人");
  const pages = [new CallPage(ann), new CallPage(maya), new CallPage(ben)] as const;
  await world.until("home forwards media", () => pages.every(({ view }) => view.areThere));
  world.network.keepsTraffic = true;
  const rings = [maya.account, ben.account];
  const call = await world.during(ann.api.startGroupCall(group, "voice", rings, pages[0].host));
  await world.until("both ring", () => pages.slice(1).every(({ view }) => view.ringing !== undefined));
  return { world, people: [ann, maya, ben], pages, group, call };
}

async function join(pages: readonly CallPage[], call: Hex): Promise<void> {
  for (const page of pages) await page.person.api.joinGroupCall(call, page.host);
}
const together = (pages: readonly CallPage[]) => () => pages.every((page) => page.has(pages.length - 1));

/** Keys of frames that these pages hold, their own among them. */
function keysOf(pages: readonly CallPage[]): readonly Bytes[] {
  const all = pages.flatMap(({ frameKeys: { own, others } }) => [
    ...(own ? [own.key] : []),
    ...others.map((o) => o.key),
  ]);
  return [...new Map(all.map((key) => [Buffer.from(key).toString("hex"), key])).values()];
}
const needlesOfKeys = (keys: readonly Bytes[]): Needle[] => keys.flatMap((key, i) => needlesOfBytes(`key ${i}`, key));

/**
 * P1: all that crossed while three were in a call, one of whom left and came back.
 *
 * @param isTold for the test of the evidence: a key crosses in clear.
 */
export async function sealedGroupCall(isTold = false): Promise<Check> {
  const { world, people, pages, call } = await ring(630);
  const [ann, , ben] = people;
  const [, mayaPage, benPage] = pages;
  const secret = secretOf(ben, "call"); // It goes with the end.
  const keys = new Map<string, Bytes>();
  const note = () => {
    for (const key of keysOf(pages)) keys.set(Buffer.from(key).toString("hex"), key);
  };
  await join([mayaPage], call);
  await world.until("two have keys", together(pages.slice(0, 2)));
  note();
  await join([benPage], call);
  await world.until("three have keys", together(pages));
  note();
  await ann.api.groupCallSends(call, false, false, false);
  const isMuted = () => mayaPage.view.now?.people.some(({ person, voice }) => person.name === "Ann" && !voice) === true;
  await world.until("she is shown as muted", isMuted);
  await ben.api.leaveGroupCall();
  await world.until("two have new keys", together(pages.slice(0, 2)));
  note();
  if (isTold) world.network.traffic.push(Uint8Array.from([...keys.values()][0] ?? []));
  const devices = people.map((one) => fromHex(one.view("status").me?.device ?? ""));
  const needles = [...needlesOfKeys([...keys.values()]), ...devices.flatMap((one, i) => needlesOfBytes(`d ${i}`, one))];
  const matcher = createMatcher(needles);
  // The control: opened with the secret, each say that was searched names its device.
  const { count, hits: inSays, bearing, kinds } = await searchSays(world.network.traffic, secret, matcher);
  const keyMatcher = createMatcher(needlesOfKeys([...keys.values()]));
  const crossed = world.network.traffic.flatMap((frame) => keyMatcher(frame)).length;
  const during = world.server.counts() as unknown as Record<string, number>;
  for (const page of pages) await page.person.api.leaveGroupCall();
  await world.until("all have left", () => pages.every(({ view }) => view.now === undefined));
  await world.pass(minuteMs);
  const after = world.server.counts() as unknown as Record<string, number>;
  return allOf(
    "P1.group-says",
    "of a group's call home has sealed says: no key of a frame, no device; and no room a minute later",
    {
      "no key crossed in clear": crossed === 0,
      "no say names a key or a device": inSays === 0,
      "no room and no seat a minute later": after["rooms"] === 0 && after["roomSeats"] === 0,
    },
    count >= 12 &&
      bearing === count &&
      ["here", "keys", "bye"].every((kind) => kinds.has(kind)) &&
      keys.size >= 5 &&
      during["rooms"] === 1 &&
      (during["roomSeats"] ?? 0) >= 2,
    `${keys.size} keys of frames and ${devices.length} devices sought in ${world.network.traffic.length} frames, ${count} says among them: ${crossed + inSays} hits; with the secret ${bearing} of these, of ${kinds.size} kinds, show their device; rooms ${during["rooms"]}, then ${after["rooms"]}`,
  );
}

/**
 * P3: home seats somebody of its own in the room, who is handed all that is said, and says it again as its own.
 *
 * @param isMember for the test of the evidence: who comes is Ben's own device, which has keys by right.
 */
export async function ghostSeat(isMember = false): Promise<Check> {
  const { world, pages, call } = await ring(631);
  const [annPage, mayaPage, benPage] = pages;
  const ghost = ghostIn(world, fromHex(call));
  await join([mayaPage], call);
  await world.until("two have keys", together([annPage, mayaPage]));
  const seat = ghost.got.flatMap((frame) => (frame.type === "entered" ? [frame.entered.seat] : []))[0];
  const said = () => ghost.got.flatMap((frame) => (frame.type === "said" ? [frame.bytes] : []));
  for (const bytes of said()) ghost.say(everySeat, bytes);
  await world.pass(3_000);
  const withGhost = [annPage, mayaPage].map((page) => page.people.length);
  // Who comes by right is given keys the same moment: the control.
  const spoken = await annPage.speak("before Ben");
  await join([benPage], call);
  await world.until("three have keys", together(pages));
  const heard = await benPage.hear(await annPage.speak("with Ben"));
  const strangers = isMember
    ? (benPage.view.now?.people ?? []).filter(({ isHere }) => isHere).map((one) => one.seat)
    : [seat];
  const keyed = [annPage, mayaPage]
    .flatMap(({ frameKeys }) => frameKeys.others)
    .filter(({ seat: of }) => strangers.includes(of));
  const matcher = createMatcher(needlesOfKeys(keysOf(pages)));
  const told = said().flatMap((bytes) => matcher(bytes)).length;
  const seatsTold = ghost.got.flatMap((frame) => (frame.type === "seats" ? [frame.seats.length] : []));
  return allOf(
    "P3.ghost-seat",
    "a seat that home made up in a group's call has no face and is given no key, whatever it says again of others",
    {
      "nobody shows it": withGhost.every((count) => count === 2),
      "no device holds a key for its seat": keyed.length === 0,
      "nothing that it was handed holds a key": told === 0,
      "what is sealed opens for none who came later": (await benPage.hear(spoken)) === "no-key",
    },
    seat !== undefined && said().length >= 6 && Math.max(...seatsTold, 0) >= 3 && heard === "Ann: with Ben",
    `it sat on a seat of its own, was handed ${said().length} says and said them again: ${keyed.length} keys for it, ${told} found in what it has; a member who came beside it was given ${benPage.frameKeys.others.length}`,
  );
}

/**
 * P3: a member is removed from the group in the midst of its call. Home keeps that from the device, and lets it sit in
 * the room, where it is handed every frame and every say.
 *
 * @param isRemoved for the test of the evidence: false, and nobody removes him.
 */
export async function removedListener(isRemoved = true): Promise<Check> {
  const { world, people, pages, group, call } = await ring(632);
  const [ann, , ben] = people;
  const [annPage, mayaPage, benPage] = pages;
  await join([mayaPage, benPage], call);
  await world.until("three have keys", together(pages));
  const before = await benPage.hear(await annPage.speak("with Ben"));
  world.network.meddle(ben.device, (frame) => (frame[0] === push ? [] : [frame]));
  const said = () => world.network.traffic.filter((frame) => frame[0] === 0xc3).length;
  const saidBefore = said();
  if (isRemoved) {
    await ann.api.removeMember(group, ben.account);
    await world.until("he is out for the others", () => [annPage, mayaPage].every((page) => page.people.length === 2));
    await world.until("they have new keys", together([annPage, mayaPage]));
  }
  let [opened, others] = [0, 0];
  for (let at = 0; at < framesMin; at++) {
    const sealed = await annPage.speak(`without Ben ${at}`);
    if ((await benPage.hear(sealed)).startsWith("Ann:")) opened++;
    if ((await mayaPage.hear(sealed)) === `Ann: without Ben ${at}`) others++;
    await world.pass(250);
  }
  const stays = benPage.view.now !== undefined;
  return noneOf(
    "P3.removed-listener",
    "who was removed from the group opens nothing that is said in its call from then on, though home keeps it from that device and hands it every frame",
    {
      hits: opened,
      unit: "frames",
      figure: `${opened} of ${framesMin} frames opened by who was removed, ${others} by who stayed; ${said() - saidBefore} says came to it meanwhile`,
    },
    before === "Ann: with Ben" && stays && others === framesMin && said() > saidBefore,
  );
}
