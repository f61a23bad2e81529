/**
 * Who was sent away does not count as strayed for a member whom they showed another device list first
 * (docs/spec/groups.md GR60).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Group } from "@yanshu/mls";
import { spoiltPath } from "@yanshu/mls/testing";
import { readStoredList } from "@yanshu/store";
import { fromHex, historyOf, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { dropPush, isPushOf } from "../world/drops.ts";
import { jobsOf } from "../world/rows.ts";
import { chatWith, groupOf, postAsCommit } from "../world/turned.ts";
import { crypto, entryBy, keyOn, listAt } from "./accounts.ts";

setDefaultTimeout(60_000);

const strayed = ({ disk }: Person) => disk.get<{ n: number }>("SELECT count(*) AS n FROM strayed")?.n;
const freshPath = (group: Group) => spoiltPath(crypto, group, () => false);

/** Mal says in the chat with `to`, and there alone, that he has another device in the place of the one that he has. */
async function showsAnother(world: World, mal: Person, to: Person): Promise<void> {
  const [list, key] = [await listAt(world, mal.account), await keyOn(mal)];
  const { publicKey } = await crypto.signatureKeyPair(crypto.random(32));
  const history = historyOf(list);
  const entries = [...history.entries, await entryBy(list, key, [publicKey])];
  const chat = await groupOf(mal, toHex(chatWith(mal, to.account)));
  const { commit, next } = await freshPath(chat);
  await postAsCommit(world, chat, commit, next, [{ ...history, entries }]);
}

test("[GR60] [GR40.1] [GR31.2] who is sent away has not strayed for a member who heard first that their device was dropped", async () => {
  const world = new World({ seed: 9931 });
  const [ann, dan, mal] = [await world.person("Ann"), await world.person("Dan"), await world.person("Mal")];
  await world.befriend(dan, mal);
  const board = await world.group(ann, [dan, mal], "Board");
  await world.pass(5_000);
  // Dan gets Ann's removal behind what Mal says to him alone: two gates promise no order between them.
  let held: Uint8Array | undefined;
  world.network.meddle(dan.device, (frame) => {
    if (!isPushOf(frame, "commit")) return [frame];
    if (held === undefined) {
      held = frame;
      return [];
    }
    return [frame, held];
  });
  await ann.api.removeMember(board, mal.account);
  await world.until("Mal is out", () => mal.view("conversation", board)?.state === "removed");
  await world.until("Dan has not got it", () => held !== undefined);
  await showsAnother(world, mal, dan);
  await world.until("Dan knows it", () => dan.view("conversation", board)?.members.length === 2);
  expect(strayed(dan)).toBe(0);
  expect(dan.lines(board)).toContain("removed");
  expect(world.bugs()).toEqual([]);
});

test("[GR60] [GR5.8] who is sent away by one to whom they showed another device first has strayed for nobody", async () => {
  const world = new World({ seed: 9932 });
  const [ann, dan, mal] = [await world.person("Ann"), await world.person("Dan"), await world.person("Mal")];
  const board = await world.group(ann, [dan, mal], "Board");
  await world.pass(5_000);
  const heard = () => readStoredList(ann.disk, fromHex(mal.account))?.current.length ?? 0;
  const before = heard();
  await showsAnother(world, mal, ann);
  await world.until("Ann has heard it", () => heard() > before);
  await ann.api.removeMember(board, mal.account);
  await world.until("Ann sent him away", () => ann.lines(board).includes("removed"));
  await world.until("Dan knows it", () => dan.lines(board).includes("removed"));
  expect([strayed(ann), strayed(dan)]).toEqual([0, 0]);
  expect(ann.view("conversation", board)?.members).toHaveLength(2);
  expect(jobsOf(ann, board)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR60] [GR5.8] an admin's removal does not carry the list of who is sent away", async () => {
  const world = new World({ seed: 9933 });
  const [ann, dan, mal] = [await world.person("Ann"), await world.person("Dan"), await world.person("Mal")];
  const board = await world.group(ann, [dan, mal], "Board");
  await world.pass(5_000);
  const heard = () => readStoredList(ann.disk, fromHex(mal.account))?.current.length ?? 0;
  const before = heard();
  // Her commit does not come back to her for a while, and until then she makes no other: the next one does both.
  const dropped = dropPush(world, ann.device, "commit");
  await ann.api.renameGroup(board, "Renamed");
  await world.until("it is on its way", () => dan.view("conversation", board)?.title === "Renamed" && dropped() === 1);
  await showsAnother(world, mal, ann);
  await world.until("Ann has heard it", () => heard() > before);
  await ann.api.removeMember(board, mal.account);
  expect(ann.view("conversation", board)?.members).toHaveLength(3);
  await world.until("Dan knows it", () => dan.view("conversation", board)?.members.length === 2, 120_000);
  expect(dan.lines(board)).toContain("removed");
  expect(strayed(dan)).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[WE330] [GR60] all see who strayed, and a leader sends them away, so that they are let in no more", async () => {
  const world = new World({ seed: 9934 });
  const [ann, dan, mal] = [await world.person("Ann"), await world.person("Dan"), await world.person("Mal")];
  const board = await world.group(ann, [dan, mal], "Board");
  await world.pass(5_000);
  const away = (one: Person) => one.view("conversation", board)?.strays.map(({ account }) => account);
  expect([away(ann), away(dan)]).toEqual([[], []]);
  const heard = () => readStoredList(ann.disk, fromHex(mal.account))?.current.length ?? 0;
  const before = heard();
  await showsAnother(world, mal, ann);
  await world.until("Ann has heard it", () => heard() > before);
  await ann.say(board, "to those who are here");
  await world.until("he has strayed for both", () => [ann, dan].every((one) => away(one)?.[0] === mal.account));
  expect(ann.view("conversation", board)?.members).toHaveLength(2);
  await ann.api.removeMember(board, mal.account);
  await world.until("nobody waits for him", () => [ann, dan].every((one) => away(one)?.length === 0), 120_000);
  expect([strayed(ann), strayed(dan)]).toEqual([0, 0]);
  expect(world.bugs()).toEqual([]);
});
