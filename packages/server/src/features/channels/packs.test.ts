/**
 * Packs at home and heads of their pages: what came, what is withdrawn and what the operator decided, told to
 * everybody.
 */
import { expect, test } from "bun:test";
import {
  type Bytes,
  type ChannelEntry,
  decodePackFiles,
  decodePackHead,
  HeadsReader,
  isFilmHead,
  pageOf,
  publicLimits,
  toHex,
} from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs, hourMs, minuteMs } from "../../core/rate.ts";
import { Author } from "../../testkit/author.ts";
import { Home, random, words } from "../../testkit/channel-home.ts";
import { fitting } from "./packs.ts";

const { chunkBytes } = publicLimits;

test("[CH11] the first pack comes at once, the next within the hour, and none for nothing", async () => {
  const home = new Home();
  const { author } = await home.publish("ann");
  await home.server.clock.pass(1_000);
  const newest = async () => decodePackHead((await home.get("/public/head")).bytes).n;
  const before = await newest();
  await home.append(author.comment(author.log[1] as ChannelEntry, "x"));
  await home.server.clock.pass(hourMs / 2);
  expect(await newest()).toBe(before);
  await home.server.clock.pass(hourMs / 2);
  expect(await newest()).toBe(before + 1);
  const at = await newest();
  await home.server.clock.pass(3 * hourMs);
  expect(await newest()).toBe(at);
  await home.append(author.comment(author.log[1] as ChannelEntry, "y"));
  await home.server.clock.pass(1_000);
  expect(await newest()).toBe(at + 1);
  const reader = await home.read();
  expect([reader.shown.size, reader.faults]).toEqual([4, []]);
  const several = decodePackFiles((await home.get(`/public/packs/0-${at + 1}`)).bytes);
  expect(several.length).toBe(at + 2);
  expect(several[0]).toEqual((await home.get("/public/packs/0")).bytes);
}, 20_000);

test("[CH5] [CH11] what its author withdraws is gone within a minute, bytes and film, and its place says so", async () => {
  const home = new Home();
  const { author, entry, film } = await home.publish("阿梅");
  const other = await home.publish("本", film.bytes); // The same film on another channel.
  await home.server.clock.pass(hourMs);
  expect((await home.read()).shown.size).toBe(4);
  await home.append(author.delete(entry));
  await home.server.clock.pass(minuteMs);
  const reader = await home.read();
  expect(words(reader)).toEqual(["profile 阿梅", "profile 本", "film 本的菜园", "delete"]);
  expect([reader.blanks, reader.faults]).toEqual([[toHex(entry.hash)], []]);
  const path = `/public/films/${toHex(film.ref.hash)}`;
  expect((await home.get(path)).status).toBe(200); // The other channel shows it.
  await home.append(other.author.delete(other.entry));
  await home.server.clock.pass(minuteMs);
  expect((await home.get(path)).status).toBe(404);
  expect(home.server.films.files.size).toBe(1);
  await home.server.clock.pass(3 * dayMs);
  expect(home.server.films.files.size).toBe(0);
  expect(home.server.server.counts()).toMatchObject({ films: 0, filmsBytes: 0 });
  // Nobody withdraws what another channel said.
  const third = await home.publish("cho");
  await home.append(author.delete(third.entry));
  await home.server.clock.pass(hourMs);
  expect((await home.read()).shown.has(toHex(third.entry.hash))).toBe(true);
}, 20_000);

test("[CH7] [CH11] a pack that cannot be written is made later: nothing that fails ends the packs that follow", async () => {
  let isFailing = false;
  const home = new Home(
    {},
    {
      between: (ports) => ({
        ...ports,
        primitives: {
          ...ports.primitives,
          sha256: (data) => {
            if (isFailing && fromLabel(data).startsWith("yanshu pack hash")) throw new Error("a fault");
            return ports.primitives.sha256(data);
          },
        },
      }),
    },
  );
  await home.open(new Author("ann"));
  isFailing = true;
  await home.server.clock.pass(3 * hourMs);
  expect((await home.get("/public/head")).status).toBe(404);
  isFailing = false;
  await home.server.clock.pass(2 * minuteMs);
  expect((await home.read()).shown.size).toBe(1);
}, 20_000);
const fromLabel = (data: Bytes) => String.fromCharCode(...data.subarray(0, 20));

test("[CH10] [CH22] [R3.4] the operator removes by a decision, which everybody reads with its reason, and takes it back by another", async () => {
  const home = new Home({ removedEntryDays: 1 });
  const { entry, film } = await home.publish("阿梅");
  await home.server.clock.pass(hourMs);
  const [target, path] = [toHex(entry.hash), `/public/films/${toHex(film.ref.hash)}`];
  for (const wrong of [
    { entry: target, reason: "", appeal: "yanshu:#appeal" },
    { entry: target, reason: "an address", appeal: " " },
    { entry: toHex(random(32)), reason: "x", appeal: "y" },
    { entry: "x", reason: "x", appeal: "y" },
  ])
    await expect(home.act("channels-remove", wrong)).rejects.toThrow();
  await home.act("channels-remove", { entry: target, reason: "somebody's address", appeal: "mailto:op@home.example" });
  expect((await home.get(path)).status).toBe(200); // Until the pack that says why.
  await home.server.clock.pass(minuteMs);
  const reader = await home.read();
  expect(reader.packs.at(-1)?.decisions).toEqual([
    { target: entry.hash, action: "remove", reason: "somebody's address", appeal: "mailto:op@home.example" },
  ]);
  expect([reader.blanks, reader.shown.has(target)]).toEqual([[target], false]);
  expect((await home.get(path)).status).toBe(404);
  await home.server.clock.pass(hourMs);
  await home.act("channels-restore", {
    entry: target,
    reason: "the appeal was right",
    appeal: "mailto:op@home.example",
  });
  await home.server.clock.pass(minuteMs);
  expect((await home.read()).shown.has(target)).toBe(true);
  expect((await home.get(path)).bytes).toEqual(film.bytes);
  await home.act("channels-remove", { entry: target, reason: "a court", appeal: "mailto:op@home.example" });
  await home.server.clock.pass(4 * dayMs);
  await expect(home.act("channels-restore", { entry: target, reason: "x", appeal: "y" })).rejects.toThrow(
    "bytes are gone",
  );
  expect(home.server.films.files.size).toBe(0);
}, 20_000);

test("[CH10] an entry that says who signs, or what was withdrawn, is removed by nobody", async () => {
  const home = new Home();
  const { author, entry } = await home.publish("ann");
  const gone = author.delete(entry);
  await home.append(gone);
  await home.server.clock.pass(hourMs);
  await expect(home.act("channels-remove", { entry: toHex(gone.hash), reason: "x", appeal: "y" })).rejects.toThrow(
    "stays",
  );
  await home.append(author.delete(gone));
  await home.server.clock.pass(hourMs);
  expect((await home.read()).shown.has(toHex(gone.hash))).toBe(true);
}, 20_000);

test("[CH13] [CH14] [R3.5] heads of the page that everybody computes from the packs come in one bundle, checked chunk by chunk", async () => {
  const home = new Home({ packMsMin: 1_000 });
  const made = [];
  for (const name of ["ann", "ben", "cho"]) made.push(await home.publish(name));
  const long = await home.publish("dan", random(5 * chunkBytes));
  await home.server.clock.pass(minuteMs);
  const reader = await home.read();
  const last = reader.packs.at(-1) as { hash: Bytes; hour: number };
  const day = Math.floor(last.hour / 24);
  const offered = reader.packs.flatMap(({ n, places }) =>
    places.flatMap(({ entry }) =>
      entry?.kind === "film" ? [{ hash: entry.hash, channel: entry.channel, n, day, likes: 0, views: 0 }] : [],
    ),
  );
  const page = pageOf(nodePrimitives.sha256, offered, day, last.hash);
  expect(page.length).toBe(4);
  const { status, bytes, headers } = await home.get(`/public/heads/${toHex(last.hash)}`);
  expect([status, headers["cache-control"]]).toEqual([200, "public, max-age=300"]);
  const bundle = new HeadsReader();
  const heads = bundle.push(bytes);
  expect([bundle.isWhole, bundle.pack]).toEqual([true, last.hash]);
  expect(heads.map(({ film }) => toHex(film))).toEqual(
    page.map(({ hash }) => toHex(reader.shown.get(toHex(hash))?.films?.[0]?.hash as Bytes)),
  );
  for (const { film } of [...made, long]) {
    const head = heads.find((one) => toHex(one.film) === toHex(film.ref.hash));
    expect(head && isFilmHead(nodePrimitives.sha256, head, film.ref)).toBe(true);
  }
  const first = reader.packs[0] as { hash: Bytes };
  expect((await home.get(`/public/heads/${toHex(first.hash)}`)).status).toBe(404);
}, 20_000);

test("[CH11] [CH14] heads of the pack before are here while all of their entries are, and gone with one of them", async () => {
  const home = new Home({ packMsMin: 1_000 });
  const { author, entry } = await home.publish("ann");
  await home.server.clock.pass(minuteMs);
  const path = `/public/heads/${toHex(decodePackHead((await home.get("/public/head")).bytes).hash)}`;
  expect((await home.get(path)).headers["cache-control"]).toBe("public, max-age=300");
  await home.append(author.comment(entry, "x"));
  await home.server.clock.pass(minuteMs);
  expect((await home.get(path)).status).toBe(200);
  await home.append(author.delete(entry));
  await home.server.clock.pass(minuteMs);
  expect((await home.get(path)).status).toBe(404);
}, 20_000);

test("[CH23] a pack has as many entries as the roots of their channels have room for", () => {
  const all = Array.from({ length: 300 }, (_, i) => ({
    channel: new Uint8Array(32).fill(i).fill(i >> 8, 1),
    seq: 5,
    bytes: 100,
  }));
  const room = Math.floor(publicLimits.packRootsBytesMax / 17_000);
  expect(fitting(all as never, () => 17_000).length).toBe(room);
  const twice = all.slice(0, room).flatMap((one) => [one, { ...one, seq: 6 }]);
  expect(fitting(twice as never, () => 17_000).length).toBe(2 * room); // A channel has one root.
  expect(fitting(all.map((one) => ({ ...one, bytes: 32_768 })) as never, () => 100).length).toBe(128);
});
