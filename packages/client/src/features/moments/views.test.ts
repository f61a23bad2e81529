/** What is read to show Moments, among any number of posts. */
import { expect, test } from "bun:test";
import { encodeMomentBody } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addMoment,
  addMomentWord,
  type Database,
  eraseMomentWord,
  migrate,
  migrations,
  momentWordsOnSql,
  setMoment,
  setMomentWord,
  writeMomentFriend,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type AccountId, type Bytes, toHex, type UnixMs } from "@yanshu/wire";
import type { ViewContext } from "../../views/context.ts";
import { readContext } from "../../views/read-context.ts";
import { endedSql, fullAuthorsSql, wantedAuthorsSql, wantedSql } from "./bodies.ts";
import { renewedSql } from "./renew.ts";
import { clearsDueSql } from "./round.ts";
import { dayMs, dayOf } from "./values.ts";
import { newestSql, newsSql, pageSql, readFeed, readPage, readSettings } from "./views.ts";
import {
  againSql,
  dueLogsSql,
  dueOfLogSql,
  freshSql,
  postsOfDaySql,
  restingHintsSql,
  restingLogsSql,
  restSql,
  wakeSql,
} from "./words.ts";

test("[WE123] a page of posts, a person's page and what concerns one are found by their indexes", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const plan = (sql: string) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
  expect(plan(pageSql(false))[0]).toContain("SEARCH moments USING INDEX moments_by_time (kind=? AND (at_ms,id)<(?,?))");
  // Whose post it is, is looked up for each: not all friends are read for a page.
  expect(plan(pageSql(false)).filter((step) => step.startsWith("SCAN"))).toEqual([]);
  expect(plan(pageSql(true))[0]).toContain("SEARCH moments USING INDEX moments_of (author=? AND kind=? AND at_ms<?)");
  const news = plan(newsSql);
  expect(news).toContain("SEARCH moments USING INDEX moments_of (author=? AND kind=?)");
  expect(news).toContain("SEARCH o USING INDEX moment_words_by (author=?)");
  expect(news).toContain("SEARCH w USING INDEX moment_words_on (post=?)");
  // What calls this person stands in an index of nothing else.
  expect(news).toContain("SCAN moments USING INDEX moments_calls");
  expect(plan(newestSql)).toContain("SEARCH moments USING INDEX moments_new (got_ms>?)");
  expect(plan(momentWordsOnSql)[0]).toContain("SEARCH moment_words USING INDEX moment_words_on (post=?)");
  expect(news.filter((step) => /^SCAN (moments|moment_words|w|m|o)$/.test(step))).toEqual([]);
  db.close();
});

test("[MO99] what a look reads is found by an index: bodies that lack, words that wait, what is due to go or to be renewed", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const plan = (sql: string) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
  const ofPosts = [wantedAuthorsSql, wantedSql, fullAuthorsSql, endedSql, freshSql, postsOfDaySql, renewedSql];
  const ofWords = [dueLogsSql, dueOfLogSql, againSql, restingLogsSql, restingHintsSql, wakeSql, restSql];
  const reads = [...ofPosts, ...ofWords];
  const scans = reads.flatMap(plan).filter((step) => /^SCAN moment\w*$/.test(step));
  expect(scans).toEqual([]);
  expect(plan(clearsDueSql)[0]).toContain("USING INDEX moment_clears_due (is_own=? AND due_ms<?)");
  db.close();
});

const { sha256 } = createBunCrypto();
const account = (n: number) => new Uint8Array(32).fill(n) as AccountId;
const id = (n: number): Bytes => new Uint8Array(16).fill(n);
const atMs = 1_800_000_000_000 as UnixMs;

/** A store with posts by two friends: 2, and the older 3. */
function twoPosts() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const blob = (n: number) => ({ server: "a", id: id(n), key: account(n), bytes: 9, expiresDay: 9 });
  for (const n of [2, 3]) {
    db.run("INSERT INTO people (account, name, own_word, stamp_ms) VALUES (?, ?, 1, 0)", account(n), `friend ${n}`);
    db.run("INSERT INTO contacts (account, state, stamp_ms) VALUES (?, 'contact', 0)", account(n));
    const picture = { type: "image/webp", width: 4, height: 3, placeholder: id(n), blob: blob(n) } as const;
    const body = { kind: "post", author: account(n), atMs, text: `post ${n}`, pictures: [picture] } as const;
    addMoment(db, {
      id: id(n),
      author: account(n),
      secret: account(n),
      name: id(n),
      kind: "post",
      at_ms: (atMs - n) as UnixMs,
      day: 0,
      until_day: 0,
      signed: new Uint8Array([...new Uint8Array(64), ...encodeMomentBody(body)]),
      mention: 0,
      state: "here",
      audience: null,
      told: null,
      got_ms: atMs,
      stamp_ms: 0,
    });
  }
  return db;
}

function says(db: Database, n: number, on: number, by: number): void {
  addMomentWord(db, {
    id: id(100 + n),
    post: id(on),
    author: account(by),
    kind: n % 2 === 0 ? "like" : "comment",
    about: new Uint8Array(),
    reply: id(n),
    text: `said ${n}`,
    at_ms: atMs,
    log: id(0),
    header: id(0),
    name: id(n),
    state: "sending",
    got_ms: atMs,
  });
}

const contextOf = (database: Database, nowMs = atMs) =>
  readContext({ database, own: { account: account(1) }, nowMs, sha256 } as unknown as ViewContext);
const notLooked = { lookedMs: 0, isLooking: false, away: [] };

test("[MO126] what is said on posts has no page look anew which posts stand on it; a post, a friend, a decision and a new day do", () => {
  const db = twoPosts();
  const pages: string[] = [];
  const counted: Database = {
    ...db,
    all: (sql, ...params) => {
      if (sql === pageSql(false)) pages.push(sql);
      return db.all(sql, ...params);
    },
  };
  /** How often it was asked which posts stand on the page; it shows what another reader does. */
  const askedAfter = (change: () => unknown, nowMs = atMs): number => {
    change();
    pages.length = 0;
    const read = () => readFeed(contextOf(counted, nowMs), notLooked, { limit: 20 });
    const { posts } = read();
    const asked = pages.length;
    expect(posts).toEqual(readFeed(contextOf({ ...db }, nowMs), notLooked, { limit: 20 }).posts);
    return asked;
  };
  expect(askedAfter(() => undefined)).toBe(1);
  expect(askedAfter(() => says(db, 2, 2, 1))).toBe(0);
  expect(readFeed(contextOf(counted), notLooked, { limit: 20 }).posts[0]?.isLikedByMe).toBe(true);
  expect(askedAfter(() => setMomentWord(db, id(102), { state: "here" }))).toBe(0);
  expect(askedAfter(() => db.run("UPDATE people SET name = 'Maya'"))).toBe(0);
  expect(askedAfter(() => setMoment(db, id(2), { mention: 1 }))).toBe(1);
  expect(askedAfter(() => writeMomentFriend(db, account(2), { hides_theirs: 1 }))).toBe(1);
  expect(readFeed(contextOf(counted), notLooked, { limit: 20 }).posts.map(({ text }) => text)).toEqual(["post 3"]);
  expect(askedAfter(() => db.run("DELETE FROM contacts WHERE account = ?", account(3)))).toBe(1);
  expect(askedAfter(() => setMoment(db, id(2), { until_day: dayOf(atMs) + 1 }))).toBe(1);
  expect(askedAfter(() => undefined, (atMs + dayMs) as UnixMs)).toBe(1);
  db.close();
});

test("[MO145] a post that comes, or goes to home, has nothing read again of what was said on others; a word has", () => {
  const db = twoPosts();
  says(db, 2, 2, 1);
  let asked: string[] = [];
  const counted: Database = {
    ...db,
    all: (sql, ...params) => {
      if (sql === momentWordsOnSql) asked.push(...JSON.parse(params[0] as string));
      return db.all(sql, ...params);
    },
  };
  /** Of which posts words are asked for; it shows what another reader does. */
  const askedAfter = (change: () => unknown): readonly string[] => {
    change();
    asked = [];
    const { posts } = readFeed(contextOf(counted), notLooked, { limit: 20 });
    expect(posts).toEqual(readFeed(contextOf({ ...db }), notLooked, { limit: 20 }).posts);
    return asked;
  };
  const [two, three] = [2, 3].map((n) => toHex(id(n))) as [string, string];
  expect(askedAfter(() => undefined)).toEqual([two, three]);
  expect(askedAfter(() => setMoment(db, id(2), { mention: 1 }))).toEqual([]);
  const columns = "author, secret, name, kind, day, until_day, signed, mention, state, got_ms, stamp_ms";
  const copied = `INSERT INTO moments (id, at_ms, ${columns}) SELECT ?, ?, ${columns} FROM moments WHERE id = ?`;
  expect(askedAfter(() => db.run(copied, id(4), atMs, id(3)))).toEqual([toHex(id(4))]);
  expect(askedAfter(() => says(db, 3, 4, 2))).toEqual([toHex(id(4)), two, three]);
  const nothing = () =>
    db.transaction(() => {
      says(db, 4, 2, 3);
      readFeed(contextOf(counted), notLooked, { limit: 20 });
      throw new Error("stop");
    });
  expect(askedAfter(() => expect(nothing).toThrow("stop"))).toEqual([toHex(id(4)), two, three]);
  db.close();
});

test("[MO97] what is shown of a page follows each change, and posts that it is not about are not put together anew", () => {
  const db = twoPosts();
  const feedOf = (database: Database) => readFeed(contextOf(database), notLooked, { limit: 20 }).posts;
  let before = feedOf(db);
  expect(before.map(({ text }) => text)).toEqual(["post 2", "post 3"]);
  /** Which of the two posts are shown otherwise now; another reader, who has read nothing yet, sees the same. */
  const changedBy = (change: () => unknown): readonly number[] => {
    change();
    const now = feedOf(db);
    expect(now).toEqual(feedOf({ ...db }));
    const changed = [0, 1].filter((at) => now[at] !== before[at]);
    before = now;
    return changed;
  };
  expect(changedBy(() => says(db, 2, 2, 1))).toEqual([0]);
  expect(before[0]?.isLikedByMe).toBe(true);
  expect(changedBy(() => says(db, 3, 3, 2))).toEqual([1]);
  expect(changedBy(() => setMomentWord(db, id(103), { state: "here" }))).toEqual([1]);
  expect(before[1]?.comments[0]?.by.name).toBe("friend 2");
  expect(changedBy(() => db.run("UPDATE people SET name = 'Maya' WHERE account = ?", account(2)))).toEqual([0, 1]);
  expect(before[1]?.comments[0]?.by.name).toBe("Maya");
  expect(changedBy(() => db.run("UPDATE people SET avatar = ? WHERE account = ?", id(9), account(3)))).toEqual([1]);
  expect(
    changedBy(() => db.run("INSERT INTO contacts (account, state, stamp_ms) VALUES (?, 'requested', 0)", account(7))),
  ).toEqual([]);
  expect(changedBy(() => db.run("UPDATE moment_puts SET about = x'' WHERE put = 1"))).toEqual([]);
  // A friend who is none any more is not heard; one who is again is.
  expect(changedBy(() => says(db, 4, 3, 7))).toEqual([1]);
  expect(before[1]?.likes).toEqual([]);
  expect(changedBy(() => db.run("UPDATE contacts SET state = 'contact' WHERE account = ?", account(7)))).toEqual([1]);
  expect(before[1]?.likes).toHaveLength(1);
  expect(changedBy(() => setMoment(db, id(2), { mention: 1 }))).toEqual([0]);
  expect(changedBy(() => eraseMomentWord(db, id(103)))).toEqual([1]);
  expect(before[1]?.comments).toEqual([]);
  // What was read in a transaction that came to nothing is not so.
  const rolledBack = () =>
    db.transaction(() => {
      eraseMomentWord(db, id(102));
      db.run("UPDATE people SET name = 'nobody'");
      expect(feedOf(db)[0]?.likes).toEqual([]);
      throw new Error("stop");
    });
  expect(() => rolledBack()).toThrow("stop");
  expect([feedOf(db)[0]?.likes.length, feedOf(db)[0]?.author.name]).toEqual([1, "Maya"]);
  db.close();
});

test("[MO152] a cover has no post read, and what was decided of friends is read again once one is written", () => {
  const db = twoPosts();
  const asked: string[] = [];
  const counted: Database = {
    ...db,
    all: (sql, ...params) => {
      asked.push(sql);
      return db.all(sql, ...params);
    },
  };
  const cover = readPage(contextOf(counted), toHex(account(2)), { limit: 0 });
  expect([cover?.person.name, cover?.posts, cover?.hasMore]).toEqual(["friend 2", [], false]);
  expect(asked.filter((sql) => sql.includes("FROM moments "))).toEqual([]);
  expect(readPage(contextOf(counted), toHex(account(2)), { limit: 1 })?.posts.length).toBe(1);
  const askedOf = () => {
    asked.length = 0;
    return [readSettings(contextOf(counted)).hidesMine.length, asked.length];
  };
  expect([askedOf(), askedOf()]).toEqual([
    [0, 1],
    [0, 0],
  ]);
  setMoment(counted, id(2), { state: "failed" });
  expect(askedOf()).toEqual([0, 0]);
  writeMomentFriend(counted, account(2), { hides_mine: 1 });
  expect(askedOf()).toEqual([1, 1]);
  db.close();
});
