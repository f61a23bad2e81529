/**
 * What a changed client says too late, too early or without the right to: each receiver passes it over
 * (docs/spec/actions.md AC2, AC4, AC9).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Body } from "@yanshu/content";
import { createMls } from "@yanshu/mls";
import { fromHex, toHex } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto, groupOf, postAsCommit, sayInTheDark } from "../world/turned.ts";

setDefaultTimeout(60_000);

const text = (words: string): Body => ({ kind: "text", text: words });

async function twoOfThem(seed: number) {
  const world = new World({ seed });
  const [ann, mal] = [await world.person("Ann"), await world.person("Mal")];
  const chat = await world.befriend(ann, mal);
  await world.pass(5_000);
  let already = 0;
  /** @param atMs what the message says of when it was said. */
  const say = async (body: Body, atMs: number) => {
    const [id] = await sayInTheDark(world, mal, chat, [body], 1, atMs, already++);
    if (id === undefined) throw new Error("one was said");
    await world.pass(1_000);
    return id;
  };
  /** What Ann reads of Mal's. */
  const reads = () => ann.reads(chat).filter((words) => !words.startsWith("我是"));
  return { world, ann, mal, chat, say, reads };
}

test("[AC2] a recall that a changed client says two minutes after its message erases nothing, by the stamps of both", async () => {
  const { world, ann, chat, say, reads } = await twoOfThem(9601);
  const atMs = world.clock.nowMs();
  const [late, inTime] = [await say(text("I owe you ten"), atMs), await say(text("and five"), atMs)];
  await world.until("both are there", () => reads().length === 2);
  await say({ kind: "recall", id: late }, atMs + 120_001);
  await say({ kind: "recall", id: inTime }, atMs + 120_000);
  await world.until("the one in time counts", () => ann.lines(chat).includes("recalled"));
  expect(reads()).toEqual(["I owe you ten"]);
});

test("[AC2] [AC6] what somebody deleted for themselves does not come back as a line by its author's recall", async () => {
  const { world, ann, mal, chat, say, reads } = await twoOfThem(9602);
  const atMs = world.clock.nowMs();
  const id = await say(text("never mind"), atMs);
  await world.until("it is there", () => reads().length === 1);
  await ann.api.deleteMessages(chat, [{ author: mal.account, id: toHex(id) }]);
  await say({ kind: "recall", id }, atMs + 1_000);
  await say(text("the next"), atMs + 2_000);
  await world.until("what came after it is there", () => reads().includes("the next"));
  expect(ann.lines(chat)).not.toContain("recalled");
});

test("[AC4] an edit counts within fifteen minutes after its text by the stamps of both, and neither before it nor later, whichever comes first", async () => {
  const { world, ann, mal, chat, say, reads } = await twoOfThem(9603);
  const atMs = world.clock.nowMs();
  const id = await say(text("at six"), atMs);
  const edit = (words: string): Body => ({ kind: "edit", id, text: words });
  await say(edit("at five"), atMs - 1);
  await say(edit("at seven"), atMs + 15 * 60_000);
  await say(edit("at eight"), atMs + 15 * 60_000 + 1);
  await say(text("the last"), atMs);
  await world.until("all came", () => reads().includes("the last"));
  const versions = (of: Uint8Array) => ann.view("history", chat, mal.account, toHex(of)).map((one) => one.text);
  expect(versions(id)).toEqual(["at six", "at seven"]);
  expect(reads()).toEqual(["at seven", "the last"]);
  // Edits that come before their text wait for it, and are judged then.
  const early = crypto.random(16);
  for (const [words, ms] of [
    ["before", -1],
    ["within", 1],
    ["too late", 15 * 60_000 + 1],
  ] as const)
    await say({ kind: "edit", id: early, text: words }, atMs + ms);
  await sayInTheDark(world, mal, chat, [text("first")], 1, atMs, 8, [early]);
  await world.until("its text came", () => reads().includes("within"));
  expect(versions(early)).toEqual(["first", "within"]);
});

test("[AC4] only a text is edited: a poll is refused where it was said", async () => {
  const { ann, chat } = await twoOfThem(9604);
  const poll = { question: "where?", options: ["here", "there"], isMultiple: false, isAnonymous: false };
  const id = await ann.api.startPoll(chat, poll);
  await expect(ann.api.edit(chat, id, "when?")).rejects.toMatchObject({ code: "too-late" });
});

test("[AC9] where admins alone edit, a member pins nothing: not on the own device, and not by a changed client", async () => {
  const world = new World({ seed: 9605 });
  const [olga, ann, mal] = [await world.person("Olga"), await world.person("Ann"), await world.person("Mal")];
  const board = await world.group(olga, [ann, mal], "Board");
  const id = await ann.say(board, "on Sunday");
  await world.until("they read it", () => [olga, mal].every((one) => one.reads(board).length === 1));
  const said = { author: fromHex(ann.account), id: fromHex(id), atMs: world.clock.nowMs() };
  const pin = (words: string): Body => ({
    kind: "pins",
    items: [{ ...said, stampMs: world.clock.nowMs(), on: true, of: "text", words, by: fromHex(mal.account) }],
    retold: false,
  });
  await world.pass(5_000);
  const group = await groupOf(olga, board);
  olga.crash();
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const settings = { ...group.state.settings, adminsOnlyEdit: true };
  const prepared = await mls.prepare(group, { state: { ...group.state, settings } }, () => "listed");
  if ("refused" in prepared) throw new Error(prepared.refused);
  await postAsCommit(world, group, prepared.commit, prepared.next);
  await world.pass(5_000);
  expect((await groupOf(ann, board)).state.settings.adminsOnlyEdit).toBe(true);
  await sayInTheDark(world, mal, board, [pin("on Monday"), text("pinned")]);
  await world.until("what came after it is there", () => ann.reads(board).includes("pinned"));
  expect(ann.view("pins", board)).toEqual([]);
  await expect(ann.api.pin(board, { author: ann.account, id }, true)).rejects.toMatchObject({ code: "not-allowed" });
});
