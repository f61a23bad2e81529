/** The public log: what authors sign, what a home publishes, and what each reader finds out by itself. */
import { describe, expect, test } from "bun:test";
import { type Bytes, concat, equalBytes, fromHex, MalformedError, toHex, utf8 } from "../bytes.ts";
import { Author, PackMaker } from "../testing/authors.ts";
import { primitives, sha256, signer } from "../testing/signers.ts";
import { blindToken } from "../upload-tokens.ts";
import {
  type ChannelEntry,
  type ChannelHead,
  channelIdOf,
  decodeChannelEntry,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  type FilmRef,
  filmsOf,
  followEntry,
  noHash,
} from "./entries.ts";
import {
  areChunks,
  chunkAt,
  chunksOf,
  encodeFilmHead,
  encodeHeadsBegin,
  filmHashOf,
  filmListOf,
  filmOf,
  HeadsReader,
  headBytesOf,
  isFilmHead,
  isFilmList,
} from "./films.ts";
import { publicLimits } from "./limits.ts";
import { bucketOf, evaluateMark, finishMark, isMark, markKey, markRow, monthOf } from "./marks.ts";
import {
  checkDecision,
  decodePackFile,
  decodePackSaid,
  deletedBy,
  encodePackFile,
  encodePackSaid,
  isFork,
  type OpenedPack,
  openPack,
  readPlaces,
  unexplained,
} from "./packs.ts";
import { type Offered, pageOf } from "./page.ts";

const said = (kind: string, text: string) => ({ kind, body: utf8(text) });
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** What follows what, and why an entry does not. */
async function follow(entries: readonly ChannelEntry[]): Promise<readonly string[]> {
  let head: ChannelHead | undefined;
  const found: string[] = [];
  for (const entry of entries) {
    const followed = await followEntry(primitives, head, entry);
    found.push(followed.kind === "follows" ? "follows" : followed.why);
    if (followed.kind === "follows") head = followed.after;
  }
  return found;
}

describe("entries", () => {
  test("[CH1] a channel is what its inception hashes to, and its entries are those that its authors signed", async () => {
    const ann = new Author("ann", "choir");
    expect(channelIdOf(sha256, ann.inception)).toEqual(ann.channel);
    const first = ann.say(said("film", "one"));
    const second = ann.say({ ...said("film", "two"), author: 1 });
    expect(await follow([first, second])).toEqual(["follows", "follows"]);
    const forged = ann.make({ ...said("film", "x"), seq: 1 }, signer("eve"));
    const nobody = ann.make({ ...said("film", "x"), seq: 1, author: 5 }, signer("eve"));
    expect(await follow([first, forged, nobody, second])).toEqual([
      "follows",
      "bad-signature",
      "not-an-author",
      "follows",
    ]);
    const others = new Author("ben");
    const stolen = ann.make({ ...said("film", "x"), seq: 0, channel: others.channel });
    expect(await follow([stolen])).toEqual(["malformed"]);
  });

  test("[CH1] a key of small order, one that comes twice, and none are no authors", () => {
    const salt = new Uint8Array(16);
    const { publicKey } = signer("ann");
    for (const authors of [
      [],
      [publicKey, publicKey],
      [new Uint8Array(32)],
      Array.from({ length: 9 }, () => random(32)),
    ])
      expect(() => encodeChannelInception({ authors, salt })).toThrow(MalformedError);
  });

  test("[CH2] an entry follows the one before by number and hash: a gap, another link and a second one of a number are told", async () => {
    const ann = new Author("ann");
    const [one, two, three] = ["1", "2", "3"].map((text) => ann.say(said("film", text))) as ChannelEntry[] as [
      ChannelEntry,
      ChannelEntry,
      ChannelEntry,
    ];
    expect(await follow([one, three, two])).toEqual(["follows", "gap", "follows"]);
    expect(await follow([two])).toEqual(["gap"]);
    const unlinked = ann.make({ ...said("film", "2"), seq: 1, prev: random(32) });
    const again = ann.make({ ...said("film", "another"), seq: 1 });
    expect(await follow([one, unlinked, two, again])).toEqual(["follows", "bad-link", "follows", "taken"]);
  });

  test("[CH2] an entry has one form: the inception stands in the first alone, and what is longer or of no kind is malformed", () => {
    const ann = new Author("ann");
    const base = { channel: ann.channel, seq: 1, prev: noHash, day: 1, author: 0, kind: "film", body: utf8("x") };
    const made = (change: object) => () =>
      decodeChannelEntry(sha256, encodeChannelEntry(encodeChannelSaid({ ...base, ...change }), new Uint8Array(64)));
    expect(made({})().kind).toBe("film");
    for (const change of [
      { inception: ann.inception },
      { seq: 0 },
      { kind: "Film" },
      { kind: "" },
      { kind: "k".repeat(25) },
      { body: new Uint8Array(publicLimits.bodyBytesMax + 1) },
      { boost: 1 },
    ])
      expect(made(change)).toThrow(MalformedError);
    const unknown = made({ kind: "duet-of-a-later-year", body: fromHex("a16178f5") })();
    expect([unknown.kind, toHex(unknown.body)]).toEqual(["duet-of-a-later-year", "a16178f5"]);
  });

  test("[CH3] authors name the next authors: from the next entry on they sign, and who was left out does not", async () => {
    const parish = new Author("ann");
    const first = parish.say(said("film", "1"));
    const change = parish.setAuthors("ben", "cho");
    const byBen = parish.say(said("film", "2"));
    const byAnn = parish.make({ ...said("film", "3"), seq: 3 }, signer("author ann"));
    const byCho = parish.say({ ...said("film", "3"), author: 1 });
    expect(await follow([first, change, byBen, byAnn, byCho])).toEqual([
      "follows",
      "follows",
      "follows",
      "bad-signature",
      "follows",
    ]);
    const nobody = parish.make({ kind: "authors", body: utf8("none") });
    expect(await follow([first, change, byBen, byCho, nobody])).toEqual([
      "follows",
      "follows",
      "follows",
      "follows",
      "malformed",
    ]);
  });
});

describe("films", () => {
  const bytes = random(3 * publicLimits.chunkBytes + 100);
  const { hash, list } = filmOf(sha256, bytes);
  const film = { hash, bytes: bytes.length, list };

  test("[CH4] a film is named by its chunks' hashes: each chunk is checked by itself, and each that differs is found", () => {
    expect(chunksOf(bytes.length)).toBe(4);
    expect(list.length).toBe(4 + 4 * 32);
    expect(filmHashOf(sha256, list)).toEqual(hash);
    for (let at = 0; at < 4; at++) {
      const chunk = chunkAt(bytes, at);
      expect(areChunks(sha256, film, at, chunk)).toBe(true);
      const changed = chunk.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(areChunks(sha256, film, at, changed)).toBe(false);
      expect(areChunks(sha256, film, (at + 1) % 4, chunk)).toBe(false);
    }
    expect(areChunks(sha256, film, 1, bytes.subarray(publicLimits.chunkBytes))).toBe(true);
    expect(areChunks(sha256, film, 0, bytes.subarray(0, 100))).toBe(false);
    expect(areChunks(sha256, film, 0, new Uint8Array(0))).toBe(false);
    expect(areChunks(sha256, film, 0, concat(bytes, Uint8Array.of(1)))).toBe(false);
  });

  test("[CH4] a list belongs to one film and one length; a film of no bytes and of too many is none", () => {
    expect(isFilmList(sha256, film, list)).toBe(true);
    expect(isFilmList(sha256, { ...film, bytes: bytes.length + publicLimits.chunkBytes }, list)).toBe(false);
    // Nobody who knows the list begins the film with another length: the name is of the length too.
    expect(isFilmList(sha256, { ...film, bytes: bytes.length + 1 }, list)).toBe(false);
    const longer = filmListOf(bytes.length + 1, [list.subarray(4)]);
    expect(isFilmList(sha256, { ...film, bytes: bytes.length + 1 }, longer)).toBe(false);
    expect(isFilmList(sha256, { ...film, hash: random(32) }, list)).toBe(false);
    expect(isFilmList(sha256, film, concat(list, random(32)))).toBe(false);
    for (const wrong of [0, -1, 1.5, Number.NaN, publicLimits.filmBytesMax + 1])
      expect(() => chunksOf(wrong)).toThrow(MalformedError);
  });

  test("[CH4] a chunk that is short in the middle, or longer than the film's end, is none, also where the list names it", () => {
    const [whole, part] = [random(publicLimits.chunkBytes), random(100)];
    const length = publicLimits.chunkBytes + 100;
    const shortFirst = filmListOf(length, [sha256(part), sha256(part)]);
    expect(areChunks(sha256, { bytes: length, list: shortFirst }, 0, part)).toBe(false);
    expect(areChunks(sha256, { bytes: length, list: shortFirst }, 1, part)).toBe(true);
    const longLast = filmListOf(length, [sha256(whole), sha256(whole)]);
    expect(areChunks(sha256, { bytes: length, list: longLast }, 1, whole)).toBe(false);
    expect(areChunks(sha256, { bytes: length, list: longLast }, 0, whole)).toBe(true);
  });

  test("[CH4] an entry names each film once, its poster, captions and other sizes among them; a type that is none is malformed", () => {
    const stored = (byte: number, mime = "image/webp") => ({ hash: new Uint8Array(32).fill(byte), bytes: 10, mime });
    const one: FilmRef = {
      ...stored(1, "video/mp4"),
      width: 540,
      height: 960,
      durationMs: 9_000,
      loudness: 218,
      poster: stored(2),
      thumbhash: random(25),
      captions: [{ ...stored(3, "text/vtt"), language: "zh-Hans" }],
      renditions: [{ ...stored(4, "video/mp4"), width: 720, height: 1_280 }],
    };
    const ann = new Author("ann");
    const entry = ann.say({ ...said("film", "x"), films: [one, { ...one, hash: new Uint8Array(32).fill(5) }] });
    expect(filmsOf(entry).map(({ hash: of }) => of[0])).toEqual([1, 2, 3, 4, 5]);
    for (const bytes of [0, publicLimits.filmBytesMax + 1])
      expect(() => ann.make({ ...said("film", "x"), films: [{ ...one, bytes }] })).toThrow(MalformedError);
    const captions = Array.from({ length: 8 }, () => ({ ...stored(3, "text/vtt"), language: "x".repeat(20) }));
    const films = Array.from({ length: 36 }, () => ({ ...one, captions }));
    expect(() => ann.make({ ...said("film", "x"), films })).toThrow("said: not at most 32672 bytes");
    for (const mime of ["video/mp4\r\nset-cookie: x", "text", "text/html", "application/x", "VIDEO/mp4"])
      expect(() => ann.make({ ...said("film", "x"), films: [{ ...one, mime }] })).toThrow(MalformedError);
  });

  test("[CH14] heads are read as they arrive, each whole chunk checked; what is cut, too long or another's is found", () => {
    const small = random(500);
    const other = filmOf(sha256, small);
    const heads = [
      { film: hash, list, head: bytes.subarray(0, headBytesOf(bytes.length)) },
      { film: other.hash, list: other.list, head: small },
      { film: random(32), list: new Uint8Array(0), head: new Uint8Array(0) },
    ];
    const pack = random(32);
    const whole = concat(encodeHeadsBegin(pack, heads.length), ...heads.map(encodeFilmHead));
    for (const step of [1, 7, 1_000, 40_000, whole.length]) {
      const reader = new HeadsReader();
      const read = [];
      for (let at = 0; at < whole.length; at += step) read.push(...reader.push(whole.subarray(at, at + step)));
      expect(reader.isWhole).toBe(true);
      expect(reader.pack).toEqual(pack);
      expect(read.map(({ film: of, head }) => [toHex(of), head.length])).toEqual(
        heads.map(({ film: of, head }) => [toHex(of), head.length]),
      );
      expect(isFilmHead(sha256, read[0] as never, { hash, bytes: bytes.length })).toBe(true);
      expect(isFilmHead(sha256, read[1] as never, { hash: other.hash, bytes: 500 })).toBe(true);
      expect(isFilmHead(sha256, read[1] as never, { hash, bytes: bytes.length })).toBe(false);
    }
    const cut = new HeadsReader();
    expect(cut.push(whole.subarray(0, whole.length - 1)).length).toBe(2);
    expect(cut.isWhole).toBe(false);
    expect(() => new HeadsReader().push(concat(whole, Uint8Array.of(0)))).toThrow("bytes after the last film");
    expect(() => new HeadsReader().push(random(60))).toThrow("not a bundle of heads");
    expect(() => new HeadsReader().push(encodeHeadsBegin(pack, 73))).toThrow("more films than a page has");
    const huge = concat(encodeHeadsBegin(pack, 1), hash, fromHex("ffffffff"), fromHex("00000000"));
    expect(() => new HeadsReader().push(huge)).toThrow("a list over its limit");
    const long = concat(encodeHeadsBegin(pack, 1), hash, fromHex("00000000"), fromHex("00100000"));
    expect(() => new HeadsReader().push(long)).toThrow("a head over its limit");
    const named = { hash, bytes: bytes.length };
    const [honest] = heads as [(typeof heads)[0]];
    const lastOther = list.slice().fill(0, list.length - 32);
    for (const changed of [{ film: random(32) }, { list: lastOther }, { head: random(honest.head.length) }])
      expect(isFilmHead(sha256, { ...honest, ...changed }, named)).toBe(false);
    const short = { film: hash, list, head: bytes.subarray(0, publicLimits.chunkBytes) };
    expect(isFilmHead(sha256, short, { hash, bytes: bytes.length })).toBe(false);
  });
});

/** A reader that holds what it was shown, as a client does. */
class Reader {
  readonly shown = new Map<string, ChannelEntry>();
  readonly found: string[] = [];
  readonly heads = new Map<string, ChannelHead>();
  readonly packs: OpenedPack[] = [];
  private readonly key: Bytes;
  private readonly nowHour: number;

  constructor(home: PackMaker, nowHour = 600_000) {
    this.nowHour = nowHour;
    this.key = home.key.publicKey;
  }

  async take(file: Bytes): Promise<void> {
    const last = this.packs.at(-1);
    const opened = await openPack(primitives, this.key, file, last, this.nowHour);
    if (opened.kind === "refused") return void this.found.push(`pack: ${opened.why}`);
    const { pack } = opened;
    this.packs.push(pack);
    const read = await readPlaces(primitives, pack, (channel) => this.heads.get(toHex(channel)));
    for (const [id, head] of read.heads) this.heads.set(id, head);
    for (const { why } of read.faults) this.found.push(why);
    for (const entry of read.entries) this.shown.set(toHex(entry.hash), entry);
    const gone = new Set([
      ...pack.decisions.map(({ target }) => toHex(target)),
      ...[...this.shown.values()].map((one) => toHex(deletedBy(one) ?? noHash)),
    ]);
    for (const one of unexplained(read.blanks, gone)) this.found.push(`blank ${one.seq}`);
  }
}

describe("packs", () => {
  test("[CH7] [R3.1] what nobody signed, what another signed, and what is shown again, is not shown", async () => {
    const [ann, ben, home] = [new Author("ann"), new Author("ben"), new PackMaker()];
    const real = ann.say(said("film", "real"));
    const unsigned = ann.make({ ...said("film", "propaganda"), seq: 1 }, signer("eve"));
    const bens = ben.say(said("film", "b"));
    const moved = ben.make({ ...said("film", "b"), channel: ann.channel, seq: 1, prev: real.hash });
    const reader = new Reader(home);
    await reader.take(home.publish([real, unsigned, bens]).file);
    await reader.take(home.publish([moved, real]).file);
    expect([...reader.shown.keys()]).toEqual([real, bens].map(({ hash }) => toHex(hash)));
    expect(reader.found).toEqual(["bad-signature", "bad-signature", "taken"]);
  });

  test("[CH7] [CH9] [R3.2] a pack that differs for one person fails its signature, or does not follow, or leaves a gap", async () => {
    const [ann, home] = [new Author("ann"), new PackMaker()];
    const entries = ["1", "2", "3"].map((text) => ann.say(said("film", text)));
    for (const entry of entries) home.publish([entry]);
    const [first, second, third] = home.packs as [
      (typeof home.packs)[0],
      (typeof home.packs)[0],
      (typeof home.packs)[0],
    ];
    const honest = new Reader(home);
    for (const { file } of home.packs) await honest.take(file);
    expect(honest.found).toEqual([]);
    const without = { ...decodePackSaid(second.said), places: [] };
    const file = decodePackFile(second.file);
    const victim = new Reader(home);
    await victim.take(first.file);
    await victim.take(encodePackFile({ ...file, said: encodePackSaid(without), entries: [] }));
    await victim.take(third.file);
    expect(victim.found).toEqual(["pack: bad-signature", "pack: does-not-follow"]);
    // Signed for this person alone: a fork, which the next entry of that author shows, and a friend's head.
    const forked = home.seal(encodePackSaid(without), []);
    const next = home.seal(
      encodePackSaid({ ...decodePackSaid(third.said), prev: forked.hash }),
      decodePackFile(third.file).entries,
    );
    const fooled = new Reader(home);
    for (const one of [first, forked, next]) await fooled.take(one.file);
    expect(fooled.found).toEqual(["gap"]);
    expect(fooled.shown.size).toBe(2);
    const hashAt = (n: number) => fooled.packs[n]?.hash;
    expect(isFork({ n: 1, hash: second.hash }, hashAt)).toBe(true);
    expect(isFork({ n: 0, hash: first.hash }, hashAt)).toBe(false);
    expect(isFork({ n: 9, hash: first.hash }, hashAt)).toBe(false);
  });

  test("[CH8] an entry beside a pack that is not the one of its place is refused with the pack", async () => {
    const [ann, ben, home] = [new Author("ann"), new Author("ben"), new PackMaker()];
    const [one, other] = [ann.say(said("film", "1")), ben.say(said("film", "2"))];
    const { file } = home.publish([one, other]);
    const open = decodePackFile(file);
    for (const entries of [
      [other.bytes, one.bytes],
      [one.bytes, utf8("x")],
      [one.bytes],
      [one.bytes, other.bytes, one.bytes],
    ]) {
      const reader = new Reader(home);
      await reader.take(encodePackFile({ ...open, entries }));
      expect(reader.found.length).toBe(1);
      expect(reader.shown.size).toBe(0);
    }
    // Home signs a place that is not the entry's.
    const lied = { ...decodePackSaid(open.said), places: [{ hash: one.hash, channel: one.channel, seq: 3 }] };
    const reader = new Reader(home);
    await reader.take(home.seal(encodePackSaid(lied), [one.bytes]).file);
    expect(reader.found).toEqual(["pack: bad-entry"]);
    await reader.take(utf8("no pack"));
    expect(reader.found[1]).toBe("pack: malformed");
  });

  test("[CH8] another entry of the same place, and the right one for another channel's place, are refused", async () => {
    const [ann, ben, home] = [new Author("ann"), new Author("ben"), new PackMaker()];
    const [one, another] = [ann.say(said("film", "1")), ann.make({ ...said("film", "2"), seq: 0 })];
    const { hash, channel, seq } = one;
    const { said: head } = home.publish([one]);
    for (const [place, entry] of [
      [{ hash, channel, seq }, another],
      [{ hash, channel: ben.channel, seq }, one],
    ] as const) {
      const reader = new Reader(home);
      await reader.take(home.seal(encodePackSaid({ ...decodePackSaid(head), places: [place] }), [entry.bytes]).file);
      expect(reader.found).toEqual(["pack: bad-entry"]);
    }
  });

  test("[CH7] the first pack follows none", async () => {
    const home = new PackMaker();
    const { said: head } = home.publish([]);
    const reader = new Reader(home);
    await reader.take(home.seal(encodePackSaid({ ...decodePackSaid(head), prev: random(32) }), []).file);
    expect(reader.found).toEqual(["pack: does-not-follow"]);
  });

  test("[CH8] who begins late reads channels by their roots, also after their authors changed; a root that is false is refused", async () => {
    const [ann, home] = [new Author("ann"), new PackMaker()];
    home.publish([ann.say(said("film", "1"))]);
    const change = ann.setAuthors("ben");
    home.publish([change]);
    const late = ann.say(said("film", "2"));
    const root = { inception: ann.inception, authors: [change.bytes] };
    const { file } = home.publish([late], { roots: [root] });
    const reader = new Reader(home);
    await reader.take(file);
    expect([reader.found, reader.shown.size]).toEqual([[], 1]);
    const open = decodePackFile(file);
    const blind = new Reader(home);
    await blind.take(encodePackFile({ ...open, roots: [] }));
    expect([blind.found, blind.shown.size]).toEqual([["gap", "not-an-author"], 0]);
    const behind = new Reader(home);
    await behind.take(encodePackFile({ ...open, roots: [{ ...root, authors: [] }] }));
    expect([behind.found, behind.shown.size]).toEqual([["bad-signature"], 0]);
    const eves = ann.make({ kind: "authors", body: change.body, seq: 1 }, signer("eve"));
    const cheated = new Reader(home);
    const { channel } = new Author("cho");
    const elsewhere = ann.make({ kind: "authors", body: change.body, seq: 1, channel }, signer("author ann"));
    for (const wrong of [eves, ann.log[0] as ChannelEntry, elsewhere])
      await cheated.take(encodePackFile({ ...open, roots: [{ ...root, authors: [wrong.bytes] }] }));
    expect(cheated.found).toEqual(["pack: malformed", "pack: malformed", "pack: malformed"]);
  });

  test("[CH5] [CH10] [R3.4] what was taken away leaves its place: with a decision or its author's word it is explained, else it is told", async () => {
    const [ann, ben, cho, home] = [new Author("ann"), new Author("ben"), new Author("cho"), new PackMaker()];
    const [anns, bens, chos] = [ann, ben, cho].map((one) => one.say(said("film", "x"))) as [
      ChannelEntry,
      ChannelEntry,
      ChannelEntry,
    ];
    const { file } = home.publish([anns, bens, chos]);
    const decision = checkDecision({
      target: anns.hash,
      action: "remove",
      reason: "an address",
      appeal: "yanshu:#appeal",
    });
    home.publish([ben.delete(bens)], { decisions: [decision] });
    const open = decodePackFile(file);
    const blank = new Uint8Array(0);
    const roots = [ann, ben, cho].map(({ inception }) => ({ inception, authors: [] }));
    const blanked = encodePackFile({ ...open, entries: [blank, blank, blank], roots });
    const opened = await openPack(primitives, home.key.publicKey, blanked, undefined, 600_000);
    if (opened.kind === "refused") throw new Error(opened.why);
    const { blanks } = await readPlaces(primitives, opened.pack, () => undefined);
    const explained = new Set([toHex(decision.target), toHex(deletedBy(ben.log[1] as ChannelEntry) as Bytes)]);
    expect(unexplained(blanks, explained).map(({ hash }) => toHex(hash))).toEqual([toHex(chos.hash)]);
    const reader = new Reader(home);
    await reader.take(blanked);
    await reader.take((home.packs[1] as { file: Bytes }).file); // The packs still follow one another.
    // A reader of its own, to whom the reasons come a pack later.
    expect(reader.found).toEqual(["blank 0", "blank 0", "blank 0"]);
    expect(reader.packs.length).toBe(2);
    for (const wrong of [{ reason: "" }, { appeal: " " }, { action: "boost" }, { target: utf8("x") }])
      expect(() => checkDecision({ ...decision, ...wrong })).toThrow(MalformedError);
  });

  test("[CH10] a pack with a decision that has no reason, or no place to object, is refused", async () => {
    const home = new PackMaker();
    const decision = { target: random(32), action: "remove", reason: "an address", appeal: "yanshu:#appeal" } as const;
    for (const [change, what] of [
      [{}, []],
      [{ reason: "" }, ["pack: malformed"]],
      [{ appeal: " " }, ["pack: malformed"]],
    ] as const) {
      const said = {
        ...decodePackSaid(home.publish([]).said),
        n: 0,
        prev: noHash,
        decisions: [{ ...decision, ...change }],
      };
      const reader = new Reader(home);
      await reader.take(home.seal(encodePackSaid(said), []).file);
      expect(reader.found).toEqual([...what]);
    }
  });

  test("[CH27] a pack of an hour before that of the pack before, or of more than a day ahead, is refused", async () => {
    const home = new PackMaker();
    home.publish([], { hour: 500_000 });
    const read = async (hour: number, nowHour: number) => {
      const reader = new Reader(home, nowHour);
      await reader.take((home.packs[0] as { file: Bytes }).file);
      const [first] = home.packs as [(typeof home.packs)[0]];
      const said = { ...decodePackSaid(first.said), n: 1, prev: first.hash, hour };
      await reader.take(home.seal(encodePackSaid(said), []).file);
      return reader.found;
    };
    expect(await read(500_000, 500_000)).toEqual([]);
    expect(await read(500_024, 500_000)).toEqual([]);
    expect(await read(500_025, 500_000)).toEqual(["pack: bad-hour"]);
    expect(await read(499_999, 500_000)).toEqual(["pack: bad-hour"]);
    expect(await read(0, 500_000)).toEqual(["pack: bad-hour"]);
    expect(await read(500_000, 499_900)).toEqual(["pack: bad-hour", "pack: bad-hour"]);
  });

  test("[CH12] [R3.5] no pack, entry or count has a field for reach that is paid for, and one with such a field is refused", () => {
    const pack = decodePackSaid(new PackMaker().publish([]).said);
    expect(Object.keys(pack).sort()).toEqual(["counts", "decisions", "home", "hour", "n", "places", "prev", "v"]);
    const entry = new Uint8Array(32);
    for (const change of [
      { boost: 1 },
      { places: [{ hash: entry, channel: entry, seq: 0, weight: 2 }] },
      { counts: [{ entry, likes: 1, views: 1, paid: 1 }] },
    ])
      expect(() => encodePackSaid({ ...pack, ...change } as never)).toThrow("has an unknown field");
  });
});

describe("pages", () => {
  const draw = (seed: string) => {
    const bytes = sha256(utf8(seed));
    return ((bytes[0] as number) * 65_536 + (bytes[1] as number) * 256 + (bytes[2] as number)) / 2 ** 24;
  };
  const films: readonly Offered[] = Array.from({ length: 3_000 }, (_, i) => {
    const views = Math.floor(draw(`views ${i}`) * 1_000);
    const day = 1_000 + Math.floor(draw(`day ${i}`) * 101);
    return {
      hash: sha256(utf8(`film ${i}`)),
      channel: sha256(utf8(`channel ${Math.floor(draw(`by ${i}`) * 900)}`)),
      day,
      n: day * 24,
      views,
      likes: Math.floor(views * draw(`likes ${i}`) * 0.2),
    };
  });
  const seed = sha256(utf8("pack 1"));
  const names = (page: readonly Offered[]) => page.map(({ hash }) => toHex(hash));

  test("[CH13] [R3.5] every reader computes the page that home serves, in whatever order it holds the films, and a lifted film is seen", () => {
    const served = pageOf(sha256, films, 1_100, seed);
    expect(served.length).toBe(72);
    expect(new Set(served.map(({ channel }) => toHex(channel))).size).toBe(72);
    expect(names(pageOf(sha256, films.toReversed(), 1_100, seed))).toEqual(names(served));
    const passed = films.find(({ day, hash }) => day === 1_080 && !names(served).includes(toHex(hash)));
    const lifted = films.map((one) => (one === passed ? { ...one, likes: 9_999 } : one));
    expect(names(pageOf(sha256, lifted, 1_100, seed))).not.toEqual(names(served));
    const next = pageOf(sha256, films, 1_100, sha256(utf8("pack 2")));
    expect(names(next)).not.toEqual(names(served));
    expect(served.slice(0, 24).every(({ day }) => day >= 1_097)).toBe(true);
    expect(served.slice(48, 60).every(({ day }) => day <= 1_070 && day > 1_010)).toBe(true);
    expect(served.slice(60).every(({ day }) => day > 1_093)).toBe(true);
    // What is not published yet, and what is older than ninety days, is not offered.
    expect(served.every(({ day }) => day > 1_010 && day <= 1_100)).toBe(true);
  });

  test("[CH13] a home of few channels fills its page with its newest, each once; one of none has an empty page", () => {
    const few = films
      .slice(0, 40)
      .map((one, i) => ({ ...one, day: 1_100, n: i, channel: new Uint8Array(32).fill(i % 3) }));
    const page = pageOf(sha256, few, 1_100, seed);
    expect(page.length).toBe(40);
    expect(new Set(names(page)).size).toBe(40);
    expect(pageOf(sha256, [], 1_100, seed)).toEqual([]);
  });

  test("[CH13] golden: this page, for another implementation", () => {
    expect(toHex(sha256(concat(...pageOf(sha256, films, 1_100, seed).map(({ hash }) => hash))))).toBe(
      "a01869894e8d86bdda864ce8c5c8746aaadbeaf2b83c8f0621d8a8e9bb6ab8fe",
    );
  });
});

describe("marks", () => {
  const home = random(32);
  const drawn = (month: number, bucket: number) => {
    const key = markKey(home, month, bucket);
    const token = blindToken(random);
    return { key, mark: finishMark(key.publicKey, token, evaluateMark(key, token.blinded, random)) };
  };

  test("[CH15] a mark is good for its month and bucket alone, and one by another key than everybody's is refused when it is drawn", () => {
    const { key, mark } = drawn(683, 7);
    if (mark === undefined) throw new Error("no mark");
    expect(isMark(key, mark)).toBe(true);
    expect(isMark(markKey(home, 683, 8), mark)).toBe(false);
    expect(isMark(markKey(home, 684, 7), mark)).toBe(false);
    expect(isMark(key, { ...mark, input: random(32) })).toBe(false);
    const token = blindToken(random);
    const own = markKey(random(32), 683, 7); // A key for this account alone.
    expect(finishMark(key.publicKey, token, evaluateMark(own, token.blinded, random))).toBeUndefined();
  });

  test("[CH15] what is kept of two likes by one mark is not alike; of the same like it is", () => {
    const { mark } = drawn(683, 7);
    if (mark === undefined) throw new Error("no mark");
    const [film, other] = [random(32), random(32)];
    const rows = [
      markRow(sha256, "like", mark, film),
      markRow(sha256, "like", mark, other),
      markRow(sha256, "view", mark, film),
    ];
    expect(new Set(rows.map(toHex)).size).toBe(3);
    expect(equalBytes(rows[0] as Bytes, markRow(sha256, "like", mark, film))).toBe(true);
    expect(bucketOf(Uint8Array.of(65, 1))).toBe(1);
    expect([0, 30, 31, 20_786].map(monthOf)).toEqual([0, 0, 1, 682]);
  });
});
