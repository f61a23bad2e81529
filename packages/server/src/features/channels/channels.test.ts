/**
 * Channels at home: published by authors whom home does not know, read by everybody alike, and gone when they say so.
 */
import { expect, test } from "bun:test";
import {
  type Bytes,
  blindToken,
  bucketOf,
  type ChannelEntry,
  type ChannelMark,
  channelBodies,
  decodePackFiles,
  decodePackHead,
  finishMark,
  HeadsReader,
  isFilmHead,
  markKeysHash,
  pageOf,
  publicLimits,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { memoryBlobStore } from "../../blobs/memory.ts";
import type { ServerConfig } from "../../core/config.ts";
import { Faults } from "../../core/faults.ts";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs, dayOf, hourMs, minuteMs } from "../../core/rate.ts";
import type { HttpAnswer } from "../../feature.ts";
import { Author, type Film, filmFrom, PackReader } from "../../testkit/author.ts";
import type { Client } from "../../testkit/client.ts";
import { signerFrom } from "../../testkit/keys.ts";
import type { Person } from "../../testkit/person.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer, type TestServerOptions } from "../../testkit/test-server.ts";
import { drawTokens } from "../../testkit/tokens.ts";
import { fitting } from "./packs.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const { chunkBytes, chunksPerCallMax } = publicLimits;
const partBytes = chunkBytes * chunksPerCallMax;

class Home {
  readonly server: TestServer;
  private member: Client | undefined;
  private payer: Client | undefined;
  private ann: Person | undefined;

  constructor(config: Partial<ServerConfig> = {}, options: TestServerOptions = {}) {
    this.server = new TestServer({ blobs: memoryBlobStore(new Uint8Array(32).fill(5)), config, ...options });
  }

  get today(): number {
    return dayOf(this.server.clock.nowMs());
  }

  async tokens(count: number): Promise<UploadToken[]> {
    this.ann ??= await this.server.person("ann");
    this.member ??= await this.ann.phone.signIn(this.server);
    return drawTokens(await this.server.client(), this.member, count);
  }

  crash(): void {
    this.server.crash();
    this.member = undefined;
    this.payer = undefined;
  }

  /** A connection that may send large frames. */
  async caller(): Promise<Client> {
    if (this.payer !== undefined) return this.payer;
    this.payer = await this.server.client();
    await this.payer.call("pay", { token: (await this.tokens(1))[0] as UploadToken });
    return this.payer;
  }

  /** Another connection that may send large frames. */
  async large(): Promise<Client> {
    const client = await this.server.client();
    await client.call("pay", { token: (await this.tokens(1))[0] as UploadToken });
    return client;
  }

  async open(author: Author, name = "外婆"): Promise<ChannelEntry> {
    const first = author.log[0] ?? author.profile(name);
    await (await this.caller()).call("channelOpen", { tokens: await this.tokens(4), entry: first.bytes });
    return first;
  }

  async append(...entries: readonly ChannelEntry[]): Promise<void> {
    const tokens = await this.tokens(1);
    await (await this.caller()).call("channelAppend", { tokens, entries: entries.map(({ bytes }) => bytes) });
  }

  async upload({ bytes, list, ref }: Film): Promise<void> {
    const caller = await this.caller();
    const begin = { film: ref.hash, bytes: bytes.length, list, tokens: await this.tokens(1) };
    let { chunks, isWhole } = await caller.call("filmBegin", begin);
    while (!isWhole) {
      const part = bytes.subarray(chunks * chunkBytes, chunks * chunkBytes + partBytes);
      ({ chunks, isWhole } = await caller.call("filmChunks", { film: ref.hash, at: chunks, bytes: part }));
    }
  }

  /** A channel with a film on it. */
  async publish(
    name: string,
    bytes: Bytes = random(3 * chunkBytes + 5),
  ): Promise<{ author: Author; entry: ChannelEntry; film: Film }> {
    const author = new Author(name);
    await this.open(author, name);
    const film = filmFrom(bytes);
    await this.upload(film);
    const entry = author.film(`${name}的菜园`, film);
    await this.append(entry);
    return { author, entry, film };
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}, prefix?: string, method = "GET") {
    const answer = await (
      this.server.server.httpAt(path) as { answer: (request: never) => Promise<HttpAnswer> }
    ).answer({
      method,
      path,
      header: (name: string) => headers[name] ?? null,
      body: async () => new Uint8Array(0),
      isStreamed: true,
      prefix,
    } as never);
    const { stream } = answer;
    const bytes =
      stream === undefined ? answer.body : new Uint8Array(await new Response(stream as never).arrayBuffer());
    return { ...answer, bytes: bytes ?? new Uint8Array(0) };
  }

  async packKey(): Promise<Bytes> {
    return (await (await this.server.client()).call("channelTerms", {})).packKey;
  }

  /** What somebody reads who comes now. */
  async read(): Promise<PackReader> {
    const reader = new PackReader(await this.packKey());
    for (let n = 0; ; n++) {
      const { status, bytes } = await this.get(`/public/packs/${n}`);
      if (status === 404) return reader;
      expect(await reader.read(bytes)).toBeUndefined();
    }
  }

  async act(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const done = (async () => this.server.server.featureActs()[name]?.(args))();
    done.catch(() => undefined);
    await this.server.clock.pass(50);
    return done;
  }
}

const words = (reader: PackReader) =>
  [...reader.shown.values()].map(({ kind, body }) => {
    if (kind === "profile") return `profile ${channelBodies.profile.decode(body).name}`;
    return kind === "film" ? `film ${channelBodies.film.decode(body).text}` : kind;
  });

test("[CH1] [CH18] a channel is opened and a film published by who shows tokens and no account, and read by everybody", async () => {
  const home = new Home();
  const { author, entry, film } = await home.publish("阿梅");
  await home.server.clock.pass(hourMs);
  const reader = await home.read();
  expect(words(reader)).toEqual(["profile 阿梅", "film 阿梅的菜园"]);
  expect(reader.faults).toEqual([]);
  const path = `/public/films/${toHex(film.ref.hash)}`;
  const whole = await home.get(path);
  expect([whole.status, whole.bytes]).toEqual([200, film.bytes]);
  expect((await home.get(`${path}/list`)).bytes).toEqual(film.list);
  const at = await (await home.server.client()).call("channelAt", { channel: author.channel });
  expect(at).toEqual({ seq: 1, hash: entry.hash });
  expect(await refusal((await home.server.client()).call("channelAt", { channel: random(32) }))).toBe("unknown-list");
}, 20_000);

test("[CH18] what is said again as it was costs nothing; what does not follow, or is nobody's, is refused and pays nothing", async () => {
  const home = new Home();
  const author = new Author("ann");
  const first = await home.open(author);
  const caller = await home.caller();
  const tokens = await home.tokens(4);
  await caller.call("channelOpen", { tokens: [], entry: first.bytes });
  const open = (entry: ChannelEntry, shown = tokens) =>
    refusal(caller.call("channelOpen", { tokens: shown, entry: entry.bytes }));
  const another = author.make({ kind: "profile", body: first.body, day: 18_999 });
  expect(
    await open({ ...another, bytes: new Author("x").make({ kind: "profile", body: first.body, seq: 1 }).bytes }),
  ).toBe("malformed");
  expect(await open(author.make({ kind: "profile", body: first.body, seq: 0, day: 18_999 }))).toBe("list-conflict");
  const ben = new Author("ben");
  expect(await open(ben.make({ kind: "profile", body: first.body, channel: random(32) }))).toBe("bad-entry");
  expect(await open(ben.make({ kind: "profile", body: first.body, prev: random(32) }))).toBe("bad-entry");
  expect(await open(ben.make({ kind: "profile", body: first.body }, signerFrom("eve")))).toBe("bad-entry");
  expect(await open(ben.make({ kind: "profile", body: new TextEncoder().encode("no body") }))).toBe("bad-entry");
  expect(await open(ben.make({ kind: "profile", body: first.body, day: home.today + 2 }))).toBe("bad-entry");
  expect(await open(ben.make({ kind: "profile", body: first.body }), tokens.slice(1))).toBe("bad-token");
  const append = (entries: readonly ChannelEntry[], shown = tokens.slice(0, 1)) =>
    refusal(caller.call("channelAppend", { tokens: shown, entries: entries.map(({ bytes }) => bytes) }));
  const next = author.make({ kind: "comment", body: author.comment(first, "好").body, seq: 1 });
  author.log.pop();
  expect(await append([])).toBe("malformed");
  expect(await append([next, ben.make({ kind: "profile", body: first.body })])).toBe("malformed");
  expect(await append([ben.make({ kind: "profile", body: first.body })])).toBe("unknown-list");
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 2 })])).toBe("list-conflict");
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 1, prev: random(32) })])).toBe(
    "list-conflict",
  );
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 1 }, signerFrom("eve"))])).toBe(
    "bad-entry",
  );
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 1, author: 3 })])).toBe("bad-entry");
  expect(await append([author.make({ kind: "authors", body: next.body, seq: 1 })])).toBe("bad-entry");
  expect(await append([next], [])).toBe("bad-token");
  // Films are looked for once a token is shown.
  const absent = author.make({
    kind: "film",
    body: author.film("x", filmFrom(random(9))).body,
    seq: 1,
    films: [filmFrom(random(9)).ref],
  });
  author.log.pop();
  const foreign = [{ ...(tokens[0] as UploadToken), output: random(64) }];
  expect(await append([absent], foreign)).toBe("bad-token");
  expect(await append([absent])).toBe("unavailable");
  // Every one of these tokens pays still.
  await caller.call("channelAppend", { tokens: tokens.slice(0, 1), entries: [next.bytes] });
  await caller.call("channelAppend", { tokens: [], entries: [first.bytes, next.bytes] });
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 1, day: 18_998 })])).toBe("list-conflict");
  author.log.push(next);
  const more = author.make({ kind: "comment", body: next.body });
  expect(await append([more])).toBe("bad-token"); // That one is spent.
  await caller.call("channelAppend", { tokens: tokens.slice(1, 2), entries: [more.bytes] });
}, 20_000);

test("[CH18] of two that say something at once in the same place one is refused, loses no token and is no fault", async () => {
  const faults = new Faults();
  const home = new Home({}, { faults });
  const author = new Author("ann");
  const first = author.profile("ann");
  const other = author.make({ kind: "profile", body: first.body, seq: 0, day: 18_999 });
  const [one, two] = [await home.caller(), await home.large()];
  const codes = async (calls: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(calls))
      .map((of) => (of.status === "fulfilled" ? "taken" : of.reason.code))
      .toSorted((a, b) => (a < b ? -1 : 1));
  const tokens = [await home.tokens(4), await home.tokens(4)] as const;
  const opened = await codes([
    one.call("channelOpen", { tokens: tokens[0], entry: first.bytes }),
    two.call("channelOpen", { tokens: tokens[1], entry: other.bytes }),
  ]);
  expect(opened).toEqual(["rate-limited", "taken"]);
  const at = (await one.call("channelAt", { channel: author.channel })).hash;
  const body = author.comment(first, "x").body;
  const next = [18_000, 18_001].map((day) => author.make({ kind: "comment", body, seq: 1, prev: at, day }));
  // Opening spent four of them: those that are left pay still.
  const left = [];
  for (const token of [...tokens[0], ...tokens[1]]) {
    const film = filmFrom(random(10));
    const begin = { film: film.ref.hash, bytes: 10, list: film.list, tokens: [token] };
    if ((await codes([one.call("filmBegin", begin)]))[0] === "taken") left.push(token);
  }
  expect(left.length).toBe(4);
  const pay = await home.tokens(2);
  const append = (by: Client, i: number) =>
    by.call("channelAppend", { tokens: pay.slice(i, i + 1), entries: [(next[i] as ChannelEntry).bytes] });
  expect(await codes([append(one, 0), append(two, 1)])).toEqual(["rate-limited", "taken"]);
  const hash = (await one.call("channelAt", { channel: author.channel })).hash;
  const spent = next.findIndex((entry) => toHex(entry.hash) === toHex(hash));
  const later = author.make({ kind: "comment", body, seq: 2, prev: hash });
  await one.call("channelAppend", { tokens: pay.slice(1 - spent, 2 - spent), entries: [later.bytes] });
  expect(faults.count).toBe(0);
}, 20_000);

test("[CH18] the calls are for connections on which nobody is signed in, and drawing marks for those on which somebody is", async () => {
  const home = new Home();
  const phone = await (await home.server.person("ben")).phone.signIn(home.server);
  expect(await refusal(phone.call("channelAppend", { tokens: [], entries: [] }))).toBe("signed-in-connection");
  expect(await refusal(phone.call("channelTerms", {}))).toBe("signed-in-connection");
  const blinded = [blindToken(random).blinded];
  expect(await refusal((await home.server.client()).call("channelMarks", { month: 1, blinded }))).toBe("not-signed-in");
}, 20_000);

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

test("[CH21] every member may open a channel, or the operator allows each; a closed one goes on no more", async () => {
  const home = new Home();
  const [ann, ben] = [new Author("ann"), new Author("ben")];
  await home.open(ann);
  await home.act("channels-publishers", { publishers: "listed" });
  expect((await (await home.server.client()).call("channelTerms", {})).publishers).toBe("listed");
  expect(await refusal(home.open(ben))).toBe("suspended");
  await home.act("channels-allow", { channel: toHex(ben.channel) });
  await home.open(ben);
  await home.append(ann.comment(ann.log[0] as ChannelEntry, "still here"));
  await home.act("channels-close", { channel: toHex(ann.channel) });
  const more = ann.comment(ann.log[0] as ChannelEntry, "and now?");
  expect(await refusal(home.append(more))).toBe("suspended");
  await home.act("channels-reopen", { channel: toHex(ann.channel) });
  await home.append(more);
  const { channels } = (await home.act("channels-list", {})) as { channels: readonly { entries: number }[] };
  expect(channels.map(({ entries }) => entries)).toEqual([1, 3]);
}, 20_000);

/** All marks of one account, of this month. */
async function drawMarks(
  home: Home,
  name: string,
): Promise<{ month: number; marks: ChannelMark[]; again: () => Promise<unknown> }> {
  const { month, markKeys } = await (await home.server.client()).call("channelTerms", {});
  const phone = await (await home.server.person(name)).phone.signIn(home.server);
  const tokens = markKeys.map(() => blindToken(random));
  const args = { month, blinded: tokens.map(({ blinded }) => blinded) };
  const drawn = await phone.call("channelMarks", args);
  const marks = drawn.marks.map((one, i) => finishMark(markKeys[i] as Bytes, tokens[i] as never, one) as ChannelMark);
  expect(await phone.call("channelMarks", args)).toMatchObject({ marks: { length: 64 } }); // The answer was lost.
  const other = { month, blinded: markKeys.map(() => blindToken(random).blinded) };
  return { month, marks, again: () => refusal(phone.call("channelMarks", other)) };
}

test("[CH15] [CH16] a like counts once an account and film, is taken back, and reaches everybody by the next pack", async () => {
  const home = new Home();
  const { entry } = await home.publish("ann");
  await home.server.clock.pass(hourMs);
  const ben = await drawMarks(home, "ben");
  expect(await ben.again()).toBe("rate-limited");
  const caller = await home.server.client("192.0.2.1");
  const of = (marks: readonly ChannelMark[], hash: Bytes = entry.hash) => marks[bucketOf(hash)] as ChannelMark;
  const like = (mark: ChannelMark, change: object = {}) =>
    caller.call("channelMark", { entry: entry.hash, what: "like", isOn: true, month: ben.month, mark, ...change });
  for (let i = 0; i < 3; i++) await like(of(ben.marks));
  await like(of(ben.marks), { what: "view" });
  await home.server.clock.pass(hourMs);
  const told = async () => (await home.read()).packs.at(-1)?.counts;
  expect(await told()).toEqual([{ entry: entry.hash, likes: 1, views: 1 }]);
  await like(of(ben.marks), { isOn: false });
  await like(of(ben.marks), { isOn: false });
  await home.server.clock.pass(hourMs);
  expect(await told()).toEqual([{ entry: entry.hash, likes: 0, views: 1 }]);
  const wrong = ben.marks[(bucketOf(entry.hash) + 1) % 64] as ChannelMark;
  expect(await refusal(like(wrong))).toBe("bad-token");
  expect(await refusal(like({ input: random(32), output: random(64) }))).toBe("bad-token");
  expect(await refusal(like(of(ben.marks), { month: ben.month - 2 }))).toBe("bad-token");
  expect(await refusal(like(of(ben.marks), { entry: random(32) }))).toBe("unknown-list");
}, 20_000);

test("[CH32] each pack says under which keys marks are drawn, so nobody draws under keys of their own", async () => {
  const home = new Home();
  await home.publish("ann");
  await home.server.clock.pass(hourMs);
  const { month, markKeys } = await (await home.server.client()).call("channelTerms", {});
  const said = (await home.read()).packs.map(({ marks }) => marks && toHex(marks));
  expect(said.length).toBeGreaterThan(0);
  expect(new Set(said)).toEqual(new Set([toHex(markKeysHash(nodePrimitives.sha256, month, markKeys))]));
}, 20_000);

test("[CH15] marks are drawn for the month that is, all of them, and false ones of one place are tried no more", async () => {
  const home = new Home({ wrongMarksPerMinute: { prefix: 2 } });
  const { entry } = await home.publish("ann");
  const phone = await (await home.server.person("ben")).phone.signIn(home.server);
  const { month } = await (await home.server.client()).call("channelTerms", {});
  const blinded = Array.from({ length: 64 }, () => blindToken(random).blinded);
  expect(await refusal(phone.call("channelMarks", { month: month - 1, blinded }))).toBe("stale-epoch");
  expect(await refusal(phone.call("channelMarks", { month, blinded: blinded.slice(1) }))).toBe("malformed");
  expect(
    await refusal(phone.call("channelMarks", { month, blinded: blinded.with(3, new Uint8Array(32).fill(255)) })),
  ).toBe("malformed");
  const like = async (prefix: string) =>
    refusal(
      (await home.server.client(prefix)).call("channelMark", {
        entry: entry.hash,
        what: "like",
        isOn: true,
        month,
        mark: { input: random(32), output: random(64) },
      }),
    );
  expect([await like("192.0.2.1"), await like("192.0.2.1"), await like("192.0.2.1")]).toEqual([
    "bad-token",
    "bad-token",
    "rate-limited",
  ]);
  expect(await like("192.0.2.2")).toBe("bad-token");
}, 20_000);

test("[CH15] [CH30] draws are counted by account, elements are looked at before any is evaluated, and likes wait for no draw", async () => {
  let drawnBytes = 0;
  const home = new Home(
    {},
    {
      between: (ports) => ({
        ...ports,
        random: (length) => {
          drawnBytes += length;
          return ports.random(length);
        },
      }),
    },
  );
  const { entry } = await home.publish("ann");
  const ben = await drawMarks(home, "ben"); // Twice.
  const cho = await (await home.server.person("cho")).phone.signIn(home.server);
  const blinded = Array.from({ length: 64 }, () => blindToken(random).blinded);
  const draw = (elements: readonly Bytes[]) => cho.call("channelMarks", { month: ben.month, blinded: elements });
  const before = drawnBytes;
  for (let i = 0; i < 8; i++) {
    const none = new Uint8Array(32).fill(i % 2 === 0 ? 255 : 0);
    expect(await refusal(draw(blinded.with(63, none)))).toBe("malformed");
  }
  expect(await refusal(draw(blinded))).toBe("rate-limited"); // Eight are an hour's.
  expect(drawnBytes).toBe(before);
  await home.server.clock.pass(hourMs);
  const order: string[] = [];
  const drawing = draw(blinded).then(() => order.push("drawn"));
  const mark = ben.marks[bucketOf(entry.hash)] as ChannelMark;
  const caller = await home.server.client("192.0.2.1");
  await caller.call("channelMark", { entry: entry.hash, what: "like", isOn: true, month: ben.month, mark });
  order.push("liked");
  await drawing;
  expect(order).toEqual(["liked", "drawn"]);
  expect(drawnBytes).toBeGreaterThan(before);
}, 60_000);

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

test("[CH18] home that keeps no files takes no channels, and says so", async () => {
  const server = new TestServer();
  const caller = await server.client();
  expect(await refusal(caller.call("channelTerms", {}))).toBe("unavailable");
  expect(await refusal(caller.call("channelAt", { channel: random(32) }))).toBe("unavailable");
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

test("[CH23] a channel changes its authors sixteen times at most, and in few bytes: what it adds to later packs is bounded", async () => {
  const home = new Home();
  const author = new Author("ann");
  await home.open(author);
  const keys = [signerFrom("author ann").publicKey];
  const said = { kind: "authors", body: channelBodies.authors.encode({ keys }) };
  const change = () => author.say(said);
  const long = author.make({ ...said, more: [1, 2, 3, 4].map((type) => ({ type, data: random(250) })) });
  expect(await refusal(home.append(long))).toBe("bad-entry");
  for (let i = 0; i < 15; i++) await home.append(change());
  const last = [change(), change()];
  expect(await refusal(home.append(...last))).toBe("storage-full");
  await home.append(last[0] as ChannelEntry);
  expect(await refusal(home.append(last[1] as ChannelEntry))).toBe("storage-full");
  author.log.pop();
  await home.append(author.comment(author.log[0] as ChannelEntry, "still here"));
  await home.server.clock.pass(hourMs);
  expect((await home.read()).faults).toEqual([]);
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
