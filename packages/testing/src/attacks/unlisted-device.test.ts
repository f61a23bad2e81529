/**
 * A device that its account's list no longer names speaks with the keys that it kept (docs/spec/groups.md GR53,
 * docs/spec/sync.md SY61): in the groups of before, and where home holds back what would take its leaf out.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Ports } from "@yanshu/client";
import { type Body, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { type Group, ownConversationId } from "@yanshu/mls";
import { fromHex, toHex } from "@yanshu/wire";
import { World } from "../index.ts";
import type { Person } from "../world/person.ts";
import { foundingOf } from "../world/rows.ts";
import { founds, packageBy } from "../world/strangers.ts";
import { commitInTheDark, crypto, groupOf, sayInTheDark } from "../world/turned.ts";
import { keyOn, listAt } from "./accounts.ts";

setDefaultTimeout(120_000);

const text = (said: string): Body => ({ kind: "text", text: said, mentions: [] });
const passedOver = ({ client }: Person) => client.diagnostics()["unlisted-device"] ?? 0;

/** Ann's phone is stolen, with Ann's chats on it; she comes back by the card. */
async function backByCard(seed: number, areOthersLost: boolean) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { words } = await ann.api.recoveryCard();
  await world.pass(120_000);
  const founding = foundingOf(ben, chat) ?? 0;
  ann.crash();
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card: words.join(" "), areOthersLost }));
  await world.until("the chat is founded anew", () => (foundingOf(ben, chat) ?? 0) > founding, 300_000);
  await fresh.say(chat, "it is me");
  await world.until("Ben reads", () => ben.reads(chat).includes("it is me"));
  return { world, ann, ben, fresh, chat };
}

test("[GR53] [GR17.2] [GR17.7] a stolen phone says nothing more in the chats of before, once its owner came back", async () => {
  const { world, ann, ben, chat } = await backByCard(9601, true);
  await sayInTheDark(world, ann, chat, [text("send me money"), { kind: "profile", name: "Anna" }, { kind: "leave" }]);
  await world.until("Ben's device passes it over", () => passedOver(ben) === 3);
  expect(ben.reads(chat)).not.toContain("send me money");
  expect(ben.view("contacts").map(({ name }) => name)).toContain("Ann");
  expect(ben.view("conversation", chat)?.state).toBe("open");
  // It may be from before: Ben is told that something is lost.
  expect(ben.lines(chat)).toContain("lost");
  // The keys that would open what home held back of it go with the address.
  const groups = () => ben.disk.all("SELECT 1 FROM groups WHERE conversation = ?", fromHex(chat)).length;
  expect(groups()).toBe(2);
  await world.until("the former group is gone", () => groups() === 1, 1_200_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR53] words that a listed device said in the group of before are read", async () => {
  const { world, ann, ben, chat } = await backByCard(9602, false);
  await sayInTheDark(world, ann, chat, [text("it was under way")]);
  await world.until("Ben reads it", () => ben.reads(chat).includes("it was under way"));
  expect(passedOver(ben)).toBe(0);
});

/** Ann's tablet is put out. While `isHeldBack` home takes no post of hers or Ben's, so that its leaves stay. */
async function revokedTablet(seed: number) {
  const home = { isHeldBack: false };
  const wrapPorts = (ports: Ports): Ports => ({
    ...ports,
    connect: (server, events, path) => {
      const socket = ports.connect(server, events, path);
      const isPost = (frame: Uint8Array) => frame[0] === 0x10;
      return { ...socket, send: (frame) => (home.isHeldBack && isPost(frame) ? undefined : socket.send(frame)) };
    },
  });
  const world = new World({ seed, wrapPorts });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const board = await world.group(ann, [ben], "Board");
  const tablet = await world.linkDevice(ann);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  await world.until("it is in all", () =>
    [chat, board].every((one) => tablet.view("conversation", one)?.state === "open"),
  );
  await world.pass(60_000);
  const list = await listAt(world, ann.account);
  const revoke = () =>
    world.during(ann.api.revokeDevice(ann.view("devices").find(({ isThis }) => !isThis)?.device ?? ""));
  return { world, home, ann, ben, tablet, chat, board, own, list, revoke };
}

test("[SY61] [GR53] nor does a revoked device speak where home holds back what would take its leaf out", async () => {
  const { world, home, ann, ben, tablet, board, own, revoke } = await revokedTablet(9603);
  home.isHeldBack = true;
  await revoke();
  const stampMs = world.clock.nowMs();
  const items: readonly SyncItem[] = [
    { kind: "profile", name: "Mallory", stampMs },
    { kind: "erased", stampMs },
  ];
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: items.map(encodeSyncItem), complete: false }]);
  await world.until("Ann's phone passes it over", () => passedOver(ann) === 1);
  await sayInTheDark(world, tablet, board, [{ kind: "leave" }]);
  await world.until("nor has Ann left", () => passedOver(ann) === 2);
  expect(ann.view("status")).toMatchObject({ phase: "ready", me: { name: "Ann" } });
  expect(ann.view("conversation", board)?.state).toBe("open");
  home.isHeldBack = false;
  await world.until("the tablet is out", () => tablet.view("status").phase === "signed-out");
  await ann.say(board, "we go on");
  await world.until("Ben reads", () => ben.reads(board).includes("we go on"), 300_000);
});

test("[GR53] what a revoked device founds is taken by nobody: own devices, a chat of two, a group that it led", async () => {
  const { world, ann, ben, tablet, chat, board, own, list, revoke } = await revokedTablet(9604);
  await revoke();
  await world.pass(120_000);
  const deviceKey = await keyOn(tablet);
  const [account, device] = [fromHex(ann.account), fromHex(tablet.view("status").me?.device ?? "")];
  const history = { inception: list.inception, entries: list.entries.map(({ bytes }) => bytes) };
  for (const [to, conversation] of [
    [ann, own],
    [ben, chat],
    [ben, board],
  ] as const) {
    const { state } = await groupOf(to, conversation);
    const drawn = to.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 0");
    if (drawn === undefined) throw new Error("no package");
    const before = to.client.diagnostics()["welcome-by-unlisted"] ?? 0;
    const by = { deviceKey, history, own: await packageBy(account, device, deviceKey, world.clock.nowMs()) };
    await founds(world, by, drawn.bytes, { ...state, founding: state.founding + 1, gate: crypto.random(32) });
    await world.until("it is refused", () => (to.client.diagnostics()["welcome-by-unlisted"] ?? 0) > before);
    expect(foundingOf(to, conversation)).toBe(state.founding);
  }
  await ann.say(chat, "still me");
  await world.until("Ben reads", () => ben.reads(chat).includes("still me"));
});

test("[SY61] what a person noted and decided on the phone before it was replaced reaches the tablet that was off", async () => {
  const { world, ann, ben, tablet, own } = await revokedTablet(9607);
  await world.during(ann.api.openOwn());
  await world.pass(5_000);
  tablet.crash();
  await ann.say(own, "buy flour");
  await ann.api.setRemark(ben.account, "Benny");
  await world.pass(30_000);
  const next = await world.linkDevice(ann);
  await world.pass(60_000);
  await world.during(next.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await tablet.switchOn();
  await world.until("the note is there", () => tablet.reads(own).includes("buy flour"), 120_000);
  await world.until("and the remark", () => tablet.view("contacts").some(({ name }) => name === "Benny"), 120_000);
});

test("[SY62] what a device said for ever is outdone by the next word of its owner", async () => {
  const { world, ann, ben, tablet, own } = await revokedTablet(9605);
  const stampMs = Number.MAX_SAFE_INTEGER;
  const items: readonly SyncItem[] = [{ kind: "profile", name: "Mallory", stampMs }];
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: items.map(encodeSyncItem), complete: false }]);
  await world.until("Ann's phone takes it", () => ann.view("status").me?.name === "Mallory");
  await ann.api.setProfile({ name: "Ann again" });
  await world.until("Ben hears", () => ben.view("contacts").some(({ ownName }) => ownName === "Ann again"));
});

test("[KP2] a device that has not heard that another was put out asks home before it wipes itself at its word", async () => {
  const { world, home, ann, tablet, own, revoke } = await revokedTablet(9608);
  const laptop = await world.linkDevice(ann);
  await world.pass(60_000);
  home.isHeldBack = true;
  await revoke();
  const items = [encodeSyncItem({ kind: "erased", stampMs: world.clock.nowMs() })];
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items, complete: false }]);
  await world.until("the laptop asked", () => laptop.client.diagnostics()["erased-by-unlisted"] === 1);
  expect(laptop.view("status")).toMatchObject({ phase: "ready", me: { name: "Ann" } });
});

const leavesBut = ({ members, ownLeaf }: Group, isKept: (account: string) => boolean) =>
  members.filter(({ leaf, account }) => leaf !== ownLeaf && !isKept(toHex(account))).map(({ leaf }) => leaf);
const notBelieved = ({ client }: Person) => client.diagnostics()["commit-of-unlisted"] ?? 0;

test("[GR49] a revoked device takes its account's other devices out of no chat", async () => {
  const { world, home, ann, ben, tablet, chat, revoke } = await revokedTablet(9612);
  const choir = await world.group(ben, [ann], "Choir");
  await world.until("the tablet is in", () => tablet.view("conversation", choir)?.state === "open", 300_000);
  await world.pass(60_000);
  home.isHeldBack = true;
  await revoke();
  for (const one of [chat, choir])
    await commitInTheDark(world, tablet, one, (group) => ({ removes: leavesBut(group, (a) => a !== ann.account) }));
  await world.until("Ann's phone does not believe it", () => notBelieved(ann) === 2);
  home.isHeldBack = false;
  for (const one of [chat, choir]) {
    await ann.say(one, "still here");
    await world.until("Ben reads", () => ben.reads(one).includes("still here"), 600_000);
    expect(ann.lines(one)).not.toContain("you-were-removed");
  }
  expect(world.bugs()).toEqual([]);
});

test("[GR49] what a phone did in a group before it was replaced stays, also on a tablet that was off", async () => {
  const { world, ann, ben, tablet, board } = await revokedTablet(9613);
  tablet.crash();
  await ann.api.renameGroup(board, "Committee");
  await world.until("Ben sees it", () => ben.view("conversation", board)?.title === "Committee");
  const next = await world.linkDevice(ann);
  await world.until("it is in", () => next.view("conversation", board)?.state === "open", 300_000);
  await world.during(next.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await tablet.switchOn();
  await tablet.say(board, "back");
  await world.until("Ben reads", () => ben.reads(board).includes("back"), 300_000);
  expect(tablet.view("conversation", board)?.title).toBe("Committee");
  expect(foundingOf(ben, board)).toBe(1);
});
