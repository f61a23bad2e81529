/**
 * Moments (docs/spec/simulation.md I18): what was posted and said, for whom by the rules, and what devices hold and
 * show of it. Who may hold what is reckoned from what people decided, and from no key.
 */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { Broken } from "./breaks.ts";
import { isAlive, standings } from "./disk.ts";
import { looseIn, lostDiskSince } from "./losses.ts";
import type { Remark, Telling } from "./moments-ledger.ts";
import type { Simulation } from "./simulation.ts";

/** Everybody looks, a few times over: what one tells is there when the next looks. */
export async function lookAround(sim: Simulation): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const person of sim.people)
      if (person.isOn && person.client.phase() === "ready") sim.ask(person, "look", (api) => api.lookAtMoments());
    // What stands behind a cell that is gone is looked for once an hour (MO34).
    await sim.world.pass(round === 1 ? 3_700_000 : 5_000);
    sim.moments.sample(sim);
  }
}

type Holder = { readonly person: Person; readonly account: Hex };

/** I18: what everybody's devices hold and show of Moments is what the rules allow, and all of it, or a gap shows. */
export function wrongMoments(sim: Simulation): readonly Broken[] {
  const { moments } = sim;
  if (moments.posts.length === 0) return [];
  moments.sample(sim);
  const holders = sim.people.flatMap((person): Holder[] => {
    const account = sim.ledger.accountOf(person);
    return account === undefined ? [] : [{ person, account }];
  });
  nameAll(sim, holders);
  const loose = looseIn(sim);
  const readers = holders.filter(
    ({ person }) => person.isOn && isAlive(sim.world, person) && !sim.restored.has(person) && isReady(person),
  );
  return [
    ...holders.flatMap((holder) => [...heldOfOthers(sim, holder), ...readOfOthers(sim, holder)]),
    ...readers.flatMap((reader) => [
      ...shownTwice(reader),
      ...lacking(sim, reader, readers, loose),
      ...leftOver(sim, reader, readers, loose),
      ...leftSaid(sim, reader, readers, loose),
    ]),
  ].map((why) => ({ invariant: "I18", why }));
}

function isReady(person: Person): boolean {
  return person.client.phase() === "ready";
}

type HeldRow = { readonly id: Uint8Array; readonly author: Uint8Array; readonly signed: Uint8Array };

function postRows({ person }: Holder): readonly HeldRow[] {
  return person.disk.all<HeldRow>("SELECT id, author, signed FROM moments WHERE kind = 'post'");
}

/** A device that lost its power may have posted what it never answered for: its words are on its disk. */
function nameAll({ moments }: Simulation, holders: readonly Holder[]): void {
  const unnamed = moments.posts.filter(({ id }) => id === undefined);
  for (const holder of unnamed.length === 0 ? [] : holders)
    for (const { id, signed } of postRows(holder))
      for (const post of unnamed) if (Buffer.from(signed).includes(post.text)) post.id = toHex(id);
  for (const remark of moments.remarks)
    if (remark.id === undefined)
      for (const { person } of holders) {
        const row = person.disk.get<{ id: Uint8Array }>("SELECT id FROM moment_words WHERE text = ?", remark.text);
        if (row !== undefined) remark.id = toHex(row.id);
      }
}

/** Nobody holds a post, with its key or without, who is none of those for whom it is. */
function heldOfOthers({ moments }: Simulation, holder: Holder): readonly string[] {
  const { person, account } = holder;
  return postRows(holder).flatMap(({ id, author }) => {
    const post = moments.postOf(toHex(id));
    if (post === undefined || (post.account === toHex(author) && moments.mayHold(account, post))) return [];
    return [`${person.device} holds "${post.text}", which is not for it`];
  });
}

/** What is left of a word that was hidden or taken back is its id alone: that is none of it. */
const wordsSql = "SELECT id, text FROM moment_words WHERE text <> '' OR state <> 'gone'";

function readOfOthers({ moments }: Simulation, { person, account }: Holder): readonly string[] {
  return person.disk.all<{ id: Uint8Array; text: string }>(wordsSql).flatMap(({ id, text }) => {
    const remark = moments.remarkOf(toHex(id)) ?? moments.remarks.find((one) => text !== "" && one.text === text);
    return remark === undefined || moments.mayRead(account, remark)
      ? []
      : [`${person.device} has "${remark.text}" on "${remark.post.text}", which is not for it`];
  });
}

function shownOn({ person }: Holder) {
  return person.view("momentsFeed", { limit: 1_000 });
}

function shownTwice(reader: Holder): readonly string[] {
  const texts = shownOn(reader).posts.map(({ text }) => text);
  return texts
    .filter((text, at) => texts.indexOf(text) !== at)
    .map((text) => `${reader.person.device} shows "${text}" twice`);
}

/** A chat of two in which nobody has to agree carries no keys either. */
function isApart(sim: Simulation, one: Hex, other: Hex, loose: ReadonlySet<Hex>): boolean {
  return sim.people.some((person) => {
    const account = sim.ledger.accountOf(person);
    const peer = account === one ? other : account === other ? one : undefined;
    return (
      peer !== undefined &&
      standings(person.disk).some(
        ({ kind, peer: with_, conversation, inside }) =>
          kind === "direct" && with_ === peer && (loose.has(conversation) || (isAlive(sim.world, person) && !inside)),
      )
    );
  });
}

function areFriends(sim: Simulation, from: Hex, to: Hex, atMs: number, loose: ReadonlySet<Hex>, telling: Telling) {
  return (
    sim.moments.toldThroughout(telling, from, to, atMs) &&
    sim.moments.toldThroughout("words", to, from, atMs) &&
    !isApart(sim, from, to, loose)
  );
}

/** What was sent by the word of its author's screen is shown to all for whom it is, or a gap is. */
function lacking(
  sim: Simulation,
  reader: Holder,
  readers: readonly Holder[],
  loose: ReadonlySet<Hex>,
): readonly string[] {
  const { person, account } = reader;
  const { gaps } = shownOn(reader);
  const hasGap = (of: Hex) => gaps.some((gap) => gap.person.account === of);
  const broken: string[] = [];
  for (const post of sim.moments.posts) {
    const { id, isGone, audience, atMs } = post;
    if (id === undefined || isGone || lostDiskSince(sim, person, atMs)) continue;
    const authors = readers.filter((one) => one.account === post.account);
    if (!authors.some((one) => one.person.view("moment", id)?.mine?.state === "sent")) continue;
    const isFor =
      account === post.account ||
      (post.told.has(account) && audience.who !== "me" && areFriends(sim, post.account, account, atMs, loose, "posts"));
    if (!isFor) continue;
    const shown = person.view("moment", id);
    if (shown === undefined) {
      if (!hasGap(post.account)) broken.push(`${person.device} lacks "${post.text}", and has no gap of its author`);
      continue;
    }
    for (const remark of sim.moments.remarks) {
      if (remark.post !== post || remark.id === undefined) continue;
      if (lostDiskSince(sim, person, remark.atMs) || !isBelieved(sim, remark) || !isSaid(remark, readers)) continue;
      const isTold =
        account === remark.account || areFriends(sim, remark.account, account, remark.atMs, loose, "words");
      const lacksParent = remark.answers !== undefined && !shown.comments.some((one) => one.id === remark.answers?.id);
      if (!isTold || lacksParent || hasGap(remark.account)) continue;
      if (!shown.comments.some((one) => one.id === remark.id))
        broken.push(`${person.device} lacks "${remark.text}" on "${post.text}", and has no gap of its author`);
    }
  }
  return broken;
}

/** What a device said that was dropped is read no more by who comes to it later (MO9). */
function isBelieved(sim: Simulation, { by, atMs }: Pick<Remark, "by" | "atMs">): boolean {
  return isAlive(sim.world, by) && !sim.restored.has(by) && !lostDiskSince(sim, by, atMs);
}

/** By the word of its author's screen it is at home, and nobody took it away. */
function isSaid({ account, post, id, gone, answers }: Remark, readers: readonly Holder[]): boolean {
  if (gone !== undefined || answers?.gone !== undefined || post.id === undefined) return false;
  const { id: of } = post;
  return readers.some(
    (one) =>
      one.account === account &&
      one.person.view("moment", of)?.comments.some((comment) => comment.id === id && !comment.isSending) === true,
  );
}

/** What was taken back, by the word of its author's devices, is on no screen of those who heard of it all the time. */
function leftOver(
  sim: Simulation,
  { person, account }: Holder,
  readers: readonly Holder[],
  loose: ReadonlySet<Hex>,
): readonly string[] {
  return sim.moments.posts.flatMap((post) => {
    const { id, isGone } = post;
    if (id === undefined || !isGone || account === post.account) return [];
    const authors = readers.filter((one) => one.account === post.account);
    const isDone =
      authors.length > 0 &&
      authors.every((one) => {
        const view = one.person.view("moment", id);
        const waits = one.person.disk.get("SELECT 1 FROM moment_puts LIMIT 1");
        return waits === undefined && (view === undefined || view.mine?.audience.who === "me");
      });
    if (!isDone || !areFriends(sim, post.account, account, post.atMs, loose, "words")) return [];
    const gaps = shownOn({ person, account }).gaps.some((gap) => gap.person.account === post.account);
    return person.view("moment", id) === undefined || gaps
      ? []
      : [`${person.device} shows "${post.text}", which was taken back`];
  });
}

/** The same of what was said: its author took it back, or who posts hid it, and their devices have told all of it. */
function leftSaid(
  sim: Simulation,
  { person, account }: Holder,
  readers: readonly Holder[],
  loose: ReadonlySet<Hex>,
): readonly string[] {
  return sim.moments.remarks.flatMap(({ post, id, gone, text }) => {
    if (post.id === undefined || id === undefined || gone === undefined) return [];
    const of = post.id;
    const shows = (one: Person) => one.view("moment", of)?.comments.some((comment) => comment.id === id) === true;
    const isTold =
      isBelieved(sim, gone) &&
      readers.some((one) => one.person === gone.by) &&
      !shows(gone.by) &&
      gone.by.disk.get("SELECT 1 FROM moment_puts LIMIT 1") === undefined;
    const hears = account === gone.account || areFriends(sim, gone.account, account, gone.atMs, loose, "words");
    if (!isTold || !hears || !shows(person)) return [];
    const hasGap = shownOn({ person, account }).gaps.some((gap) => gap.person.account === gone.account);
    return hasGap ? [] : [`${person.device} shows "${text}", which was taken back`];
  });
}
