/** R4.4 and R4.6: what leaves a device when its person reads, and when they look for something. */
import { decodeClientFrame } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { tap } from "../../world/thief.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check, noneOf } from "../check.ts";

type Sent = { readonly owner: string; readonly what: string; readonly envelopes: readonly number[] };

/** What crosses because somebody read, or would have crossed all the same. */
type Played = {
  readonly wasRead: boolean;
  readonly sent: readonly Sent[];
  readonly toWriter: number;
  readonly message: readonly number[];
};

/** The same minutes twice: in one, both read what was written to them; in the other nobody does. */
export async function readState(): Promise<Check> {
  const [read, unread] = [await play(true), await play(false)];
  const framesOf = ({ sent }: Played, owner: string) =>
    sent.filter((one) => one.owner === owner).map(({ what }) => what);
  const extra = read.sent.filter(({ owner, envelopes }) => owner === "Cat 1" && envelopes.length > 0);
  const [one, control] = [framesOf(read, "Ben 1"), framesOf(unread, "Ben 1")];
  return allOf(
    "P2.reading",
    "that somebody read tells nobody: the other side gets nothing, home sees nothing, or a message like any other to one's own devices",
    {
      "nothing to the other side": read.toWriter === 0,
      "from one device the same frames, read or not": one.join() === control.join(),
      "as long as any word, to own devices": extra.every(({ envelopes }) =>
        envelopes.every((bytes) => read.message.includes(bytes)),
      ),
    },
    read.wasRead && !unread.wasRead && read.message.length > 0,
    `${read.toWriter} frames to who wrote; ${one.length} from one device, ${control.length} where it was not read; of two devices ${extra.length} envelope of ${extra.flatMap(({ envelopes }) => envelopes).join()} bytes to each other, as long as a word`,
  );
}

async function play(reads: boolean): Promise<Played> {
  const world = new World({ seed: 603 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const [withBen, withCat] = [await world.befriend(ann, ben), await world.befriend(ann, cat)];
  const tablet = await world.linkDevice(cat);
  await world.until("the tablet is in", () => tablet.view("conversation", withCat)?.state === "open");
  await ann.say(withBen, "在吗？");
  await ann.say(withCat, "在吗？");
  const isUnread = (one: Person) => one.view("chats").some(({ unread }) => unread > 0);
  await world.until("both have it unread", () => isUnread(ben) && isUnread(cat));
  await world.pass(120_000);

  const sent: Sent[] = [];
  world.network.overhear = (_connection, owner, frame) => {
    const decoded = decodeClientFrame(frame);
    const envelopes = decoded.type === "post" ? decoded.post.parts.map(({ envelope }) => envelope.length) : [];
    // Acknowledgements of what came belong to having received, not to having read.
    if (decoded.type !== "acks") sent.push({ owner, what: `${decoded.type} ${frame.length}`, envelopes });
  };
  const pushed = tap(world, ann);
  if (reads) await ben.api.markRead(withBen);
  if (reads) await cat.api.markRead(withCat);
  await world.pass(120_000);
  const played = {
    wasRead: !isUnread(ben) && !isUnread(cat) && !isUnread(tablet),
    sent: [...sent],
    toWriter: pushed.length,
  };
  await cat.say(withCat, "在");
  await world.pass(10_000);
  const message = sent.slice(played.sent.length).flatMap(({ envelopes }) => envelopes);
  return { ...played, message };
}

export async function searching(): Promise<Check> {
  const world = new World({ seed: 604 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (let i = 0; i < 20; i++) await ben.say(chat, `火锅 ${i}`);
  await world.until("all is read", () => ann.reads(chat).includes("火锅 19"));
  await warmedUp(world, ann);
  await world.pass(120_000);
  let frames = 0;
  world.network.overhear = () => frames++;
  let hits = 0;
  for (const query of ["火", "火锅", "鍋 1", "没有", "huoguo"]) {
    const found = await world.during(ann.api.searchMessages({ query, limit: 10 }));
    hits += found.hits.length;
    await world.during(ann.api.searchFavourites(query));
  }
  await world.pass(1_000);
  const asked = frames;
  await ann.say(chat, "找到了");
  await world.pass(1_000);
  return noneOf(
    "P1.searching",
    "what one looks for leaves no device: a search makes no request",
    {
      hits: asked,
      figure: `${asked} frames in ten searches with ${hits} hits; saying a word made ${frames - asked}`,
      unit: "frames",
    },
    hits > 0 && frames > asked,
  );
}

/** The first search loads a dictionary from the disk in earnest, for as long as that takes. */
export async function warmedUp(world: World, person: Person): Promise<void> {
  let isDone = false;
  void person.api.searchMessages({ query: "huoguo", limit: 1 }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await world.pass(1);
    await Bun.sleep(1);
  }
}
