import { expect, setDefaultTimeout, test } from "bun:test";
import { type BlobRef, encodeMomentArchive, encodeMomentBody } from "@yanshu/content";
import { createMediaCipher } from "@yanshu/mls/bun";
import { readMeta } from "@yanshu/store";
import { type AccountId, type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import { decode, encode } from "cborg";
import { type Person, World } from "../index.ts";
import { all, looked, nobodyLooks, picture, range, texts, words } from "./moments.ts";
import { worldOfTwo } from "./second-home.ts";

// Weeks pass in most of them.
setDefaultTimeout(300_000);

const dayMs = 86_400_000;

/** Days in which nobody's device is on; then all are for so long that what is due is made, stored, and held. */
async function daysPass(world: World, days: number): Promise<void> {
  await nobodyLooks(world, days * dayMs);
  await world.pass(3 * 3_600_000);
}

/** A week is over: what it held goes into the archive, at a look; `last` look an hour later. */
async function weekPasses(world: World, person: Person, last: readonly Person[] = [person]): Promise<void> {
  await daysPass(world, 8);
  await looked(world, person);
  await world.pass(3_700_000);
  await looked(world, ...last);
}

/** By the words of a card, all other devices being lost. */
async function comesBack(world: World, phone: Person, card: readonly string[]): Promise<void> {
  await world.during(phone.api.restoreAccount({ card: card.join(" "), areOthersLost: true }));
  await world.pass(120_000);
}

test("[MO15] who comes back by the card has own posts with their audience, friends' posts, and goes on with both", async () => {
  const world = new World({ seed: 940, files: true });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  await world.befriend(ann, ben);
  await world.befriend(ann, cleo);
  await world.befriend(ben, cleo);
  const { words: card } = await ann.api.recoveryCard();
  const forAll = await ann.api.postMoment(words("给大家"));
  const forBen = await ann.api.postMoment(words("只给 Ben", { who: "only", people: [ben.account] }));
  await ann.api.postMoment(words("只有我", { who: "me" }));
  await ann.api.setMomentsCover({ signature: "平常心" });
  await ben.api.postMoment(words("Ben 的"));
  await looked(world, ann, ben, cleo);
  await ben.api.commentMoment(forAll, "看到了");
  await ann.api.commentMoment(forAll, "谢谢");
  await ann.api.setMomentsWindow(180);
  await ann.api.setMomentsWith(cleo.account, { hidesTheirs: true });
  await looked(world, ben, ann, cleo);
  // The record names posts of weeks that are over.
  await daysPass(world, 8);
  await ann.api.postMoment(words("这星期"));
  await looked(world, ann, ben);
  await world.pass(60_000);
  ann.crash();

  const phone = await world.device("Ann");
  await comesBack(world, phone, card);
  await looked(world, phone, ben, cleo, phone);
  expect(texts(phone).toSorted()).toEqual(["Ben 的", "只有我", "只给 Ben", "这星期", "给大家"].toSorted());
  const mine = (id: string) => phone.view("moment", id)?.mine?.audience;
  expect(mine(forAll)).toEqual(all);
  expect(mine(forBen)?.who).toBe("only");
  expect(phone.view("momentsOf", phone.account, range)?.signature).toBe("平常心");
  expect(phone.view("momentsSettings").window).toBe(180);
  expect(phone.view("momentsWith", cleo.account).hidesTheirs).toBe(true);
  expect(phone.view("moment", forAll)?.comments.map(({ text }) => text)).toContain("谢谢");

  // What was told before is let go by the new phone, from home and from friends' phones.
  await phone.api.deleteMoment(forBen);
  await phone.api.postMoment(words("换手机了"));
  await ben.api.postMoment(words("Ben 又一条"));
  await looked(world, phone, ben, cleo, phone);
  expect(texts(ben)).toContain("换手机了");
  expect(texts(ben)).not.toContain("只给 Ben");
  expect(texts(phone)).toContain("Ben 又一条");
  // What the lost phone signed is signed anew: who reads it from now on believes it.
  const dan = await world.person("Dan");
  await world.befriend(dan, phone);
  await looked(world, phone, dan);
  expect(texts(dan)).toEqual(["换手机了", "给大家"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO9][MO14] what a device said that was dropped is believed by who reads it later, and not what it says then", async () => {
  const world = new World({ seed: 941, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await tablet.api.postMoment(words("平板说的"));
  await ann.api.postMoment(words("手机说的"));
  await looked(world, ann, tablet, ben);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(5_000);
  await looked(world, ann, ben);
  const cleo = await world.person("Cleo");
  await world.befriend(cleo, ann);
  await looked(world, ann, cleo);
  expect(texts(cleo).toSorted()).toEqual(["平板说的", "手机说的"].toSorted());
  expect(cleo.disk.all("SELECT * FROM diagnostics WHERE what = 'moments-false-body'")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[VA40][VA41] who comes back by the card has friends' posts and words though no friend is there, and nothing that went since", async () => {
  const world = new World({ seed: 942, files: true });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  for (const other of [ben, cleo]) await world.befriend(ann, other);
  await world.befriend(ben, cleo);
  const { words: card } = await ann.api.recoveryCard();
  const [kept, gone] = [await ann.api.postMoment(words("留着")), await ann.api.postMoment(words("后来删了"))];
  await ann.api.postMoment(words("给 Ben", { who: "only", people: [ben.account] }));
  const bens = await world.during(ben.api.postMoment({ ...words("Ben 的"), pictures: [picture()] }));
  const takenBack = await ben.api.postMoment(words("Ben 收回的"));
  await looked(world, ann, ben, cleo);
  const answered = await ben.api.commentMoment(kept, "好");
  await cleo.api.likeMoment(kept);
  await cleo.api.commentMoment(bens, "看");
  const unsaid = await cleo.api.commentMoment(kept, "说错了");
  const hidden = await ben.api.commentMoment(kept, "藏起来的");
  await looked(world, ben, cleo, ann);
  await ann.api.commentMoment(kept, "谢谢", answered);
  await looked(world, ann, ben);
  await weekPasses(world, ann, [ann, ann]);
  const files = () =>
    ann.disk.all<{ v: Uint8Array }>("SELECT value AS v FROM meta WHERE key = 'moment-archive'").length;
  expect(files()).toBe(1);
  // What goes afterwards is in the archive still, and does not come back from it.
  await ann.api.deleteMoment(gone);
  await ben.api.deleteMoment(takenBack);
  await cleo.api.deleteMomentComment(unsaid);
  await looked(world, ann, ben, cleo);
  await world.pass(700_000);
  // A friend's device that is away does not clear the hole of what was hidden.
  ben.crash();
  await ann.api.hideMomentComment(hidden);
  await looked(world, ann);
  await world.pass(700_000);
  for (const one of [ann, cleo]) one.crash();

  const phone = await world.device("Ann");
  await comesBack(world, phone, card);
  await looked(world, phone);
  expect(texts(phone).toSorted()).toEqual(["Ben 的", "留着", "给 Ben"].toSorted());
  const shown = phone.view("moment", kept);
  expect(shown?.comments.map(({ by, text }) => [by.name, text])).toEqual([
    ["Ben", "好"],
    ["Ann", "谢谢"],
  ]);
  expect(shown?.comments[1]?.answers?.to?.name).toBe("Ben");
  expect(shown?.likes.map(({ name }) => name)).toEqual(["Cleo"]);
  expect(phone.view("moment", bens)?.comments.map(({ text }) => text)).toEqual(["看"]);
  const handle = phone.view("moment", bens)?.pictures[0]?.file.handle ?? "";
  expect((await world.during(phone.api.readFile(handle, 0, 3_000))).length).toBe(3_000);
  expect(phone.bugs).toEqual([]);
});

test("[VA42] the archive is one file at home, made anew each week, gone with the vault; another own device has it", async () => {
  const world = new World({ seed: 943, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const files = () => new Set(world.blobs?.files.keys());
  const week = async () => {
    await daysPass(world, 7);
    for (let round = 0; round < 2; round++) {
      await looked(world, ann, tablet);
      await world.pass(3_700_000);
    }
    return files();
  };
  await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben);
  expect(files().size).toBe(0);
  ben.crash(); // He would make one of his own.
  const first = await week();
  expect(first.size).toBe(1);
  const second = await week();
  expect([second.size, [...second].some((name) => first.has(name))]).toEqual([1, false]);
  const held = (one: typeof ann) => one.disk.get("SELECT value FROM meta WHERE key = 'moment-archive'");
  expect(held(tablet)).toBeDefined();
  await tablet.api.setVault(false);
  expect((await week()).size).toBe(0);
  expect([held(ann), held(tablet)]).toEqual([undefined, undefined]);
  expect(world.bugs()).toEqual([]);
});

test("[VA40][ST42] a browser that lost its files has posts and words again, its window and whom it hides from, and goes on", async () => {
  const kept = new Map<string, Uint8Array>();
  const world = new World({
    seed: 944,
    files: true,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      deviceBackup: {
        read: async () => kept.get(device),
        write: async (bytes) => void kept.set(device, Uint8Array.from(bytes)),
        clear: async () => void kept.delete(device),
      },
    }),
  });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  for (const other of [ben, cleo]) await world.befriend(ann, other);
  const post = await ann.api.postMoment(words("留着"));
  const bens = await ben.api.postMoment(words("Ben 的"));
  await ann.api.setMomentsCover({ signature: "平常心" });
  await ann.api.pinMoment(post, true);
  await ann.api.setMomentsWindow(180);
  await ann.api.setMomentsWith(cleo.account, { hidesMine: true });
  await looked(world, ann, ben, cleo);
  await ben.api.commentMoment(post, "好");
  await ann.api.commentMoment(bens, "看到了");
  await looked(world, ben, ann, ben);
  await weekPasses(world, ann);
  ben.crash();
  ann.loseDisk();
  await ann.switchOn();
  await world.until("it is whole again", () => !ann.view("status").isMending, 300_000);
  await looked(world, ann, ann);
  expect(texts(ann).toSorted()).toEqual(["Ben 的", "留着"].toSorted());
  expect(ann.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["好"]);
  expect(ann.view("moment", bens)?.comments.map(({ text }) => text)).toEqual(["看到了"]);
  const page = ann.view("momentsOf", ann.account, range);
  expect([page?.signature, page?.pinned.map(({ text }) => text)]).toEqual(["平常心", ["留着"]]);
  expect(ann.view("momentsSettings").window).toBe(180);
  expect(ann.view("momentsWith", cleo.account).hidesMine).toBe(true);
  await ben.switchOn();
  await ann.api.postMoment(words("又一条"));
  await world.pass(120_000);
  await looked(world, ann, ben, cleo, ben);
  expect(texts(ben)).toContain("又一条");
  expect(texts(cleo)).not.toContain("又一条");
  await ben.api.commentMoment(post, "还在");
  await looked(world, ben, ann);
  expect(ann.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["好", "还在"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO105][MO107] a browser that lost its files before any archive was made has own posts at once, and each friend’s, with what was said, once that friend is there", async () => {
  const kept = new Map<string, Uint8Array>();
  const world = new World({
    seed: 946,
    files: true,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      deviceBackup: {
        read: async () => kept.get(device),
        write: async (bytes) => void kept.set(device, Uint8Array.from(bytes)),
        clear: async () => void kept.delete(device),
      },
    }),
  });
  const [ben, cleo] = [await world.person("Ben"), await world.person("Cleo")];
  await world.befriend(ben, cleo);
  const first = await ben.api.postMoment(words("零"));
  await ben.api.commentMoment(first, "早"); // Before Ann was a friend: it is not for her, now or later.
  await looked(world, ben, cleo);
  const ann = await world.person("Ann");
  await world.befriend(ann, ben);
  const post = await ann.api.postMoment(words("留着"));
  const bens = await ben.api.postMoment(words("Ben 的"));
  await looked(world, ann, ben);
  await ben.api.commentMoment(post, "好");
  await ann.api.commentMoment(bens, "看到了");
  await looked(world, ben, ann, ben);
  // Ben lets somebody go: his log is another from then on, and what he had said stands in the one of before.
  await ben.api.setMomentsWith(cleo.account, { chatsOnly: true });
  await ben.api.commentMoment(post, "再好");
  await looked(world, ben, ann, ben);
  const said = () => [post, bens, first].map((id) => ann.view("moment", id)?.comments.map(({ text }) => text));
  const before = said();
  expect(before).toEqual([["好", "再好"], ["看到了"], []]);
  ben.crash();
  await world.pass(60_000); // What happened stands in the device backup.
  expect(ann.disk.all("SELECT 1 FROM meta WHERE key = 'moment-archive'")).toEqual([]);
  ann.loseDisk();
  await ann.switchOn();
  await world.until("it is whole again", () => !ann.view("status").isMending, 300_000);
  await looked(world, ann, ann);
  expect(texts(ann)).toEqual(["留着"]);
  await ben.switchOn();
  await world.pass(120_000); // Ann asks, and Ben tells her again.
  await looked(world, ben, ann, ann);
  expect(texts(ann).toSorted()).toEqual(["Ben 的", "留着", "零"].toSorted());
  expect(said()).toEqual(before);
  await ben.api.postMoment(words("又一条"));
  await ben.api.commentMoment(post, "又来了");
  await looked(world, ben, ann);
  expect(texts(ann)).toContain("又一条");
  expect(said()[0]).toEqual(["好", "再好", "又来了"]);
  expect([ann.view("momentsFeed", range).gaps, world.bugs()]).toEqual([[], []]);
});

type Archived = Parameters<typeof encodeMomentArchive>[0];
/** Where the archive lies, as this device knows it. */
const archiveAt = ({ disk }: Person) =>
  decode(readMeta(disk, "moment-archive") as Bytes) as { readonly blob: BlobRef; readonly stampMs: number };

/** As a device that knew the key, with home: other bytes of the same length in the place of the archive. */
async function swapArchive(world: World, blob: BlobRef, made: (text: string) => Archived): Promise<void> {
  let bytes = encodeMomentArchive(made(""));
  for (let length = blob.bytes - bytes.length; bytes.length !== blob.bytes; length += blob.bytes - bytes.length)
    bytes = encodeMomentArchive(made("x".repeat(length)));
  const files = world.blobs?.files as Map<string, Bytes>;
  const plain = new Uint8Array((files.get(toHex(blob.id))?.length ?? 0) - 16);
  plain.set(bytes);
  files.set(toHex(blob.id), await createMediaCipher().seal(blob.key, fromHex("000000000000000000000001"), plain));
}

test("[VA41] an archive that home laid there with a device that was removed brings nothing", async () => {
  const world = new World({ seed: 945, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const { words: card } = await ann.api.recoveryCard();
  const post = await ann.api.postMoment(words("真的".repeat(400)));
  await looked(world, ann, tablet, ben);
  await weekPasses(world, ann, [ann, tablet, ann]);
  const { blob } = archiveAt(tablet);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  const [anns, bens] = [ann, ben].map(({ account }) => fromHex(account)) as [AccountId, AccountId];
  for (const one of [ann, ben]) one.crash();

  const invented = (author: AccountId, text: string) => {
    const secret = new Uint8Array(32).fill(author[0] ?? 0);
    const body = encodeMomentBody({ kind: "post", author, atMs: 1, text, pictures: [] });
    const signed = concat(new Uint8Array(64), body);
    return { author, secret, name: secret.slice(0, 16), kind: "post", atMs: 1, isCalled: false, signed } as const;
  };
  const said = {
    about: new Uint8Array(),
    reply: new Uint8Array(16),
    log: new Uint8Array(32),
    header: new Uint8Array(16),
  };
  await swapArchive(world, blob, (text) => ({
    posts: [invented(bens, `假的${text}`), invented(anns, "假的我")],
    words: [
      {
        ...said,
        id: new Uint8Array(16),
        post: fromHex(post),
        author: bens,
        kind: "comment",
        text: "假的",
        atMs: 1,
        name: new Uint8Array(16),
      },
    ],
  }));
  const phone = await world.device("Ann");
  await comesBack(world, phone, card);
  await looked(world, phone, phone);
  expect(texts(phone)).toEqual(["真的".repeat(400)]);
  expect(phone.view("moment", post)?.comments).toEqual([]);
  expect(phone.disk.all("SELECT what FROM diagnostics WHERE what = 'moments-false-archive'").length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[MO9] a body that no own device signed is not signed again, and does not come from the archive", async () => {
  const world = new World({ seed: 946, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const { words: card } = await ann.api.recoveryCard();
  const [post, other] = [await ann.api.postMoment(words("假的")), await ann.api.postMoment(words("真的"))];
  await looked(world, ann, ben);
  const row = () => ann.disk.get<{ signed: Bytes }>("SELECT signed FROM moments WHERE id = ?", fromHex(post));
  const signed = row()?.signed as Bytes;
  const forged = concat(new Uint8Array(64).fill(1), signed.subarray(64));
  ann.disk.run("UPDATE moments SET signed = ?, kept_day = -1, audience = NULL WHERE id = ?", forged, fromHex(post));
  await looked(world, ann);
  expect(toHex(row()?.signed as Bytes)).toBe(toHex(forged));
  // Home has its hole: of the archive it would come.
  await weekPasses(world, ann, [ann, ann]);
  const name = ann.disk.get<{ name: Bytes }>("SELECT name FROM moments WHERE id = ?", fromHex(post))?.name as Bytes;
  world.log.transaction(() => {
    world.log.features.moments.drop([name]);
    world.log.features.moments.put([{ name, value: new Uint8Array(64), expiresDay: 99_999, before: undefined }]);
  });
  for (const one of [ann, ben]) one.crash();
  const phone = await world.device("Ann");
  await comesBack(world, phone, card);
  await looked(world, phone, phone);
  expect([texts(phone), phone.view("moment", other)?.text]).toEqual([["真的"], "真的"]);
  expect(phone.bugs).toEqual([]);
});

test("[VA42] a clock that was a year ahead stops no archive that comes after it, here or on a device that is told of it", async () => {
  const world = new World({ seed: 949, files: true });
  const ann = await world.person("Ann");
  await ann.api.postMoment(words("一"));
  const week = async () => {
    await daysPass(world, 8);
    for (let round = 0; round < 2; round++) {
      await world.during(ann.api.lookAtMoments());
      await world.pass(3_700_000);
    }
  };
  await week();
  const first = archiveAt(ann);
  const ahead = { ...first, stampMs: world.clock.nowMs() + 365 * dayMs };
  ann.disk.run("UPDATE meta SET value = ? WHERE key = 'moment-archive'", encode(ahead));
  const laptop = await world.linkDevice(ann);
  expect(archiveAt(laptop).stampMs).toBeLessThanOrEqual(world.clock.nowMs());
  await world.during(ann.api.lookAtMoments());
  laptop.crash();
  await world.pass(2 * 3_600_000); // She finds out at a look of the next hour.
  await week();
  expect(toHex(archiveAt(ann).blob.id)).not.toBe(toHex(first.blob.id));
  expect(world.bugs()).toEqual([]);
});

const nameOf = ({ disk }: Person, post: string) =>
  disk.get<{ name: Bytes }>("SELECT name FROM moments WHERE id = ?", fromHex(post))?.name as Bytes;

test("[VA41][MO2] home is gone: own posts lie at the reserve, and the archive that is made there brings all back", async () => {
  const { world, home, deviceAt } = worldOfTwo({
    seed: 947,
    files: true,
    // Who moves there has her files there.
    wrapPorts: (ports, { device }) => {
      const { media } = ports;
      if (media === undefined) return ports;
      const request: typeof media.request = (server, asked) =>
        server === reserve.domain ? reserve.network.request(device, asked) : media.request(server, asked);
      return { ...ports, media: { ...media, request } };
    },
  });
  const reserve = home("two.test");
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const post = await ann.api.postMoment(words("给大家"));
  const bens = await ben.api.postMoment(words("Ben 的"));
  await looked(world, ann, ben);
  await ben.api.commentMoment(post, "好");
  await looked(world, ben, ann);
  const { words: card } = await world.during(ann.api.recoveryCard());
  await world.during(ann.api.setReserve(reserve.inviteLink));
  await world.until("all is there", () => ann.view("homes").reserve?.isWhole === true, 600_000);
  world.crashServer();
  await world.during(ann.api.moveHome());
  await world.until("she is online", () => ann.view("status").network === "online", 600_000);
  await looked(world, ann);
  expect(reserve.log.features.moments.held([nameOf(ann, post)])[0]).toBeDefined();
  await weekPasses(world, ann);
  await world.pass(3_700_000);
  ann.crash();
  ben.crash();
  const phone = await deviceAt("Ann", reserve);
  await comesBack(world, phone, card);
  await looked(world, phone, phone);
  expect(texts(phone).toSorted()).toEqual(["Ben 的", "给大家"]);
  expect(phone.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["好"]);
  expect(phone.view("moment", bens)?.text).toBe("Ben 的");
  expect(phone.bugs).toEqual([]);
});

test("[VA41] where home lacks most of an archive it is kept, counted, and read again, also when another was made", async () => {
  const world = new World({ seed: 948, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const { words: card } = await ann.api.recoveryCard();
  const bens = await ben.api.postMoment(words("Ben 的"));
  await looked(world, ben, ann);
  await weekPasses(world, ann, [ann, ann]);
  const name = nameOf(ann, bens);
  const { moments } = world.log.features;
  const value = moments.held([name])[0]?.value as Bytes;
  world.log.transaction(() => moments.drop([name]));
  for (const one of [ann, ben]) one.crash();
  const phone = await world.device("Ann");
  await comesBack(world, phone, card);
  await looked(world, phone);
  expect(texts(phone)).toEqual([]);
  expect(phone.disk.all("SELECT count FROM diagnostics WHERE what = 'moments-archive-missing'")).toEqual([
    { count: 1 },
  ]);
  const before = archiveAt(phone);
  await phone.api.postMoment(words("新的"));
  await looked(world, phone);
  await weekPasses(world, phone);
  expect(toHex(archiveAt(phone).blob.id)).not.toBe(toHex(before.blob.id));
  world.log.transaction(() => moments.put([{ name, value, expiresDay: 99_999, before: undefined }]));
  await daysPass(world, 1);
  await looked(world, phone);
  await world.pass(3_700_000);
  await looked(world, phone);
  expect(texts(phone)).toEqual(["新的", "Ben 的"]);
  expect(phone.bugs).toEqual([]);
});
