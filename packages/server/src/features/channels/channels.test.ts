/** Channels at home: opened and gone on with by authors whom home does not know, and as the operator allows. */
import { expect, test } from "bun:test";
import { blindToken, type ChannelEntry, channelBodies, toHex, type UploadToken } from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { hourMs } from "../../core/rate.ts";
import { Author, filmFrom } from "../../testkit/author.ts";
import { Home, random, words } from "../../testkit/channel-home.ts";
import type { Client } from "../../testkit/client.ts";
import { signerFrom } from "../../testkit/keys.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";

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
  // It names the last one, and leaves a number out.
  expect(await append([author.make({ kind: "comment", body: next.body, seq: 2, prev: first.hash })])).toBe(
    "list-conflict",
  );
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

test("[CH18] home has room for so many channels", async () => {
  const home = new Home({ channelsMax: 1 });
  await home.open(new Author("ann"));
  expect(await refusal(home.open(new Author("ben")))).toBe("storage-full");
}, 20_000);

test("[CH18] home that keeps no files takes no channels, and says so", async () => {
  const server = new TestServer();
  const caller = await server.client();
  expect(await refusal(caller.call("channelTerms", {}))).toBe("unavailable");
  expect(await refusal(caller.call("channelAt", { channel: random(32) }))).toBe("unavailable");
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

test("[CH124] no author uses up the changes of authors that it takes to remove each other one", async () => {
  const home = new Home();
  const ann = new Author("ann");
  await home.open(ann);
  const keyOf = (name: string) => signerFrom(`author ${name}`).publicKey;
  const next = (names: readonly string[]) =>
    ann.say({ kind: "authors", body: channelBodies.authors.encode({ keys: names.map(keyOf) }) });
  let names = ["ann", "ben"];
  await home.append(next(names));
  // Ben, whose place moves with what he says, puts throw-away keys in and takes them out again.
  for (let at = 0; at < 7; at++) {
    await home.append(next([...names, `key ${at}`]));
    await home.append(next(names));
  }
  expect(await refusal(home.append(next([...names, "key 7"])))).toBe("storage-full");
  ann.log.pop();
  expect(await refusal(home.append(next(["ann", "eve"])))).toBe("storage-full");
  ann.log.pop();
  names = ["ann"];
  await home.append(next(names));
  expect(await refusal(home.append(next(["ann"])))).toBe("storage-full");
}, 20_000);

test("[CH125] a channel's full day keeps nobody from removing an author or withdrawing an entry", async () => {
  const home = new Home({ channelEntriesPerDay: 3 });
  const author = new Author("ann");
  await home.open(author);
  const [first] = author.log as [ChannelEntry];
  for (const text of ["1", "2"]) await home.append(author.comment(first, text));
  expect(await refusal(home.append(author.comment(first, "3")))).toBe("rate-limited");
  author.log.pop();
  const keys = ["ann", "ben"].map((name) => signerFrom(`author ${name}`).publicKey);
  await home.append(author.say({ kind: "authors", body: channelBodies.authors.encode({ keys }) }));
  for (const at of [1, 2, 0]) await home.append(author.delete(author.log[at] as ChannelEntry));
  expect(await refusal(home.append(author.delete(first)))).toBe("rate-limited");
}, 20_000);

test("[CH95] a home names the channels that are its own, as its operator says, also to pages of other origins", async () => {
  const home = new Home();
  const path = "/.well-known/yanshu-channel";
  const ids = [random(32), random(32)].map(toHex).sort();
  expect((await home.get(path)).status).toBe(404);
  await expect(home.act("channels-own", { channel: "school" })).rejects.toThrow("64 digits");
  for (const channel of [...ids, ids[0]]) await home.act("channels-own", { channel });
  const { status, bytes, headers } = await home.get(path);
  expect([status, new TextDecoder().decode(bytes)]).toEqual([200, ids.map((id) => `${id}\n`).join("")]);
  expect(headers["access-control-allow-origin"]).toBe("*");
  expect(headers["content-type"]).toContain("text/plain");
  expect(await home.act("channels-list", {})).toMatchObject({ own: ids });
  for (const id of ids) await home.act("channels-disown", { channel: id });
  expect((await home.get(path)).status).toBe(404);
  for (let n = 0; n < 500; n++) await home.act("channels-own", { channel: toHex(random(32)) });
  await expect(home.act("channels-own", { channel: ids[0] })).rejects.toThrow("at most 500");
}, 20_000);

test("[CH18] what was overtaken while it waited is refused before it pays, also by another server of this home", async () => {
  const home = new Home();
  const author = new Author("ann");
  const first = await home.open(author);
  const long = Array.from({ length: 16 }, (_, n) => author.comment(first, `${n}`));
  author.log.length = 1;
  const short = author.comment(first, "first");
  const tokens = await home.tokens(1);
  const [slow, quick] = [await home.caller(), await home.large()];
  const say = (entries: readonly ChannelEntry[], by: Client, shown: readonly UploadToken[]) =>
    by.call("channelAppend", { tokens: [...shown], entries: entries.map(({ bytes }) => bytes) }).then(
      () => "taken",
      ({ code }) => code as string,
    );
  const paid = await home.tokens(1);
  expect(await Promise.all([say([short], quick, paid), say(long, slow, tokens)])).toEqual(["taken", "rate-limited"]);
  // Between the check and the write it came from another server, over the same database.
  const tables = home.server.log.features.channels;
  const { channel } = tables;
  let asked = 0;
  Object.assign(tables, {
    channel: (id: Uint8Array) => {
      const row = channel(id);
      return row && ++asked >= 3 ? { ...row, seq: row.seq + 1 } : row;
    },
  });
  const next = author.comment(first, "next");
  expect(await say([next], quick, await home.tokens(1))).toBe("rate-limited");
  Object.assign(tables, { channel });
  // The token of the slow one is whole.
  expect(await say([next], quick, tokens)).toBe("taken");
}, 20_000);

test("[CH129] entries that wait to be judged have so much memory, of one place no more than is left for others, and wait in turn", async () => {
  const roomBytes = 50_000;
  const home = new Home({ waitingEntriesBytesMax: roomBytes });
  const author = new Author("ann");
  const first = await home.open(author);
  // The last one is another's: all are looked at, and nothing is paid.
  const said = { kind: "comment", body: author.comment(first, "x").body, more: [{ type: 99, data: random(200) }] };
  author.log.length = 1;
  const entries = Array.from({ length: 16 }, (_, n) =>
    n < 15 ? author.say(said) : author.make(said, signerFrom("eve")),
  ).map(({ bytes }) => bytes);
  const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
  const tokens = await home.tokens(1);
  const judged: string[] = [];
  const says = async (prefix: string) => {
    const client = await home.server.client(prefix);
    await client.call("pay", { token: (await home.tokens(1))[0] as UploadToken });
    return async () => {
      const code = await refusal(client.call("channelAppend", { tokens, entries }));
      if (code === "bad-entry") judged.push(prefix);
      return code;
    };
  };
  const [one, two, three] = [await says("192.0.2"), await says("198.51.100"), await says("203.0.113")];
  const asked = Array.from({ length: 20 }, () => one());
  asked.push(...Array.from({ length: 20 }, () => two()), three());
  const codes = await Promise.all(asked);
  expect(new Set(codes)).toEqual(new Set(["bad-entry", "rate-limited"]));
  const most = Math.floor((roomBytes / bytes + 1) / 2);
  expect(judged.filter((prefix) => prefix === "192.0.2").length).toBe(most);
  expect(judged.filter((prefix) => prefix === "198.51.100").length).toBeWithin(1, most);
  expect(judged.indexOf("203.0.113")).toBeWithin(0, 4);
  // However small they are, so many calls of one place wait.
  const [foreign] = [author.make({ kind: "comment", body: said.body, seq: 1 }, signerFrom("eve"))];
  const small = await home.server.client("192.0.2");
  const calls = Array.from({ length: 70 }, () =>
    refusal(small.call("channelAppend", { tokens, entries: [foreign.bytes] })),
  );
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["bad-entry", "rate-limited"]));
  // All of the room is free again.
  expect(await Promise.all(Array.from({ length: most }, () => two()))).toEqual(Array(most).fill("bad-entry"));
}, 20_000);
