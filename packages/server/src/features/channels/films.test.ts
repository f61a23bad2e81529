/** Films at home: taken in parts, read in ranges by everybody alike, and gone when nothing names them. */
import { expect, test } from "bun:test";
import { type Bytes, type ChannelEntry, publicLimits, toHex } from "@yanshu/wire";
import { dayMs, minuteMs } from "../../core/rate.ts";
import { Author, filmFrom } from "../../testkit/author.ts";
import { Home, partBytes, random } from "../../testkit/channel-home.ts";
import { refusal } from "../../testkit/refusal.ts";

const { chunkBytes } = publicLimits;

test("[CH4] [CH18] a film is taken in parts, each checked; an upload that died goes on where it stopped", async () => {
  const home = new Home();
  const film = filmFrom(random(2 * partBytes + 77));
  const caller = await home.caller();
  const begin = { film: film.ref.hash, bytes: film.bytes.length, list: film.list, tokens: await home.tokens(1) };
  for (const [wrong, code] of [
    [{ film: random(32) }, "malformed"],
    [{ list: film.list.subarray(32) }, "malformed"],
    [{ bytes: film.bytes.length + chunkBytes }, "malformed"],
    [{ bytes: film.bytes.length - 1 }, "malformed"], // By who knows the list, to bar its author.
    [{ bytes: 0 }, "malformed"],
    [{ tokens: [] }, "bad-token"],
  ] as const)
    expect(await refusal(caller.call("filmBegin", { ...begin, ...wrong }))).toBe(code);
  expect(await caller.call("filmBegin", begin)).toEqual({ chunks: 0, isWhole: false });
  const add = (at: number, bytes: Bytes, by = caller) => by.call("filmChunks", { film: film.ref.hash, at, bytes });
  const first = film.bytes.subarray(0, partBytes);
  const unknown = { film: random(32), at: 0, bytes: first };
  expect(await refusal(caller.call("filmChunks", unknown))).toBe("unknown-list");
  const changed = first.slice();
  changed[partBytes - 1] = (changed[partBytes - 1] as number) ^ 1;
  expect(await refusal(add(0, changed))).toBe("malformed");
  expect(await refusal(add(0, first.subarray(0, chunkBytes)))).toBe("malformed");
  expect(await refusal(add(0, new Uint8Array(0)))).toBe("malformed");
  expect(await refusal(add(8, first))).toBe("stale-offset");
  expect(await add(0, first)).toEqual({ chunks: 8, isWhole: false });
  expect(await refusal(add(0, first))).toBe("stale-offset");
  home.crash();
  const later = await home.caller();
  expect(await later.call("filmBegin", { ...begin, tokens: [] })).toEqual({ chunks: 8, isWhole: false });
  expect(await add(8, film.bytes.subarray(partBytes, 2 * partBytes), later)).toEqual({ chunks: 16, isWhole: false });
  const author = new Author("ann");
  await home.open(author);
  const entry = author.film("x", film);
  expect(await refusal(home.append(entry))).toBe("unavailable");
  expect(await add(16, film.bytes.subarray(2 * partBytes), later)).toEqual({ chunks: 17, isWhole: true });
  expect((await home.get(`/public/films/${toHex(film.ref.hash)}`)).status).toBe(404); // No entry shows it.
  await home.append(entry);
  expect((await home.get(`/public/films/${toHex(film.ref.hash)}`)).bytes).toEqual(film.bytes);
}, 20_000);

test("[CH17] films are read in ranges, cut where they are long; the same for everybody, for pages of others too, and kept for ever", async () => {
  const home = new Home();
  const { film, entry } = await home.publish("ann");
  const path = `/public/films/${toHex(film.ref.hash)}`;
  const part = await home.get(path, { range: "bytes=100-299" });
  expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 100-299/${film.bytes.length}`]);
  expect(part.bytes).toEqual(film.bytes.subarray(100, 300));
  expect(part.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(part.headers["access-control-allow-origin"]).toBe("*");
  expect(part.headers["content-type"]).toBe("application/octet-stream");
  expect((await home.get(path, { range: "bytes=200-" })).bytes).toEqual(film.bytes.subarray(200));
  expect((await home.get(path, { range: `bytes=${film.bytes.length}-` })).status).toBe(416);
  expect((await home.get(path, { range: "bytes=9-3" })).status).toBe(416);
  for (const wrong of [
    "/public/",
    "/public/films/../../secret",
    `/public/films/${toHex(random(32))}`,
    `/public/heads/${toHex(random(32))}`,
    `/public/films/${toHex(entry.hash)}/list/more`,
    "/public/packs/-1",
    "/public/packs/1e3",
    "/public/packs/999999999",
    "/public/packs/7-9",
    "/public/head/1",
  ])
    expect([wrong, (await home.get(wrong)).status]).toEqual([wrong, 404]);
  expect((await home.get(path, {}, undefined, "POST")).status).toBe(405);
  const asked = await home.get(path, {}, undefined, "OPTIONS");
  expect([asked.status, asked.headers["access-control-allow-headers"]]).toEqual([204, "range"]);
}, 20_000);

test("[CH17] requests are counted by place, and another place goes on", async () => {
  const home = new Home({ publicRequestsPerMinute: { prefix: 3 } });
  const ask = (prefix: string) => home.get("/public/head", {}, prefix);
  const asked = [];
  for (let i = 0; i < 5; i++) asked.push((await ask("192.0.2.1")).status);
  expect(asked).toEqual([404, 404, 404, 429, 429]);
  expect((await ask("192.0.2.2")).status).toBe(404);
  await home.server.clock.pass(minuteMs);
  expect((await ask("192.0.2.1")).status).toBe(404);
}, 20_000);

test("[CH19] a film that no entry names goes after two days; one that is shown stays", async () => {
  const home = new Home();
  await home.upload(filmFrom(random(500)));
  const { film } = await home.publish("ann");
  expect(home.server.films.files.size).toBe(2);
  await home.server.clock.pass(3 * dayMs);
  expect([...home.server.films.files.keys()]).toEqual([toHex(film.ref.hash)]);
  expect(home.server.server.counts()).toMatchObject({ films: 1, filmsBytes: film.bytes.length });
}, 20_000);

test("[CH19] films have room of their own, one has a size and a length, and a channel so many entries a day", async () => {
  const home = new Home({ channelsBytesMax: 1_000, filmBytesMax: 800, filmMsMax: 5_000, channelEntriesPerDay: 3 });
  const author = new Author("ann");
  await home.open(author);
  expect(await refusal(home.upload(filmFrom(random(801))))).toBe("too-large");
  const film = filmFrom(random(700));
  await home.upload(film);
  expect(await refusal(home.upload(filmFrom(random(301))))).toBe("storage-full");
  expect(await refusal(home.append(author.film("nine seconds", film)))).toBe("too-large");
  author.log.pop();
  for (const text of ["1", "2"]) await home.append(author.comment(author.log[0] as ChannelEntry, text));
  const third = author.comment(author.log[0] as ChannelEntry, "3");
  expect(await refusal(home.append(third))).toBe("rate-limited");
  await home.server.clock.pass(dayMs);
  await home.append(third);
}, 20_000);

test("[CH18] [CH19] of two who add one part at once one is refused, and what was begun while there was room is refused when there is none", async () => {
  const home = new Home({ channelsBytesMax: 1_000 });
  const [one, other] = [filmFrom(random(600)), filmFrom(random(600))];
  const callers = [await home.caller(), await home.large()] as const;
  for (const { ref, bytes, list } of [one, other])
    await callers[0].call("filmBegin", { film: ref.hash, bytes: bytes.length, list, tokens: await home.tokens(1) });
  const add = ({ ref, bytes }: typeof one, by: 0 | 1 = 0) =>
    callers[by].call("filmChunks", { film: ref.hash, at: 0, bytes });
  const together = await Promise.allSettled([add(one, 0), add(one, 1)]);
  expect(together.map((of) => (of.status === "fulfilled" ? of.value : of.reason.code))).toEqual([
    { chunks: 1, isWhole: true },
    "stale-offset",
  ]);
  expect(await refusal(add(other))).toBe("storage-full");
  const { ref, bytes, list } = filmFrom(random(600));
  const begin = { film: ref.hash, bytes: bytes.length, list, tokens: await home.tokens(1) };
  expect(await refusal(callers[0].call("filmBegin", begin))).toBe("storage-full");
}, 20_000);

test("[CH19] home writes parts of thirty-two films at once; one more comes again later", async () => {
  const home = new Home();
  const films = Array.from({ length: 33 }, () => filmFrom(random(100)));
  const caller = await home.caller();
  for (const { ref, bytes, list } of films)
    await caller.call("filmBegin", { film: ref.hash, bytes: bytes.length, list, tokens: await home.tokens(1) });
  const add = ({ ref, bytes }: (typeof films)[number]) =>
    caller.call("filmChunks", { film: ref.hash, at: 0, bytes }).catch(({ code }) => code as string);
  const answers = await Promise.all(films.map(add));
  expect(answers.filter((one) => one === "rate-limited").length).toBe(1);
  const last = films[answers.indexOf("rate-limited")];
  expect(last && (await add(last))).toEqual({ chunks: 1, isWhole: true });
}, 20_000);

test("[CH19] a disk of films that fails refuses one part, and the upload goes on once it is there", async () => {
  const home = new Home();
  const film = filmFrom(random(300));
  const caller = await home.caller();
  await caller.call("filmBegin", { film: film.ref.hash, bytes: 300, list: film.list, tokens: await home.tokens(1) });
  home.server.films.isAway = true;
  const add = () => caller.call("filmChunks", { film: film.ref.hash, at: 0, bytes: film.bytes });
  expect(await refusal(add())).toBe("unavailable");
  home.server.films.isAway = false;
  expect(await add()).toEqual({ chunks: 1, isWhole: true });
}, 20_000);

test("[CH19] a film that is being deleted is begun and gone on with in a moment, and not before", async () => {
  const home = new Home();
  const film = filmFrom(random(100));
  await home.upload(film);
  const { log } = home.server;
  log.transaction(() => log.features.channels.leaveFilms(home.today + 9, 1));
  const caller = await home.caller();
  const { ref, bytes, list } = film;
  expect(await refusal(caller.call("filmBegin", { film: ref.hash, bytes: bytes.length, list, tokens: [] }))).toBe(
    "rate-limited",
  );
  expect(await refusal(caller.call("filmChunks", { film: ref.hash, at: 0, bytes }))).toBe("rate-limited");
}, 20_000);
