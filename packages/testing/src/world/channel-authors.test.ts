/** Several authors of one channel who wish each other, or who is asked, no good (docs/spec/channels.md CH120–CH126). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { addChannelPut, setChannelPut } from "@yanshu/store";
import { authorsBody, channelIdOf, encodeChannelInception, fromHex, type UnixMs } from "@yanshu/wire";
import type { Person, World } from "../index.ts";
import { entryOf, home, photo, published, titles } from "./channels.ts";
import { crypto, saysUnchecked } from "./turned.ts";

setDefaultTimeout(120_000);

const accountOf = (one: Person, of: Person) => one.view("contacts").find(({ name }) => name === of.name)?.account ?? "";
const authorsOf = (one: Person, channel: string) =>
  one.view("channelAuthors", channel)?.authors.map(({ isMe, person }) => (isMe ? "I" : person?.name));
const keyOf = (one: Person, channel: string, at: number) => one.view("channelAuthors", channel)?.authors[at]?.key ?? "";
const askedBy = (one: Person, channel: string) =>
  one.view("channelAuthors", channel)?.asked.map(({ person, hasAgreed }) => [person.name, hasAgreed]);

/** Asks, and the other agrees; a pack shows it to both. */
async function agreed(world: World, [ann, ben]: readonly [Person, Person], channel: string): Promise<void> {
  await ann.api.askAuthor(channel, accountOf(ann, ben));
  await world.pass(5_000);
  await ben.api.answerAuthorAsking(channel, accountOf(ben, ann), true);
  await published(world, ann, ben);
}

test("[CH120] [SY18a] a stranger asks nobody to be an author, and a contact fills neither the table nor the app's words", async () => {
  const { world, people } = await home({ seed: 2420 }, "Ann", "Ben", "Mal");
  const [ann, ben, mal] = people as [Person, Person, Person];
  await world.befriend(ann, ben);
  const { publicKey } = await crypto.signatureKeyPair(crypto.random(32));
  const asking = (at: number, name: string) => {
    const inception = encodeChannelInception({ authors: [publicKey], salt: new Uint8Array(16).fill(at) });
    const channel = channelIdOf(crypto.sha256, inception);
    return { kind: "channelAuthor", channel, stampMs: world.clock.nowMs() + at, asks: true, name, inception } as const;
  };
  const rows = () => ben.disk.all("SELECT 1 FROM channel_askings").length;
  const names = () => ben.view("channelsMine").askings.map(({ name }) => name);
  const link = await world.during(ben.api.myLink());
  const asks = await world.during(mal.api.requestContact({ link, greeting: "hello", scanned: true }));
  await world.until("it is there", () => ben.view("requests").length === 1);
  await saysUnchecked(world, mal, fromHex(asks), [asking(1, "快来")]);
  await world.pass(5_000);
  expect([rows(), names()]).toEqual([0, []]);

  const chat = fromHex(ann.view("contacts")[0]?.conversation ?? "");
  const { channel, stampMs } = asking(40, "");
  await saysUnchecked(world, ann, chat, [{ kind: "channelAuthor", channel, stampMs, asks: false }]);
  await saysUnchecked(
    world,
    ann,
    chat,
    Array.from({ length: 12 }, (_, at) => asking(at, `合\n唱\u202e团 ${at}`)),
  );
  await world.pass(20_000);
  expect([rows(), names().toSorted()]).toEqual([8, [10, 11, 4, 5, 6, 7, 8, 9].map((at) => `合 唱团 ${at}`)]);
  // Who is blocked asks nothing any more.
  await ben.api.block(accountOf(ben, ann));
  await world.pass(5_000);
  expect(names()).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CH93] [CH121] [CH126] each answer has a key that nobody has seen before, and that is theirs who answers", async () => {
  const { world, people } = await home({ seed: 2421 }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  for (const one of [ben, cleo]) await world.befriend(ann, one);
  await world.befriend(ben, cleo);
  const channel = await world.during(ann.api.createChannel({ name: "教会" }));
  await published(world, ann, ben, cleo);
  await agreed(world, [ann, ben], channel);
  const first = keyOf(ann, channel, 1);
  expect(authorsOf(ann, channel)).toEqual(["I", "Ben"]);
  // Whose key leaves stays known until it is gone, and then nobody waits for it.
  await ann.api.removeAuthor(channel, first);
  expect([authorsOf(ann, channel), askedBy(ann, channel)]).toEqual([["I", "Ben"], []]);
  await published(world, ann, ben);
  expect([authorsOf(ann, channel), askedBy(ann, channel)]).toEqual([["I"], []]);
  await agreed(world, [ann, ben], channel);
  expect([authorsOf(ann, channel), authorsOf(ben, channel)]).toEqual([
    ["I", "Ben"],
    [undefined, "I"],
  ]);
  const second = keyOf(ann, channel, 1);
  expect(second).not.toBe(first);
  await world.during(ben.api.publishPictures(channel, photo("诗班")));
  await published(world, ann, ben, cleo);
  expect(titles(cleo)).toEqual(["诗班"]);
  // He leaves by himself: it is known to who asked him, too.
  await ben.api.removeAuthor(channel, second);
  await published(world, ben, ann);
  expect([authorsOf(ann, channel), askedBy(ann, channel)]).toEqual([["I"], []]);

  // Another's key is no answer: who has it did not sign it for these two.
  await ann.api.askAuthor(channel, accountOf(ann, cleo));
  await world.pass(5_000);
  const other = await crypto.signatureKeyPair(crypto.random(32));
  const proof = await crypto.sign(other.privateKey, fromHex(channel));
  const chat = fromHex(cleo.view("contacts").find(({ name }) => name === "Ann")?.conversation ?? "");
  const stampMs = world.clock.nowMs() + 1;
  await saysUnchecked(world, cleo, chat, [
    { kind: "channelAuthor", channel: fromHex(channel), stampMs, key: other.publicKey },
    { kind: "channelAuthor", channel: fromHex(channel), stampMs, key: other.publicKey, proof },
  ]);
  await published(world, ann, cleo);
  expect([authorsOf(ann, channel), askedBy(ann, channel)]).toEqual([["I"], [["Cleo", false]]]);
  await cleo.api.answerAuthorAsking(channel, accountOf(cleo, ann), true);
  await published(world, ann, cleo);
  expect(authorsOf(ann, channel)).toEqual(["I", "Cleo"]);
  expect(world.bugs()).toEqual([]);
});

test("[CH122] [CH123] what home left out of packs counts no more, and words behind each pack do not put a removal off", async () => {
  const { world, people } = await home({ seed: 2422 }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await world.befriend(ann, ben);
  const channel = await world.during(ann.api.createChannel({ name: "教会" }));
  await published(world, ann, ben, cleo);
  await agreed(world, [ann, ben], channel);
  // As if home had taken a removal of Ben, and published another entry in its place.
  const id = fromHex(channel);
  const mine = fromHex(keyOf(ann, channel, 0));
  const none = new Uint8Array();
  const row = { channel: id, kind: "authors", body: authorsBody.encode({ keys: [mine] }), films: none, title: "" };
  const madeMs = world.clock.nowMs() as UnixMs;
  const put = addChannelPut(ann.disk, { ...row, about: fromHex(keyOf(ann, channel, 1)), total: 0, made_ms: madeMs });
  setChannelPut(ann.disk, put, { state: "said", seq: 1 });
  expect(authorsOf(ann, channel)).toEqual(["I", "Ben"]);
  ann.disk.run("DELETE FROM channel_puts WHERE put = ?", put);

  const newest = () => cleo.view("channelsLog").newest?.n ?? 0;
  const packed = async () => {
    const before = newest();
    // Bound, so that a pack which never comes fails the test and does not hang it.
    for (let turn = 0; newest() === before; turn++) {
      if (turn > 60) throw new Error("no pack came within five minutes");
      await world.pass(5_000);
      await world.during(cleo.api.lookAtChannels());
    }
  };
  const says = async (title: string) => {
    await world.during(ben.api.publishPictures(channel, photo(title)));
    await world.pass(2_000);
  };
  await says("第一句");
  await packed();
  // No pack comes within a minute now: the removal meets what he said since, before it and behind it.
  await says("第二句");
  await ann.api.removeAuthor(channel, keyOf(ann, channel, 1));
  await world.pass(2_000);
  await packed();
  await says("第三句");
  await world.during(ann.api.lookAtChannels());
  await packed();
  expect(cleo.view("channel", channel)?.authors).toBe(1);
  await published(world, ann, ben);
  expect([authorsOf(ann, channel), authorsOf(ben, channel)]).toEqual([["I"], undefined]);
  expect(world.bugs()).toEqual([]);
});

test("[CH125] where one channel's day is full what waits in another goes on, and so do withdrawing and removing", async () => {
  const { world, people } = await home({ seed: 2423, config: { channelEntriesPerDay: 3 } }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await world.befriend(ann, ben);
  const [full, other] = [
    await world.during(ann.api.createChannel({ name: "合唱团" })),
    await world.during(ann.api.createChannel({ name: "家谱" })),
  ];
  await agreed(world, [ann, ben], full);
  for (const title of ["一", "二", "三"]) await world.during(ann.api.publishPictures(full, photo(title)));
  await world.during(ann.api.publishPictures(other, photo("四")));
  await published(world, ann, ben);
  expect([...titles(ben)].sort()).toEqual(["一", "二", "四"].sort());
  await ann.api.deleteEntry(entryOf(ann, "一"));
  await ann.api.removeAuthor(full, keyOf(ann, full, 1));
  await published(world, ann, ben);
  await ben.api.firstPage();
  expect([...titles(ben)].sort()).toEqual(["二", "四"].sort());
  expect([authorsOf(ann, full), authorsOf(ben, full)]).toEqual([["I"], undefined]);
  expect(world.bugs()).toEqual([]);
});
