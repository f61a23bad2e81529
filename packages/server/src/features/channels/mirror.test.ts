/** What a home keeps of another's channels: as that home signed it, checked, and never more than it shows itself. */
import { afterAll, expect, test } from "bun:test";
import {
  type Bytes,
  type ChannelEntry,
  type Decision,
  decodePackFile,
  decodePackFiles,
  decodePackHead,
  decodePublicHome,
  encodePackFile,
  encodePackFiles,
  encodePackHead,
  encodePublicHome,
  encodeRoots,
  publicLimits,
  toHex,
} from "@yanshu/wire";
import { dayMs, minuteMs } from "../../core/rate.ts";
import { provide } from "../../feature.ts";
import { LogFullError } from "../../log/log.ts";
import { filmFrom, PackReader } from "../../testkit/author.ts";
import { Home, partBytes, random, words } from "../../testkit/channel-home.ts";
import { readerFrom } from "./bun-mirror.ts";
import { publicReader, type ReadPublic } from "./mirror-port.ts";

const { chunkBytes } = publicLimits;
const base = "/public/mirrors/home.example/";

type Change = (path: string, body: Bytes) => Bytes;

/** A home, and another that mirrors it. */
class Two {
  readonly source: Home;
  readonly mirror: Home;
  /** What was asked for of the source. */
  readonly asked: string[] = [];
  /** Bytes of films that came from there, with those of their lists. */
  filmBytes = 0;
  isAway = false;
  /** The mirror's disk has no room left. */
  isDiskFull = false;
  change: Change = (_, body) => body;
  /** What the source answers in place of what it has. */
  gives: (
    path: string,
    range?: readonly [number, number],
  ) => ReturnType<ReadPublic> extends Promise<infer A> ? A : never = () => undefined;

  constructor(config: object = {}, ofSource: object = {}) {
    this.source = new Home({ packMsMin: 60_000, ...ofSource });
    const read: ReadPublic = async (home, path, bytesMax, range) => {
      // It takes what is asked, and says nothing.
      if (home.startsWith("slow")) return new Promise(() => undefined);
      if (home !== "home.example" || this.isAway) return undefined;
      this.asked.push(path);
      const given = this.gives(path, range);
      if (given !== undefined) return given;
      const headers = range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` };
      const { status, bytes } = await this.source.get(path, headers);
      const body = this.change(path, bytes);
      if (path.includes("/films/")) this.filmBytes += body.length;
      return body.length > bytesMax ? undefined : { status, body };
    };
    this.mirror = new Home(
      { domain: "mirror.example", ...config },
      {
        between: (ports) => ({
          ...ports,
          provides: [...(ports.provides ?? []), provide(publicReader, read)],
          disk: {
            freeBytes: () => (this.isDiskFull ? 0 : 1_000),
            reserveBytes: 100,
            reserve: () => (this.isDiskFull ? "given-up" : "held"),
            giveUp: () => undefined,
            takeBack: async () => undefined,
          },
        }),
      },
    );
  }

  async pass(ms = 2 * minuteMs): Promise<void> {
    await this.source.server.clock.pass(ms);
    await this.mirror.server.clock.pass(ms);
    // What other homes show comes by no clock of this one's.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** The source's next pack has these decisions, as no operator's command makes them. */
  decide(...decisions: readonly (readonly [Decision["action"], ChannelEntry])[]): void {
    const { log } = this.source.server;
    log.transaction(() => {
      for (const [action, { hash }] of decisions)
        log.features.channels.addDecision({ target: hash, action, reason: "a test", appeal: "mailto:op@home.example" });
    });
  }

  /** One turn of the mirror, to its end. */
  async look(): Promise<void> {
    await this.mirror.server.clock.pass(minuteMs);
    for (let [asked, still] = [-1, 0]; still < 100; still++) {
      if (asked !== this.asked.length) [asked, still] = [this.asked.length, 0];
      await new Promise((resolve) => setTimeout(resolve, 0));
      // So long a write waits for others to go with it.
      await this.mirror.server.clock.pass(10);
    }
  }

  /** What somebody reads at the mirror who comes now. */
  async read(from = 0): Promise<PackReader> {
    const reader = new PackReader(await this.source.packKey());
    for (let n = from; ; n++) {
      const { status, bytes } = await this.mirror.get(`${base}packs/${n}`);
      if (status === 404) return reader;
      expect(await reader.read(bytes)).toBeUndefined();
    }
  }

  list = async () =>
    (await this.mirror.act("mirrors-list", {})) as {
      readonly homes: readonly { readonly packs: number; readonly fault: string }[];
      readonly films: number;
    };
}

const pathOf = (film: { readonly ref: { readonly hash: Bytes } }) => `films/${toHex(film.ref.hash)}`;

test("[CH6] [CH70] [R8.3] a home is kept by another: its packs under their names, its films whole, also when it is gone", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { film } = await source.publish("阿梅");
  await two.pass();
  expect((await mirror.get(`${base}head`)).status).toBe(404);
  for (const wrong of [{}, { home: "Home!" }, { home: "home.example", channel: "x" }])
    await expect(mirror.act("mirrors-add", wrong)).rejects.toThrow();
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  two.isAway = true;
  const newest = decodePackHead((await mirror.get(`${base}head`)).bytes);
  expect(newest).toEqual(decodePackHead((await source.get("/public/head")).bytes));
  expect(decodePublicHome((await mirror.get(`${base}home`)).bytes)).toMatchObject({
    home: "home.example",
    key: await source.packKey(),
  });
  const reader = await two.read();
  expect([words(reader), reader.faults]).toEqual([["profile 阿梅", "film 阿梅的菜园"], []]);
  const several = decodePackFiles((await mirror.get(`${base}packs/0-${newest.n}`)).bytes);
  expect(several).toHaveLength(newest.n + 1);
  expect(several[0]).toEqual((await source.get("/public/packs/0")).bytes);
  const whole = await mirror.get(`${base}${pathOf(film)}`);
  expect(whole.bytes).toEqual(film.bytes);
  expect(whole.headers).toMatchObject({ "access-control-allow-origin": "*" });
  expect(whole.headers["cache-control"]).toContain("immutable");
  expect((await mirror.get(`${base}${pathOf(film)}/list`)).bytes).toEqual(film.list);
  const part = await mirror.get(`${base}${pathOf(film)}`, { range: `bytes=${chunkBytes}-${2 * chunkBytes - 1}` });
  expect([part.status, part.bytes]).toEqual([206, film.bytes.slice(chunkBytes, 2 * chunkBytes)]);
  // It is the other home's, and no film or pack of this one.
  expect((await mirror.get(`/public/${pathOf(film)}`)).status).toBe(404);
  expect((await mirror.get("/public/head")).status).toBe(404);
  for (const none of ["", "head/1", "packs/x", "packs/a", "films/x", "heads/1", "../home.example/head"])
    expect((await mirror.get(`${base}${none}`)).status).toBe(404);
  expect((await mirror.get("/public/mirrors/other.example/head")).status).toBe(404);
  // What is here outlives the server, and goes when the operator says so.
  mirror.crash();
  expect((await mirror.get(`${base}${pathOf(film)}`)).bytes).toEqual(film.bytes);
  await mirror.act("mirrors-remove", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect([(await mirror.get(`${base}head`)).status, mirror.server.films.files.size]).toEqual([404, 0]);
}, 60_000);

test("[CH71] a pack that was changed, left out or put in, and a film's wrong chunk, are not taken, and the operator sees why", async () => {
  const two = new Two();
  const { source, mirror } = two;
  await source.publish("阿梅");
  await two.pass();
  await mirror.act("mirrors-add", { home: "home.example" });
  const files = (change: (file: Bytes) => Bytes) => (path: string, body: Bytes) =>
    path.includes("/packs/") ? encodePackFiles(decodePackFiles(body).map(change)) : body;
  two.change = files((file) => encodePackFile({ ...decodePackFile(file), signature: random(64) }));
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: 0, fault: "bad-signature" }]);
  two.change = (_, body) => body;
  // A film whose middle is another's: what came before stays, and nothing of it is handed out.
  two.change = (path, body) => (/films\/[0-9a-f]{64}$/.test(path) ? body.map((byte) => byte ^ 1) : body);
  await two.pass();
  const { film } = await source.publish("本");
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ fault: "" }]);
  expect((await mirror.get(`${base}${pathOf(film)}`)).status).toBe(404);
  two.change = (_, body) => body;
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(film)}`)).bytes).toEqual(film.bytes);
  // A head in a place that is held: that home shows two people two things.
  const { n } = decodePackHead((await source.get("/public/head")).bytes);
  two.change = (path, body) => (path.endsWith("/head") ? encodePackHead({ n, hash: random(32) }) : body);
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: n + 1, fault: "forked" }]);
  expect((await two.read()).faults).toEqual([]);
}, 60_000);

test("[CH71] a home that answers nothing, begins in the middle, or shows what is another's is not kept under its name", async () => {
  const two = new Two({}, { domain: "evil.example" });
  const { source, mirror } = two;
  await source.publish("阿梅");
  await source.server.clock.pass(2 * minuteMs);
  await source.publish("本");
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  // It says that it is another home: no key of it is taken.
  expect(two.asked.filter((path) => !path.endsWith("/home"))).toEqual([]);
  const named = (path: string, body: Bytes) =>
    path === "/public/home" ? encodePublicHome({ ...decodePublicHome(body), home: "home.example" }) : body;
  two.change = (path, body) => (path.includes("/packs/") ? encodePackFiles([]) : named(path, body));
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: 0, fault: "" }]);
  two.change = (path, body) =>
    path.includes("/packs/") ? encodePackFiles(decodePackFiles(body).slice(1)) : named(path, body);
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: 0, fault: "does-not-follow" }]);
  two.change = named;
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: 0, fault: "does-not-follow" }]);
}, 60_000);

test("[CH71] a list that is another film's is not kept, and the film's own is taken later", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { film } = await source.publish("阿梅");
  two.change = (path, body) => (path.endsWith("/list") ? body.toReversed() : body);
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(film)}`)).status).toBe(404);
  two.change = (_, body) => body;
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(film)}`)).bytes).toEqual(film.bytes);
}, 60_000);

test("[CH71] a home whose first pack is left out, and one that needs two minutes for each answer, is not kept as far as that", async () => {
  const two = new Two();
  const { source, mirror } = two;
  for (const name of ["阿梅", "本"]) {
    await source.publish(name, random(100));
    await source.server.clock.pass(2 * minuteMs);
  }
  const packs = (path: string) => path.includes("/packs/");
  two.change = (path, body) => (packs(path) ? encodePackFiles(decodePackFiles(body).slice(1)) : body);
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: 0, fault: "does-not-follow" }]);
  two.change = (path, body) => {
    if (packs(path)) mirror.server.clock.jump(2 * minuteMs);
    return body;
  };
  await two.look();
  expect((await two.list()).homes).toMatchObject([{ packs: 0 }]);
  two.change = (_, body) => body;
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ fault: "" }]);
  expect(words(await two.read())).toContain("film 本的菜园");
}, 60_000);

test("[CH71] [CH73] a piece of a film that is shorter than asked is not taken, and one that came too late leaves nothing on the disk", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { entry, film } = await source.publish("阿梅");
  const isPiece = (path: string) => path.endsWith(pathOf(film));
  two.change = (path, body) => (isPiece(path) ? body.slice(0, chunkBytes) : body);
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(film)}`)).status).toBe(404);
  expect(mirror.server.films.files.size).toBe(0);
  // It was withdrawn while its bytes were on their way.
  const { log } = mirror.server;
  two.change = (path, body) => {
    if (isPiece(path))
      log.transaction(() => {
        log.features.channels.mirror.unuse("home.example", entry.hash);
        log.features.channels.mirror.dropFilm("home.example", film.ref.hash);
      });
    return body;
  };
  await two.pass();
  await two.pass();
  expect(mirror.server.films.files.size).toBe(0);
}, 60_000);

test("[CH77] of one day 1,440 packs of a home are taken, and the operator sees that more came", async () => {
  const two = new Two();
  const { source, mirror } = two;
  await source.publish("阿梅", random(100));
  await source.server.clock.pass(2 * minuteMs);
  const { said, signature } = decodePackFile((await source.get("/public/packs/0")).bytes);
  const newest = 1_439;
  // As if a pack had been made each minute of that day.
  const [hash, hour] = [random(32), Math.floor(source.server.clock.nowMs() / 3_600_000)];
  const { log } = source.server;
  log.transaction(() => log.features.channels.addPack({ n: newest, hash, said, signature, hour }));
  await mirror.act("mirrors-add", { home: "home.example" });
  const held = mirror.server.log;
  held.transaction(() => {
    for (const n of [0, newest])
      held.features.channels.mirror.addPack("home.example", n, hour, { hash, said, signature, roots: encodeRoots([]) });
  });
  await source.publish("本", random(100));
  await two.pass();
  await two.pass();
  expect(decodePackHead((await source.get("/public/head")).bytes).n).toBeGreaterThan(newest);
  expect((await two.list()).homes).toMatchObject([{ packs: newest + 1, fault: "too-many" }]);
}, 60_000);

test("[CH72] nobody withdraws at a mirror what is in another's channel", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { entry, film } = await source.publish("阿梅");
  const ben = await source.publish("本");
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await source.append(ben.author.delete(entry));
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(film)}`)).bytes).toEqual(film.bytes);
}, 60_000);

test("[CH88] what no author signed is not kept, and an unsigned withdrawal withdraws nothing", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { author, entry, film } = await source.publish("阿梅");
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  const spoiled = (one: Bytes) => one.map((byte, at) => (at === one.length - 1 ? byte ^ 1 : byte));
  const spoil = (file: Bytes) => {
    const { entries, ...rest } = decodePackFile(file);
    return encodePackFile({ ...rest, entries: entries.map(spoiled) });
  };
  two.change = (path, body) => (path.includes("/packs/") ? encodePackFiles(decodePackFiles(body).map(spoil)) : body);
  const before = (await two.list()).homes[0]?.packs;
  await source.append(author.delete(entry));
  await two.pass();
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: before, fault: "bad-signature" }]);
  expect((await mirror.get(`${base}${pathOf(film)}`)).bytes).toEqual(film.bytes);
  two.change = (_, body) => body;
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ fault: "" }]);
  expect((await two.read()).blanks).toEqual([toHex(entry.hash)]);
}, 60_000);

test("[CH72] what its author withdraws and that home removes goes from the mirror too, and what is restored comes back", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { author, entry, film } = await source.publish("阿梅");
  const other = await source.publish("本");
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect(mirror.server.films.files.size).toBe(2);
  const decision = { entry: toHex(other.entry.hash), reason: "an address", appeal: "mailto:op@home.example" };
  await source.append(author.delete(entry));
  await source.act("channels-remove", decision);
  await two.pass();
  await two.pass();
  const reader = await two.read();
  expect(reader.blanks.toSorted()).toEqual([toHex(entry.hash), toHex(other.entry.hash)].toSorted());
  for (const one of [film, other.film]) expect((await mirror.get(`${base}${pathOf(one)}`)).status).toBe(404);
  expect(mirror.server.films.files.size).toBe(0);
  await source.act("channels-restore", { ...decision, reason: "a mistake" });
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(other.film)}`)).bytes).toEqual(other.film.bytes);
  expect((await two.read()).blanks).toEqual([toHex(entry.hash)]);
}, 60_000);

test("[CH72] what its author withdrew comes back by no decision and in no later pack, and of two decisions in a pack the last counts", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const [ann, ben, mei] = [await source.publish("阿梅"), await source.publish("本"), await source.publish("小满")];
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  // That home keeps what it had and hands it out for ever, films too.
  two.gives = (path, range) => {
    if (path.endsWith(`${pathOf(ann.film)}/list`)) return { status: 200, body: ann.film.list };
    if (!path.endsWith(pathOf(ann.film)) || range === undefined) return undefined;
    return { status: 206, body: ann.film.bytes.slice(range[0], range[1] + 1) };
  };
  const kept = new Map<string, Bytes>();
  for (let n = 0; ; n++) {
    const { status, bytes } = await source.get(`/public/packs/${n}`);
    if (status === 404) break;
    kept.set(`/public/packs/${n}`, bytes);
  }
  two.change = (path, body) => kept.get(path) ?? body;
  const gone = async () => (await two.read()).blanks.toSorted();
  const hashes = (...of: readonly { readonly entry: ChannelEntry }[]) => of.map(({ entry }) => toHex(entry.hash));
  two.decide(["remove", ann.entry], ["remove", ben.entry]);
  await two.pass();
  await two.pass();
  expect(await gone()).toEqual(hashes(ann, ben).toSorted());
  // It was removed before its author withdrew it, and is restored in the same pack and in later ones.
  await source.append(ann.author.delete(ann.entry));
  two.decide(["restore", ann.entry], ["restore", ben.entry], ["remove", ben.entry]);
  two.decide(["remove", mei.entry], ["restore", mei.entry]);
  two.asked.length = 0;
  await two.pass();
  await two.pass();
  // Nothing is read again: one is withdrawn, one is removed after all, and one is here.
  expect(two.asked.filter((path) => /packs\/\d+$/.test(path))).toEqual([]);
  two.decide(["remove", ann.entry], ["label", mei.entry]);
  await two.pass();
  await two.pass();
  two.decide(["restore", ann.entry]);
  await two.pass();
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ fault: "" }]);
  expect(await gone()).toEqual(hashes(ann, ben).toSorted());
  for (const { film } of [ann, ben]) expect((await mirror.get(`${base}${pathOf(film)}`)).status).toBe(404);
  expect((await mirror.get(`${base}${pathOf(mei.film)}`)).bytes).toEqual(mei.film.bytes);
  two.decide(["remove", mei.entry]);
  await two.pass();
  await two.pass();
  // Of a pack that is read again only what is restored comes back.
  two.decide(["restore", ben.entry]);
  await two.pass();
  await two.pass();
  expect(await gone()).toEqual(hashes(ann, mei).toSorted());
  expect((await mirror.get(`${base}${pathOf(ben.film)}`)).bytes).toEqual(ben.film.bytes);
}, 60_000);

test("[CH72] what a full disk did not keep of what is restored is read again", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const { entry } = await source.publish("阿梅", random(100));
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  two.decide(["remove", entry]);
  await two.pass();
  await two.pass();
  expect((await two.read()).blanks).toEqual([toHex(entry.hash)]);
  const tables = mirror.server.log.features.channels.mirror;
  const { setEntry } = tables;
  let refused = 0;
  Object.assign(tables, {
    setEntry: (...call: Parameters<typeof setEntry>) => {
      if (call[2] !== undefined && refused++ === 0) throw new LogFullError("no room");
      setEntry(...call);
    },
  });
  two.decide(["restore", entry]);
  for (let turn = 0; turn < 3; turn++) await two.pass();
  expect(refused).toBeGreaterThan(0);
  expect((await two.read()).blanks).toEqual([]);
}, 60_000);

test("[CH71] where a pack could not be kept, those behind it wait for it, and none is called broken", async () => {
  const two = new Two();
  const { source, mirror } = two;
  for (const name of ["阿梅", "阿明"]) {
    await source.publish(name, random(100));
    await two.pass();
  }
  await mirror.act("mirrors-add", { home: "home.example" });
  const tables = mirror.server.log.features.channels.mirror;
  const { addPack, setFault } = tables;
  let refused = 0;
  const said: string[] = [];
  Object.assign(tables, {
    addPack: (...call: Parameters<typeof addPack>) => {
      // A commit that fails is tried once more by itself.
      two.isDiskFull = refused++ < 2;
      if (two.isDiskFull) throw new LogFullError("no room");
      addPack(...call);
    },
    setFault: (...call: Parameters<typeof setFault>) => {
      said.push(call[1]);
      setFault(...call);
    },
  });
  for (let turn = 0; turn < 4; turn++) await two.pass();
  const { packs = 0 } = (await two.list()).homes[0] ?? {};
  expect(packs).toBeGreaterThan(1);
  expect(refused).toBe(packs + 2);
  expect(said.filter((fault) => fault !== "")).toEqual([]);
}, 60_000);

test("[CH78] a pack is read once for all that another restores in it, and a turn that took two minutes goes on in the next", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const first = await source.publish("阿梅", random(100));
  await two.pass();
  const second = [await source.publish("本", random(100)), await source.publish("小满", random(100))];
  await two.pass();
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  const all = [first, ...second].map(({ entry }) => entry);
  two.decide(...all.map((entry) => ["remove", entry] as const));
  await two.pass();
  await two.pass();
  const held = (await two.list()).homes[0]?.packs ?? 0;
  expect((await two.read()).blanks).toHaveLength(all.length);
  // Each pack that is read again takes that home two minutes, and of the first it gives no entry.
  const lacks = (file: Bytes) => {
    const { entries, ...rest } = decodePackFile(file);
    return encodePackFile({ ...rest, entries: entries.map(() => new Uint8Array(0)) });
  };
  let lacking: string | undefined;
  two.change = (path, body) => {
    if (!/packs\/\d+$/.test(path)) return body;
    mirror.server.clock.jump(2 * minuteMs);
    lacking ??= path;
    return path === lacking ? lacks(body) : body;
  };
  two.asked.length = 0;
  two.decide(...Array.from({ length: 20 }, () => all.map((entry) => ["restore", entry] as const)).flat());
  for (let turn = 0; turn < 4; turn++) await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: held + 1, fault: "" }]);
  expect((await two.read()).blanks).toEqual([toHex(first.entry.hash)]);
  const again = two.asked.filter((path) => /packs\/\d+$/.test(path));
  expect(again.length).toBeGreaterThan(1);
  expect(again).toHaveLength(new Set(again).size);
  const turns = two.asked.join(" ").split("/public/head");
  expect(Math.max(...turns.map((turn) => turn.match(/packs\/\d+( |$)/g)?.length ?? 0))).toBe(1);
}, 60_000);

test("[CH70] [CH73] of one channel alone films are kept, as far as there is room", async () => {
  const two = new Two({ mirrorBytesMax: 4 * chunkBytes });
  const { source, mirror } = two;
  const ann = await source.publish("阿梅");
  const ben = await source.publish("本");
  await mirror.act("mirrors-add", { home: "home.example", channel: toHex(ann.author.channel) });
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(ann.film)}`)).bytes).toEqual(ann.film.bytes);
  expect((await mirror.get(`${base}${pathOf(ben.film)}`)).status).toBe(404);
  expect(words(await two.read())).toContain("film 本的菜园");
  await expect(mirror.act("mirrors-add", { home: "home.example" })).rejects.toThrow("remove it first");
  // There is no room for one more.
  const more = await source.publish("第二", random(5 * chunkBytes));
  await mirror.act("mirrors-remove", { home: "home.example" });
  await two.pass();
  await mirror.act("mirrors-add", { home: "home.example", channel: toHex(more.author.channel) });
  await two.pass();
  await two.pass();
  expect((await mirror.get(`${base}${pathOf(more.film)}`)).status).toBe(404);
  expect((more.entry as ChannelEntry).kind).toBe("film");
}, 60_000);

test("[CH73] a look brings no more than 64 MiB of films, with their lists and with what fails its check", async () => {
  const two = new Two();
  const { source, mirror } = two;
  const bytesMax = 64 << 20;
  const large = await source.publish("阿梅", new Uint8Array(bytesMax + 1));
  // A film's hash says its turn: this one comes first.
  let bytes = random(chunkBytes);
  while (toHex(filmFrom(bytes).ref.hash) > toHex(large.film.ref.hash)) bytes = random(chunkBytes);
  const small = await source.publish("本", bytes);
  two.change = (path, body) => (path.endsWith(pathOf(small.film)) ? body.toReversed() : body);
  await mirror.act("mirrors-add", { home: "home.example" });
  await source.server.clock.pass(2 * minuteMs);
  await two.look();
  expect(two.filmBytes).toBeGreaterThan(bytesMax - partBytes - 1);
  expect(two.filmBytes).toBeLessThanOrEqual(bytesMax);
  expect(two.asked.filter((path) => path.endsWith(pathOf(small.film)))).toHaveLength(1);
  await two.look();
  const { body: _, bytes: came, ...whole } = await mirror.get(`${base}${pathOf(large.film)}`);
  expect([whole.status, came.length]).toEqual([200, large.film.bytes.length]);
}, 60_000);

test("[CH77] packs of a home have room of their own: the oldest go when they are ninety days old, and none comes where the disk is full", async () => {
  const two = new Two({ mirrorBytesMax: 4 * 3_000 });
  const { source, mirror } = two;
  const small = random(100);
  const first = await source.publish("阿梅", small);
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect(words(await two.read())).toEqual(["profile 阿梅", "film 阿梅的菜园"]);
  // No pack of these is old.
  for (const name of ["本", "小满", "老周"]) {
    await source.publish(name, random(200));
    await two.pass();
    await two.pass();
  }
  const [held] = (await two.list()).homes;
  expect(held?.fault).toBe("no-room");
  const { n } = decodePackHead((await source.get("/public/head")).bytes);
  expect(held?.packs).toBeLessThan(n + 1);
  for (const { server } of [source, mirror]) server.clock.jump(91 * dayMs);
  await two.pass();
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: n + 1, fault: "" }]);
  expect((await mirror.get(`${base}packs/0`)).status).toBe(404);
  expect((await mirror.get(`${base}packs/${n}`)).bytes).toEqual((await source.get(`/public/packs/${n}`)).bytes);
  // What the oldest pack alone named went with it.
  expect((await mirror.get(`${base}${pathOf(first.film)}`)).status).toBe(404);
  two.isDiskFull = true;
  mirror.crash();
  await source.publish("晚到", small.slice(1));
  await two.pass();
  await two.pass();
  expect((await two.list()).homes).toMatchObject([{ packs: n + 1 }]);
  two.isDiskFull = false;
  mirror.crash();
  await two.pass();
  await two.pass();
  expect(words(await two.read(n + 1))).toContain("film 晚到的菜园");
}, 60_000);

test("[CH78] a home that gives no answer holds up no other, and sixty-four are mirrored at most", async () => {
  const two = new Two();
  const { source, mirror } = two;
  await source.publish("阿梅");
  for (let n = 0; n < 4; n++) await mirror.act("mirrors-add", { home: `slow${n}.example` });
  await mirror.act("mirrors-add", { home: "home.example" });
  await two.pass();
  await two.pass();
  expect(words(await two.read())).toContain("film 阿梅的菜园");
  for (let n = 4; n < 63; n++) await mirror.act("mirrors-add", { home: `slow${n}.example` });
  await expect(mirror.act("mirrors-add", { home: "more.example" })).rejects.toThrow("at most 64");
}, 60_000);

const asked: string[] = [];
const near = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${pathname} ${request.headers.get("range") ?? ""} ${request.headers.get("cookie") ?? ""}`);
    if (pathname === "/moved") return Response.redirect("/there", 302);
    return new Response(new Uint8Array(pathname === "/long" ? 2_000 : 10));
  },
});
afterAll(() => near.stop(true));

test("[CH71] a mirror calls no machine of its own network, follows nobody elsewhere, and reads no more than it asked for", async () => {
  const service = readerFrom(false);
  for (const name of [`127.0.0.1:${near.port}`, `localhost:${near.port}`, "10.0.0.1", "printer.local", "home"])
    expect([name, await service(name, "/", 100)]).toEqual([name, undefined]);
  const within = readerFrom(false, async () => undefined);
  expect(await within("inside.example.com", "/", 100)).toBeUndefined();
  expect(asked).toEqual([]);
  const trial = readerFrom(true);
  const at = `127.0.0.1:${near.port}`;
  expect(await trial(at, "/here", 100, [0, 9])).toEqual({ status: 200, body: new Uint8Array(10) });
  expect(asked).toEqual(["/here bytes=0-9 "]);
  expect(await trial(at, "/long", 1_000)).toBeUndefined();
  expect((await trial(at, "/moved", 1_000))?.status).toBe(302);
  expect(asked.some((one) => one.startsWith("/there"))).toBe(false);
}, 60_000);
