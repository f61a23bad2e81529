/**
 * Who opens what (docs/spec/moments.md MO6, MO8): truth is kept apart from keys. Every value that home ever held is
 * tried with every key that anybody ever held, and each person must open exactly what the rules allow.
 */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unsafe } from "@noble/ciphers/aes.js";
import type { MomentAudience } from "@yanshu/client";
import { hintOf, openHeader, openWord, wordSizes } from "@yanshu/client/moments";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import { type AccountId, type Bytes, fromHex, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { chanceFrom } from "./chance.ts";
import { nobodyLooks } from "./moments.ts";

const crypto = createBrowserCrypto();

/** The greatest kind of a word. */
const kindMax = 4;

/**
 * The same, for millions of keys that open nothing: what is derived of one secret begins once, where it is kept, and a
 * word whose first block, by this key, does not begin as one (a length that it has room for, a kind) is not opened to
 * its end.
 */
function triesWords({ keeps }: { readonly keeps: boolean }): typeof crypto {
  const secrets = new Map<string, Bytes>();
  const kept = (secret: Bytes) => {
    if (!keeps) return secret;
    const id = toHex(secret);
    const held = secrets.get(id) ?? secret;
    secrets.set(id, held);
    return held;
  };
  const block = new Uint8Array(16);
  const words = new Uint32Array(block.buffer);
  return {
    ...crypto,
    derive: (secret, info, length) => crypto.derive(kept(secret), info, length),
    deriveOnce: (secret, info, length) => crypto.derive(kept(secret), info, length),
    open: async (key, nonce, aad, value) => {
      block.set(nonce);
      block.set([0, 0, 0, 2], nonce.length);
      const [w0, w1, w2, w3] = words as unknown as [number, number, number, number];
      const { s0 } = unsafe.encrypt(unsafe.expandKeyLE(key), w0, w1, w2, w3);
      const [high, low, kind] = [0, 1, 2].map((at) => ((s0 >>> (8 * at)) & 255) ^ (value[at] ?? 0)) as [
        number,
        number,
        number,
      ];
      const mayBeWord = ((high << 8) | low) + 2 + 16 <= value.length && kind <= kindMax;
      return mayBeWord ? crypto.open(key, nonce, aad, value) : undefined;
    },
  };
}

type Said = {
  readonly id: string;
  readonly author: Person;
  readonly post: string;
  readonly parent: string | undefined;
  /** Friends of its author when it was said; and all who were since its author's log began. */
  readonly then: ReadonlySet<Person>;
  readonly epoch: ReadonlySet<Person>;
  isGone: boolean;
};
type Posted = {
  readonly id: string;
  readonly author: Person;
  readonly told: Set<Person>;
  readonly isToAll: boolean;
  isGone: boolean;
};

/** Keys that somebody was ever given. */
type Bag = { readonly logs: Set<string>; readonly posts: Set<string>; readonly replies: Set<string> };

/** By which keys a word opens, and the secret that it tells to who opens it. */
type Opened = { readonly log: string; readonly post: string; readonly reply: string | undefined; readonly own: string };

/** Whether these keys open it, with what they open before. */
function opens(bag: Bag, all: ReadonlyMap<string, Opened>, word: Opened): boolean {
  if (!bag.logs.has(word.log) || !bag.posts.has(word.post)) return false;
  if (word.reply === undefined || bag.replies.has(word.reply)) return true;
  return [...all.values()].some((parent) => parent.own === word.reply && opens(bag, all, parent));
}

class FriendGraph {
  readonly said = new Map<string, Said>();
  readonly posts = new Map<string, Posted>();
  readonly friends = new Map<Person, Set<Person>>();
  readonly epochs = new Map<Person, Set<Person>>();
  readonly bags = new Map<Person, Bag>();
  /** Of each post, by its secret. */
  private readonly authors = new Map<string, AccountId>();
  private readonly folder = mkdtempSync(join(tmpdir(), "yanshu-moments-"));
  private readonly home: Database;
  readonly world: World;
  readonly people: Person[] = [];
  private readonly chance: () => number;

  constructor(seed: number) {
    this.chance = chanceFrom(seed).next;
    this.world = new World({ seed, files: true, logPath: join(this.folder, "log.sqlite") });
    this.home = new Database(join(this.folder, "log.sqlite"));
    this.home.run("CREATE TABLE hoard (name BLOB, value BLOB, UNIQUE (name, value))");
    this.hoard();
  }

  /** An operator who keeps all that comes in; called often, since home makes its table anew now and then. */
  private hoard(): void {
    for (const when of ["INSERT", "UPDATE"])
      this.home.run(
        `CREATE TRIGGER IF NOT EXISTS hoard_${when} AFTER ${when} ON holes
         BEGIN INSERT OR IGNORE INTO hoard VALUES (new.hole, new.value); END`,
      );
    this.home.run("INSERT OR IGNORE INTO hoard SELECT hole, value FROM holes");
  }

  end(): void {
    this.home.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  one<T>(items: readonly T[]): T {
    return items[Math.floor(this.chance() * items.length)] as T;
  }

  happens(share: number): boolean {
    return this.chance() < share;
  }

  async found(count: number, degree: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const person = await this.world.person(`p${n}`);
      this.people.push(person);
      this.friends.set(person, new Set());
      this.epochs.set(person, new Set());
      this.bags.set(person, { logs: new Set(), posts: new Set(), replies: new Set() });
    }
    for (let n = 0; n < count; n++)
      for (let d = 0; d < degree / 2; d++) {
        const other = this.happens(0.8)
          ? (n + 1 + Math.floor(this.chance() * degree)) % count
          : Math.floor(this.chance() * count);
        await this.befriend(this.people[n] as Person, this.people[other] as Person);
      }
  }

  async befriend(a: Person, b: Person, days?: number): Promise<void> {
    if (a === b || this.friends.get(a)?.has(b)) return;
    await this.world.befriend(a, b);
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      this.friends.get(x)?.add(y);
      this.epochs.get(x)?.add(y);
      const tags = this.happens(0.3) ? ["家人"] : this.happens(0.5) ? ["同事"] : [];
      await x.api.setContactNotes(y.account, { tags });
      // Posts to all within the window are theirs too.
      for (const post of this.posts.values())
        if (post.author === x && post.isToAll && !post.isGone && (x !== a || days === undefined)) post.told.add(y);
    }
  }

  /** Everybody looks, and what they hold is written down. */
  async look(times = 2): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.world.pass(2_000);
      await this.world.during(Promise.all(this.people.map((person) => person.api.lookAtMoments())));
      this.collect();
    }
    await this.world.pass(2_000);
    this.collect();
  }

  private collect(): void {
    this.hoard();
    for (const [{ disk }, bag] of this.bags) {
      const add = (to: Set<string>, sql: string) => {
        for (const { key } of disk.all<{ key: Bytes }>(sql)) if (key.length > 0) to.add(toHex(key));
      };
      add(bag.logs, "SELECT key FROM moment_logs UNION SELECT key FROM moment_own_logs");
      add(bag.posts, "SELECT secret AS key FROM moments");
      for (const { secret, author } of disk.all<{ secret: Bytes; author: AccountId }>(
        "SELECT secret, author FROM moments",
      ))
        this.authors.set(toHex(secret), author);
      add(bag.replies, "SELECT reply AS key FROM moment_words");
    }
  }

  private audience(person: Person): { audience: MomentAudience; told: Set<Person> } {
    const friends = [...(this.friends.get(person) ?? [])];
    const some = friends.filter(() => this.happens(0.3)).slice(0, 2);
    const tags = this.happens(0.5) ? ["家人"] : ["同事"];
    const notes = person.view("contacts");
    const isNamed = (friend: Person) =>
      some.includes(friend) ||
      tags.some((tag) => notes.find(({ account }) => account === friend.account)?.tags.includes(tag));
    const people = some.map(({ account }) => account);
    const x = this.chance();
    if (x < 0.5) return { audience: { who: "all" }, told: new Set(friends) };
    if (x < 0.7) return { audience: { who: "only", tags, people }, told: new Set(friends.filter(isNamed)) };
    if (x < 0.95)
      return { audience: { who: "except", tags, people }, told: new Set(friends.filter((one) => !isNamed(one))) };
    return { audience: { who: "me" }, told: new Set() };
  }

  async post(person: Person): Promise<void> {
    const { audience, told } = this.audience(person);
    const id = await person.api.postMoment({ text: "吃了吗", pictures: [], audience });
    this.posts.set(id, { id, author: person, told, isToAll: audience.who === "all", isGone: false });
  }

  has(person: Person, post: string): boolean {
    const held = this.posts.get(post);
    return held !== undefined && (held.author === person || held.told.has(person));
  }

  private noted(author: Person, post: string, id: string, parent?: string): void {
    const then = new Set(this.friends.get(author));
    const epoch = this.epochs.get(author) as Set<Person>;
    this.said.set(id, { id, author, post, parent, then, epoch, isGone: false });
  }

  /** What each says on what they see. */
  async speak(person: Person): Promise<void> {
    for (const { id } of person.view("momentsFeed", { limit: 200 }).posts) {
      if (this.happens(0.18)) {
        await person.api.likeMoment(id);
        const row = person.disk.get<{ id: Bytes }>(
          "SELECT id FROM moment_words WHERE post = ? AND author = ? AND kind = 'like' AND state <> 'gone'",
          fromHex(id),
          fromHex(person.account),
        );
        const like = row && toHex(row.id);
        if (like !== undefined && !this.said.has(like)) this.noted(person, id, like);
      }
      if (this.happens(0.2)) this.noted(person, id, await person.api.commentMoment(id, "好看！"));
      const others = person.view("moment", id)?.comments ?? [];
      const parent = this.one(others)?.id;
      if (parent !== undefined && this.happens(0.3))
        this.noted(person, id, await person.api.commentMoment(id, "可不是", parent), parent);
      const mine = others.find(({ may }) => may === "delete");
      if (mine !== undefined && this.happens(0.05)) {
        await person.api.deleteMomentComment(mine.id);
        (this.said.get(mine.id) as Said).isGone = true;
      }
    }
  }

  async letGo(person: Person, friend: Person): Promise<void> {
    await person.api.deleteContact(friend.account);
    this.friends.get(person)?.delete(friend);
    this.epochs.set(person, new Set(this.friends.get(person)));
    await this.look();
  }

  may(person: Person, id: string, isEver: boolean): boolean {
    const word = this.said.get(id) as Said;
    if (word.author === person) return true;
    const isFriend = (isEver ? word.epoch : word.then).has(person);
    return (
      isFriend && this.has(person, word.post) && (word.parent === undefined || this.may(person, word.parent, isEver))
    );
  }

  isFriend(person: Person, other: Person): boolean {
    return this.friends.get(person)?.has(other) === true;
  }

  /**
   * Who let somebody go looks at their log no more: nor at what answers a word there, since it opens with that word.
   */
  looksAt(person: Person, { author, parent }: Said): boolean {
    const looks = author === person || this.isFriend(person, author);
    return looks && (parent === undefined || this.looksAt(person, this.said.get(parent) as Said));
  }

  /** It was taken back, or something that it answers was. */
  isGone({ isGone, parent }: Said): boolean {
    return isGone || (parent !== undefined && this.isGone(this.said.get(parent) as Said));
  }

  /** It was taken back before it left, or something that it answers was. */
  lacksOne(word: Said, opened: ReadonlyMap<string, Opened>): boolean {
    if (word.isGone && !opened.has(word.id)) return true;
    return word.parent !== undefined && this.lacksOne(this.said.get(word.parent) as Said, opened);
  }

  /** Of all that home ever held: which keys open which word. @param isEach no header is asked which post it may be. */
  async opened(isEach: boolean): Promise<ReadonlyMap<string, Opened>> {
    const all = this.home.query("SELECT name, value FROM hoard").all() as { name: Bytes; value: Bytes }[];
    const keys = (pick: (bag: Bag) => Set<string>) => [
      ...new Set([...this.bags.values()].flatMap((bag) => [...pick(bag)])),
    ];
    const [logs, posts, replies] = [keys((bag) => bag.logs), keys((bag) => bag.posts), keys((bag) => bag.replies)];
    const secrets = posts.map((post) => ({ post, bytes: fromHex(post), author: this.authors.get(post) as AccountId }));
    const found = new Map<string, Opened>();
    const trying = triesWords({ keeps: true });
    type Answer = { readonly log: string; readonly name: Bytes; readonly value: Bytes; readonly post: string };
    const answers: Answer[] = [];
    for (const log of logs) {
      const key = fromHex(log);
      const hints = new Map(
        secrets.map(({ post, bytes, author }) => [toHex(hintOf(crypto, key, { author, secret: bytes })), post]),
      );
      const hinted = new Map<string, string>();
      for (const { name, value } of all) {
        const header = value.length === 128 ? await openHeader(crypto, key, name, value) : undefined;
        const post = header && hints.get(toHex(header.hint));
        if (header !== undefined && post !== undefined) hinted.set(toHex(header.word), post);
      }
      for (const { name, value } of all) {
        if (!(wordSizes as readonly number[]).includes(value.length)) continue;
        const meant = hinted.get(toHex(name));
        const tried = isEach ? secrets : secrets.filter(({ post }) => post === meant);
        for (const { post, bytes } of tried) {
          const word = await openWord(trying, key, name, value, bytes, undefined);
          if (word !== undefined) found.set(toHex(word.id), { log, post, reply: undefined, own: toHex(word.reply) });
          if (word !== undefined) replies.push(toHex(word.reply));
        }
        if (meant !== undefined) answers.push({ log, name, value, post: meant });
      }
    }
    // What one word tells may open another.
    const tried = new Set<string>();
    const tryingAnswers = triesWords({ keeps: false });
    const asked = answers.map((one) => ({ ...one, key: fromHex(one.log), of: fromHex(one.post) }));
    for (let secret = replies.pop(); secret !== undefined; secret = replies.pop()) {
      if (tried.has(secret)) continue;
      tried.add(secret);
      const bytes = fromHex(secret);
      for (const { log, name, value, post, key, of } of asked) {
        const word = await openWord(tryingAnswers, key, name, value, of, bytes);
        if (word === undefined) continue;
        found.set(toHex(word.id), { log, post, reply: secret, own: toHex(word.reply) });
        replies.push(toHex(word.reply));
      }
    }
    return found;
  }
}

/** `npm run test:graph` plays the large ones, which take minutes; each `npm test` a small one. */
const graphs =
  process.env["YANSHU_MOMENTS_GRAPH"] === "large"
    ? [
        { seed: 921, people: 24, degree: 8, pairsMin: 15_000 },
        { seed: 922, people: 24, degree: 8, pairsMin: 15_000 },
      ]
    : [{ seed: 921, people: 8, degree: 4, pairsMin: 400 }];

for (const { seed, people, degree, pairsMin } of graphs)
  test(`[MO6][MO8] exactly the mutual friends open a word, of all that home ever held, with all keys (seed ${seed})`, async () => {
    const graph = new FriendGraph(seed);
    await graph.found(people, degree);
    for (let day = 1; day <= 5; day++) {
      for (const person of graph.people) if (graph.happens(0.6)) await graph.post(person);
      await graph.look();
      for (const person of graph.people) await graph.speak(person);
      await graph.look();
      const [one] = graph.people;
      if (day === 2 || day === 4) {
        const person = graph.one(graph.people);
        const [friend] = graph.friends.get(person) ?? [];
        if (friend !== undefined) await graph.letGo(person, friend);
      }
      if (day === 3) {
        await graph.befriend(graph.people[3] as Person, graph.people.at(-2) as Person);
        await graph.befriend(one as Person, graph.people[people / 2] as Person);
        await graph.look();
      }
      await nobodyLooks(graph.world, 86_400_000);
    }
    await graph.look();
    const opened = await graph.opened(seed === 921);
    let [open, shut, wrong] = [0, 0, 0];
    const faults: string[] = [];
    for (const person of graph.people) {
      const bag = graph.bags.get(person) as Bag;
      const shown = new Set(
        person.disk.all<{ id: Bytes }>("SELECT id FROM moment_words WHERE state <> 'gone'").map(({ id }) => toHex(id)),
      );
      for (const word of graph.said.values()) {
        const keys = opened.get(word.id);
        // What was taken back before it left was never at home; nor can what answers it be read by others.
        if (graph.lacksOne(word, opened)) continue;
        // Who let its poster go reads nothing more of theirs, whatever is there for them.
        const poster = graph.posts.get(word.post)?.author as Person;
        if (
          keys !== undefined &&
          !bag.posts.has(keys.post) &&
          graph.has(person, word.post) &&
          !graph.isFriend(person, poster)
        )
          continue;
        const could = keys !== undefined && opens(bag, opened, keys);
        const may = graph.may(person, word.id, true);
        if (may) open++;
        else shut++;
        if (could !== may) {
          wrong++;
          faults.push(`${person.name} ${may ? "cannot" : "can"} open ${word.id} of ${word.author.name}`);
        }
        const looks = graph.looksAt(person, word);
        // Nor is who was let go told that something is gone.
        if (word.isGone && word.author !== person && !graph.isFriend(word.author, person)) continue;
        const should = graph.may(person, word.id, false) && !word.isGone;
        if (!looks || (graph.isGone(word) && !word.isGone)) continue;
        if (shown.has(word.id) !== should)
          faults.push(`${person.name} ${should ? "lacks" : "shows"} ${word.id} of ${word.author.name}`);
      }
    }
    console.log(
      `seed ${seed}: ${graph.posts.size} posts, ${graph.said.size} words, ${open} pairs open, ${shut} do not, ${wrong} wrong`,
    );
    expect(faults.slice(0, 10)).toEqual([]);
    expect(open + shut).toBeGreaterThan(pairsMin);
    expect(graph.world.bugs()).toEqual([]);
    graph.end();
  }, 900_000);
