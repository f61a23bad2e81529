/**
 * For You (docs/spec/feed.md): the page of a pack, ordered by this person's taste. Held in memory beside the store,
 * which has what was watched; what was on screen keeps its place.
 */
import {
  type ChannelPackRow,
  newestChannelPack,
  readChannelCount,
  readChannelEntry,
  readChannelFilms,
  readChannelPack,
  readChannelTaste,
  readChannelTopics,
  readOfferedFilms,
} from "@yanshu/store";
import { type Bytes, concat, equalBytes, pageDays, pageOf, toHex, utf8 } from "@yanshu/wire";
import { type FeatureContext, type Hex, unpack } from "../../feature.ts";
import { factorOf, orderOf, type Placed, Ranker } from "./ranker.ts";
import { decodeGraph, encodeGraph, togetherByTags } from "./ranker-graph.ts";
import type { ChannelLevel, ChannelWhy } from "./types.ts";
import { type ShownEntry, tagKey } from "./values.ts";

/** Of 72 that everybody has, a person is shown the best third (FY11). */
const pageShown = 24;
/** Films that the graph knows. */
const graphFilmsMax = 5_000;

export type ForYou = {
  readonly pack: Bytes;
  readonly at: number;
  /** How often a page was begun. */
  readonly turn: number;
  /** The page in its own order. */
  readonly all: readonly Hex[];
  readonly order: readonly Hex[];
  readonly shown: number;
  readonly hasNext: boolean;
};

/** The page of a pack, as everybody computes it (CH13). */
export function pageFor({ db, sha256 }: FeatureContext, pack: ChannelPackRow): readonly Bytes[] {
  const offered = readOfferedFilms(db, pack, pageDays).map(({ hash, channel, pack: n, day }) => ({
    hash,
    channel,
    n,
    day,
    ...readChannelCount(db, hash, pack.n),
  }));
  return pageOf(sha256, offered, pack.day, pack.hash).map(({ hash }) => hash);
}

export class ForYouPage {
  private readonly context: FeatureContext;
  private nodes = new Map<Hex, number>();
  private names: Hex[] = [];
  private tags: (readonly string[])[] = [];
  private keys: (readonly string[])[] = [];
  private titles: string[] = [];
  private ranker: Ranker | undefined;
  /** The newest pack when that was learned; undefined: something that is in no pack changed since. */
  private learned: Bytes | undefined;
  private at = 0;
  private turn = 0;
  private pack: ChannelPackRow | undefined;
  private all: readonly Hex[] = [];
  private order: readonly Placed[] = [];
  /** So many of the order keep their places, and so many were on screen. */
  private fixed = 0;
  private shown = 0;
  /** Reasons by film, as long as taste is the same. */
  private readonly reasons = new Map<Hex, ChannelWhy>();

  constructor(context: FeatureContext) {
    this.context = context;
  }

  /** What there is now: undefined until a pack came. */
  get(): ForYou | undefined {
    if (this.pack === undefined) return undefined;
    return {
      pack: this.pack.hash,
      at: this.at,
      turn: this.turn,
      all: this.all,
      order: this.order.slice(0, pageShown).map(({ node }) => this.names[node] as Hex),
      shown: Math.min(this.shown, pageShown),
      hasNext: this.packAt(this.at + 1) !== undefined,
    };
  }

  /** Why it stands there: one reason that is true. */
  why(entry: Hex): ChannelWhy {
    const held = this.reasons.get(entry) ?? this.whyNow(entry);
    this.reasons.set(entry, held);
    return held;
  }

  private whyNow(entry: Hex): ChannelWhy {
    const node = this.nodes.get(entry);
    const placed = this.order.find((one) => one.node === node);
    if (node === undefined || placed === undefined || this.ranker === undefined) return { kind: "page" };
    if (placed.isTried) return { kind: "unexplained" };
    const [reason] = this.ranker.why(node, 1);
    if (reason === undefined) return { kind: "page" };
    const { because, share } = reason;
    const common = (this.tags[node] ?? []).find((tag) => this.tags[because]?.includes(tag));
    const title = this.titles[because] ?? "";
    if (title === "" && common !== undefined) return { kind: "topic", tag: common, share };
    return { kind: "watched", entry: this.names[because] as Hex, title, share };
  }

  /** Begins with the newest page. After packs came, the page that is open stays until another is asked for. */
  refresh(isAnew = false): void {
    const newest = newestChannelPack(this.context.db);
    if (newest === undefined) return;
    const isOpen = this.pack !== undefined && !isAnew && this.fixed > 0;
    if (isOpen) return;
    if (this.learned === undefined || !equalBytes(this.learned, newest.hash)) this.learn();
    this.open(0, isAnew);
  }

  next(): void {
    if (this.packAt(this.at + 1) !== undefined) this.open(this.at + 1);
  }

  /** It is on screen: it and the one behind it keep their places. */
  shows(entry: Hex): void {
    const place = this.order.findIndex(({ node }) => this.names[node] === entry);
    if (place < 0) return;
    this.fixed = Math.max(this.fixed, Math.min(this.order.length, place + 2));
    this.shown = Math.max(this.shown, place + 1);
  }

  swiped(entry: Hex, value: number): void {
    const node = this.nodes.get(entry);
    if (node === undefined) this.learnLater();
    else if (this.ranker !== undefined) {
      this.ranker.swipe(node, value);
      this.arrange();
    }
  }

  /** Films are here, or were watched, that are not learned: the next page that begins has them. */
  learnLater(): void {
    this.learned = undefined;
  }

  /** Taste was forgotten. */
  anew(): void {
    // Once packs came a film has another number: what stands is found by its name.
    const stands = this.order.slice(0, this.fixed).map((one) => ({ one, name: this.names[one.node] as Hex }));
    this.learn();
    this.order = stands.flatMap(({ one, name }) => {
      const node = this.nodes.get(name);
      return node === undefined ? [] : [{ ...one, node }];
    });
    this.arrange();
  }

  private packAt(at: number): ChannelPackRow | undefined {
    const newest = newestChannelPack(this.context.db);
    return newest === undefined ? undefined : readChannelPack(this.context.db, newest.n - at);
  }

  private open(at: number, isAnew = false): void {
    const pack = this.packAt(at);
    if (pack === undefined) return;
    const isSame = this.pack !== undefined && equalBytes(this.pack.hash, pack.hash);
    if (!isSame) this.all = pageFor(this.context, pack).map(toHex);
    this.at = at;
    if (isAnew || !isSame) this.turn++;
    this.pack = pack;
    this.fixed = 0;
    this.shown = 0;
    this.order = [];
    this.arrange();
  }

  /** What is here, and what was watched, as the graph has it. */
  private learn(): void {
    const { db } = this.context;
    const newest = newestChannelPack(db);
    this.learned = newest?.hash;
    const films = newest === undefined ? [] : readChannelFilms(db, newest.day - pageDays, graphFilmsMax);
    const taste = readChannelTaste(db);
    const watched = taste.flatMap(({ entry }) => readChannelEntry(db, entry) ?? []);
    const rows = [...new Map([...films, ...watched].map((row) => [toHex(row.hash), row])).values()];
    this.nodes = new Map(rows.map(({ hash }, node) => [toHex(hash), node]));
    this.names = rows.map(({ hash }) => toHex(hash));
    const seen = rows.map(({ shown }) => (shown.length === 0 ? undefined : unpack<ShownEntry>(shown)));
    this.tags = seen.map((one) => one?.tags.map(tagKey) ?? []);
    this.titles = seen.map((one) => one?.text ?? "");
    this.keys = rows.map(({ channel }, node) => {
      const sound = seen[node]?.sound;
      return [toHex(channel), ...(sound ? [`sound ${toHex(sound)}`] : [])];
    });
    const likes = rows.map(({ hash }) => readChannelCount(db, hash).likes);
    this.ranker = new Ranker(decodeGraph(encodeGraph(rows.length, togetherByTags(this.tags))), likes);
    this.ranker.begin(
      taste.flatMap(({ entry, value }): [number, number][] => {
        const node = this.nodes.get(toHex(entry));
        return node === undefined ? [] : [[node, value]];
      }),
    );
  }

  /** By the taste and the topics of now; what is fixed stays. */
  arrange(): void {
    const { db } = this.context;
    this.reasons.clear();
    if (this.ranker === undefined || this.pack === undefined) return;
    const levels = new Map(readChannelTopics(db).map(({ tag, level }) => [tag, level as ChannelLevel]));
    const candidates = this.all.flatMap((name) => {
      const node = this.nodes.get(name);
      if (node === undefined) return []; // It is not here any more.
      const factor = factorOf(this.tags[node] ?? [], (tag) => levels.get(tag));
      return [{ node, keys: this.keys[node] ?? [], factor }];
    });
    this.order = orderOf(this.ranker, candidates, this.chance(), this.order.slice(0, this.fixed));
  }

  /** Numbers that follow from the page's seed alone. */
  private chance(): () => number {
    const { sha256 } = this.context;
    const seed = this.pack?.hash ?? new Uint8Array();
    let n = 0;
    return () => {
      const bytes = sha256(concat(utf8(`yanshu for you ${n++}`), seed));
      return (((bytes[0] as number) << 16) | ((bytes[1] as number) << 8) | (bytes[2] as number)) / 2 ** 24;
    };
  }
}
