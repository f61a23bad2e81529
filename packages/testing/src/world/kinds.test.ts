/**
 * A kind of conversation that no version has yet: a feed, which one person leads and others read. Where it is one line
 * of the list it is a chat like any other; a device of an older version shows that it is newer, and loses nothing of
 * the rest.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures, clientKinds, conversationKind, type Hex } from "@yanshu/client";
import { conversationRules, idOfKind, kindTable } from "@yanshu/mls";
import { newerWelcomeLimits } from "@yanshu/store";
import { fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { founds, type Stranger, stranger, withGhost } from "./strangers.ts";

setDefaultTimeout(60_000);

const idByte = 9;

/** The one file. */
const feed = conversationKind({
  rules: conversationRules({
    name: "feed",
    idByte,
    newId: (random) => idOfKind(idByte, random(32)),
    isLed: true,
    isJoined: false,
    fits: (_, conversation) => conversation[0] === idByte,
    admits: ({ leads, isDissolved }) => leads && !isDissolved,
  }),
  hasPeer: false,
  hasOthers: true,
  membersChange: true,
  isFoundedOnce: true,
  isFoundedAnew: false,
  believesOwnDevices: false,
  believesPersonalWords: false,
  opens: "by-members",
  requestKept: { items: 20, bytes: 65_536 },
  isRecorded: false,
  isListed: "always",
  namesAuthors: false,
  hasNicknames: false,
  hasAnnouncements: false,
  hasCalls: false,
  hasGroupCalls: false,
});

/** What opens it on a device. */
const feeds: ClientFeature = {
  api: ({ found }) => ({ startFeed: async (title: string, readers: readonly Hex[]) => found("feed", title, readers) }),
};
const laterKinds = [...clientKinds, feed];
type FeedsApi = { readonly startFeed: (title: string, readers: readonly Hex[]) => Promise<Hex> };
const startFeed = (by: Person, readers: readonly Hex[]) =>
  (by.api as unknown as FeedsApi).startFeed("Ann's days", readers);

/** A world in which some devices are of a version before feeds. */
function ofTwoVersions(seed: number) {
  const older = new Set<string>();
  const world = new World({
    seed,
    featuresOf: () => [...clientFeatures, feeds],
    // The one line.
    kindsOf: ({ device }) => (older.has(device) ? clientKinds : laterKinds),
  });
  const becomes = async (person: Person, version: "older" | "newer") => {
    person.crash();
    if (version === "older") older.add(person.device);
    else older.delete(person.device);
    await person.switchOn();
  };
  return { world, becomes };
}

/** Invitations that came and were too new. */
const tooNewOf = (person: Person) => person.client.diagnostics()["welcome-too-new"] ?? 0;
const rowOf = (person: Person, chat: Hex) => person.view("chats").find(({ conversation }) => conversation === chat);

test("[RO16] a new kind of conversation is one file and one line: it is founded, listed and opened, and its members speak", async () => {
  const { world } = ofTwoVersions(930);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const chat = await startFeed(ann, [ben.account]);
  await world.until("it stands in Ben's list", () => rowOf(ben, chat)?.state === "open");
  expect(rowOf(ben, chat)).toMatchObject({ kind: "feed", title: "Ann's days" });
  await ann.say(chat, "snow");
  await world.until("Ben reads it", () => ben.reads(chat).includes("snow"));
  await ben.say(chat, "here too");
  await world.until("Ann reads it", () => ann.reads(chat).includes("here too"));
  expect(rowOf(ben, chat)?.preview).toMatchObject({ kind: "text", text: "here too" });
  expect(
    ben
      .view("conversation", chat)
      ?.members.map(({ role }) => role)
      .sort(),
  ).toEqual(["member", "owner"]);
  expect(world.bugs()).toEqual([]);
});

test("[RO16] [GR46] a version that does not know the kind shows the chat as newer, writes nothing there, and goes on with it after an update", async () => {
  const { world, becomes } = ofTwoVersions(931);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const direct = await world.befriend(ann, ben);
  const chat = await startFeed(ann, [ben.account]);
  await ann.say(chat, "snow");
  await world.until("Ben reads it", () => ben.reads(chat).includes("snow"));

  await becomes(ben, "older");
  expect(rowOf(ben, chat)).toMatchObject({ title: "Ann's days", state: "newer-version" });
  expect(ben.reads(chat)).toContain("snow");
  expect(ben.view("conversation", chat)?.may.write).toBe(false);
  await expect(ben.api.sendText(chat, "hm")).rejects.toMatchObject({ code: "not-allowed" });
  await ann.say(chat, "more snow");
  await ann.say(direct, "dinner?");
  await world.until("the rest goes on", () => ben.reads(direct).includes("dinner?"));
  await ben.say(direct, "yes");
  await world.until("both ways", () => ann.reads(direct).includes("yes"));

  await becomes(ben, "newer");
  expect(rowOf(ben, chat)?.state).toBe("open");
  await ann.say(chat, "sun");
  await world.until("Ben reads on, and what was said meanwhile", () =>
    ["more snow", "sun"].every((text) => ben.reads(chat).includes(text)),
  );
  await ben.say(chat, "at last");
  await world.until("Ann reads it", () => ann.reads(chat).includes("at last"));
  expect(world.bugs()).toEqual([]);
});

test("[GR46] an invitation to a kind that a device does not know waits for an update, and the rest goes on meanwhile", async () => {
  const { world, becomes } = ofTwoVersions(932);
  const [ann, ben, cem] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cem")];
  await world.befriend(ann, ben);
  const direct = await world.befriend(ann, cem);
  await becomes(cem, "older");
  const chat = await startFeed(ann, [ben.account, cem.account]);
  await world.until("Ben is in it", () => rowOf(ben, chat)?.state === "open");
  await world.until("it came to Cem", () => tooNewOf(cem) > 0);
  expect(rowOf(cem, chat)).toBeUndefined();
  await ann.say(direct, "dinner?");
  await world.until("the rest goes on", () => cem.reads(direct).includes("dinner?"));
  await becomes(cem, "older");
  expect(rowOf(cem, chat)).toBeUndefined();
  await becomes(cem, "newer");
  expect(rowOf(cem, chat)).toMatchObject({ kind: "feed", state: "open", title: "Ann's days" });
  await ann.say(chat, "snow");
  await world.until("Cem reads it", () => cem.reads(chat).includes("snow"));
  await cem.say(chat, "here too");
  await world.until("Ann reads it", () => ann.reads(chat).includes("here too"));
  expect(
    cem.disk.all("SELECT 1 FROM waiting UNION ALL SELECT 1 FROM welcome_notes UNION ALL SELECT 1 FROM newer_welcomes"),
  ).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

/** An invitation to a feed, by somebody whom nobody knows. */
async function invitesToFeed(world: World, by: Stranger, person: Person): Promise<void> {
  const last = person.disk.get<{ bytes: Uint8Array }>("SELECT bytes FROM key_packages WHERE last_resort = 1");
  const state = {
    policyVersion: 1 as const,
    conversation: idOfKind(idByte, world.chance.bytes(32)),
    kind: "feed" as const,
    founding: 1,
    gate: world.chance.bytes(32),
    gateServer: "yan.test",
    name: "A stranger's days",
    roles: [{ account: by.account, role: "owner" as const }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
  const founder = { ...by, own: await by.keyPackage(world.clock.nowMs()) };
  await founds(
    world,
    founder,
    last?.bytes ?? new Uint8Array(),
    state,
    [],
    kindTable(laterKinds.map(({ rules }) => rules)),
  );
}

test("[GR47] invitations of strangers that are too new take no room of the halves, nor of a contact's invitation", async () => {
  const { world, becomes } = ofTwoVersions(933);
  const [ann, cem] = [await world.person("Ann"), await world.person("Cem")];
  await world.befriend(ann, cem);
  await becomes(cem, "older");
  const count = (table: string, where = "1") =>
    cem.disk.get<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${where}`)?.n ?? 0;
  const came = () => tooNewOf(cem);

  const chat = await startFeed(ann, [cem.account]);
  await world.until("Ann's came", () => came() === 1);
  const eager = await stranger();
  const { each, all } = newerWelcomeLimits.other;
  for (let i = 0; i < each.rows + 3; i++) await invitesToFeed(world, eager, cem);
  await world.until("those of one came", () => came() === each.rows + 4);
  expect(count("newer_welcomes")).toBe(each.rows + 1);
  for (let i = 0; i < all.rows + 2; i++) await invitesToFeed(world, await stranger(), cem);
  await world.until("those of many came", () => came() === each.rows + all.rows + 6);
  expect(count("newer_welcomes", "circle = 2")).toBe(all.rows);
  // Of the eager one at most one stays: among several the one who has most gives way.
  expect(
    cem.disk.get<{ n: number }>("SELECT count(*) AS n FROM newer_welcomes WHERE inviter = ?", eager.account)?.n,
  ).toBeLessThanOrEqual(1);
  expect([count("waiting"), count("welcome_notes")]).toEqual([0, 0]);
  expect(cem.client.diagnostics()["newer-welcome-dropped"]).toBe(each.rows + 5);

  await becomes(cem, "newer");
  expect(rowOf(cem, chat)).toMatchObject({ kind: "feed", state: "open", title: "Ann's days" });
  expect(cem.view("requests").length).toBeLessThanOrEqual(all.rows);
  expect(count("newer_welcomes")).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[GR47] an invitation that is too new, by a device that its account never listed, is not kept", async () => {
  const { world, becomes } = ofTwoVersions(934);
  const [ann, cem] = [await world.person("Ann"), await world.person("Cem")];
  await world.befriend(ann, cem);
  await becomes(cem, "older");
  // As who runs the server would: in Ann's name, who is a contact.
  const history = (await stranger()).history;
  await invitesToFeed(world, await withGhost({ ...(await stranger()), account: fromHex(ann.account), history }), cem);
  await world.until("it came", () => (cem.client.diagnostics()["welcome-refused"] ?? 0) > 0);
  expect(cem.disk.all("SELECT 1 FROM newer_welcomes UNION ALL SELECT 1 FROM waiting")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR47] an invitation that was too new is taken after an update, though the device that signed it was put out since", async () => {
  const { world, becomes } = ofTwoVersions(936);
  const [ann, cem] = [await world.person("Ann"), await world.person("Cem")];
  await world.befriend(ann, cem);
  const tablet = await world.linkDevice(ann);
  await world.pass(60_000);
  await becomes(cem, "older");
  const chat = await startFeed(tablet, [cem.account]);
  await world.until("it came", () => tooNewOf(cem) === 1);
  await world.until("Ann's phone has it", () => rowOf(ann, chat)?.state === "open");
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  ann.crash();
  await becomes(cem, "newer");
  await world.until("Cem is in, with nobody there to ask", () => rowOf(cem, chat)?.state === "open", 120_000);
  expect(cem.client.diagnostics()["welcome-by-unlisted"]).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[GR46] [GR47] an invitation that waited for thirty days in vain goes, with the key package that it was made for", async () => {
  const { world, becomes } = ofTwoVersions(935);
  const [ann, cem] = [await world.person("Ann"), await world.person("Cem")];
  await world.befriend(ann, cem);
  await becomes(cem, "older");
  await startFeed(ann, [cem.account]);
  await world.until("it came", () => tooNewOf(cem) === 1);
  const [kept] = cem.disk.all<{ address: Uint8Array }>("SELECT address FROM newer_welcomes");
  const packages = () =>
    cem.disk.get<{ n: number }>(
      "SELECT count(*) AS n FROM key_packages WHERE address = ?",
      kept?.address ?? new Uint8Array(),
    )?.n;
  expect(packages()).toBe(1);
  cem.disk.run("UPDATE newer_welcomes SET received_ms = received_ms - 31 * 86400000");
  await becomes(cem, "older");
  expect([cem.disk.all("SELECT 1 FROM newer_welcomes").length, packages()]).toEqual([0, 0]);
  expect(world.bugs()).toEqual([]);
});
