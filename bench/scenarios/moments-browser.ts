/**
 * Moments in the real app, with five hundred friends (docs/spec/moments.md), in four scenarios: how long it takes to
 * open them with 5,000 posts kept; what a post and a like cost the browser; how soon a post is seen; and what coming
 * back after forty days is. What a like and a look may cost is said of home (`moments`): here both are only told.
 */
import { join } from "node:path";
import { goTo, here, phoneSize, type Tab, watchScript } from "../browser/chromium.ts";
import { befriended } from "../browser/friend.ts";
import { atChats, type Home, runInStore, storeTask, withHome } from "../browser/long-chat.ts";
import {
  befriendMany,
  dayMs,
  type Friend,
  friendsOf,
  keepPosts,
  lay,
  ownAccount,
  saidMeanwhile,
} from "../browser/many-friends.ts";
import type { MomentsFloor } from "../browser/moments-floor.ts";
import { threadsCpuSecondsFrom } from "../process.ts";
import { middle, percentile, type Row, row } from "../rows.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";

const sizes = {
  whole: { friends: 500, kept: 5_000, opens: 5, posts: 4, likes: 4, looks: 4, seen: 20, days: 40, flights: 12 },
  quick: { friends: 20, kept: 100, opens: 1, posts: 1, likes: 1, looks: 1, seen: 1, days: 4, flights: 2 },
} as const;
/** Longer than the app keeps a view that was left. */
const forgottenMs = 6_000;
const betweenPostsMs = 3_000;
/** After it an app that was started has drawn its tokens, looked for the first time, and has its device backup. */
const begunMs = 15_000;
/** A post to all is shown and sent within it also where others use the machine. */
const postedMsMax = 120_000;
/** Nobody has five hundred friends on their first day: home gives them what it gives later. */
const firstDay = ["--new-file-tokens", "1024"];
/** The worker rests when it worked less than this share of so long; who waits longer than `msMax` waits in vain. */
const rest = { ms: 1_000, share: 0.1, msMax: 120_000 } as const;
/**
 * A round of 512 for a year, the line for what is large, and a body; a word with its header. All posts and likes spend
 * no more than an app has that began: what draws tokens in a tap is another matter.
 */
const tokensOf = { post: 7, like: 1 } as const;
/** What follows a post: the device backup is made anew within half a minute (MO85). */
const followsMs = 36_000;
/** Moments on the screen are looked at every twelve seconds, a fifth more at most (MO5). */
const lookMsMax = 16_000;
/** Between two looks lies more than this, between the connections of one less. */
const lookMsMin = 5_000;
const idleMs = 20_000;
/** An open feed is looked at five times in it. */
const openFeedMs = 60_000;
/** A look reads a thousand bodies; what was said on them comes with them, or at the next one. */
const looksOfAll = 3;
const allReadMsMax = 150_000;
/** As a chat is scrolled (fling.ts): how far at a time, how fast, on a processor so many times slower. */
const flight = { px: 12_000, pxPerSecond: 4_000, slower: 4 } as const;

/** In the page besides: when words first stood there, and how many looks ended. */
const watch = `${watchScript}
  globalThis.firstSeen = {};
  globalThis.watchFeed = () => {
    for (const post of document.querySelectorAll("[data-testid=moment-text]"))
      firstSeen[post.textContent] ??= Date.now();
    requestAnimationFrame(watchFeed);
  };
  globalThis.looksEnded = 0;
  let wasLooking = false;
  setInterval(() => {
    const isLooking = document.querySelector("[data-testid=moments-list]")?.dataset.looking === "true";
    if (wasLooking && !isLooking) looksEnded++;
    wasLooking = isLooking;
  }, 20);`;

const whose =
  "Moments in the real app (phone size) of somebody with 500 friends and 5,000 posts kept, whose pictures are shadows";

/** What is asked of them: the app stands at its chats. */
type Kept = {
  readonly tab: Tab;
  readonly home: Home;
  readonly bot: Awaited<ReturnType<typeof befriended>>["bot"];
  readonly size: (typeof sizes)[keyof typeof sizes];
};

/** Each a scenario of its own, for one that takes too long to end tells nothing. */
function withFriends(conditions: Conditions, work: (kept: Kept) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  return withHome(
    async (home) => {
      const size = conditions.quick ? sizes.quick : sizes.whole;
      const friends = friendsOf(size.friends, "friends of Moments");
      const { bot } = await befriended(home);
      await befriendMany(home, await ownAccount(home), friends, Date.now());
      await keepPosts(home, friends, size.kept);
      const tab = await atChats(home);
      await tab.ask(watch);
      const rows = await work({ tab, home, bot, size });
      await bot.end();
      await tab.close();
      return rows;
    },
    "asShipped",
    [],
    firstDay,
  );
}

export const momentsBrowser: Scenario = {
  name: "moments-browser",
  isLong: true,
  about: `${whose}: a tap until the newest posts stand, each time read anew; the feed scrolled by 4,000 points a second, on a processor a quarter as fast, five times back in time for each time on; and then, in the same tab, the same posts standing whole and without a list, and boxes of one colour`,
  promises: [
    "moments-browser: tap to newest posts, p50",
    "moments-browser: scrolled, frame, p95",
    "moments-browser: scrolled, least of the screen covered with posts",
  ],
  run: (conditions) =>
    withFriends(conditions, async ({ tab, home, size }) => [
      ...(await opening(tab, home, size.opens, conditions)),
      ...(await scrolling(tab, size, conditions)),
    ]),
};

export const momentsPost: Scenario = {
  name: "moments-post",
  isLong: true,
  about: `${whose}: what the app's worker and its threads for WebCrypto work for a post to 500, in an app that has begun, before the tap on “post” and after it, and for a like, what the screens read anew included, an open feed’s looks not`,
  promises: [
    "moments-post: worker CPU from the tap on, beyond the same way",
    "moments-post: bytes of a round of all friends",
  ],
  run: (conditions) => withFriends(conditions, ({ tab, home, size }) => saying(tab, home, size, conditions)),
};

export const momentsSeen: Scenario = {
  name: "moments-seen",
  isLong: true,
  about: `${whose}: what the app's worker works for a look that finds nothing, and its bytes; twenty posts of a friend elsewhere, three seconds apart, until they stand in an open feed`,
  promises: ["moments-seen: bytes of a look, nothing new", "moments-seen: in an open feed, p95"],
  run: (conditions) =>
    withFriends(conditions, async ({ tab, home, bot, size }) => [
      ...(await looking(tab, home, size.looks)),
      ...(await seeing(tab, size.seen, (text) => bot.api.postMoment({ text, pictures: [], audience }), conditions)),
    ]),
};

const backName = (days: number) => `moments-back: after ${days} days`;

export const momentsBack: Scenario = {
  name: "moments-back",
  isLong: true,
  about:
    "Moments in the real app (phone size) of somebody who has been away for forty days, in which each of 500 friends posted four times for them and said 120 words: from the tap until the newest posts stand, and until all is there",
  promises: [
    `${backName(sizes.whole.days)}: newest posts stand after`,
    `${backName(sizes.whole.days)}: posts and words that did not come`,
  ],
  run: async (conditions) =>
    withHome(
      async (home) => {
        const size = conditions.quick ? sizes.quick : sizes.whole;
        return comingBack(home, friendsOf(size.friends, "friends of Moments"), size.days, conditions);
      },
      "asShipped",
      [],
      firstDay,
    ),
};

const audience = { who: "all" } as const;

const worker = "DedicatedWorker";

/** CPU time, in ms. */
type Worked = {
  /** Of the app's worker, and of the threads of its process that compute for it: and for the page, too. */
  readonly all: number;
  /** Of the app's worker alone. */
  readonly thread: number;
};

/** @returns what is worked from now on. */
function working({ chromium }: Pick<Home, "chromium">): () => Worked {
  const own = threadsCpuSecondsFrom(chromium.pid, worker);
  const beside = threadsCpuSecondsFrom(chromium.pid, "ThreadPool", worker);
  return () => {
    const thread = own() * 1_000;
    return { all: thread + beside() * 1_000, thread };
  };
}

/** From the tap until the first post is on the glass, in ms. */
function opened(tab: Tab): Promise<number> {
  return tab.ask<number>(`(async () => {
    const row = ${here("to-moments")};
    const tapped = new Promise((resolve) =>
      addEventListener("click", (event) => resolve(event.timeStamp), { once: true, capture: true }));
    row.click();
    const shown = await shownAfter(() => isInSight(${here("moment")}));
    return shown - await tapped;
  })()`);
}

async function opening(tab: Tab, home: Home, rounds: number, conditions: Conditions): Promise<readonly Row[]> {
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await goTo(tab, "/discover", "to-moments");
    await Bun.sleep(forgottenMs);
    took.push(await opened(tab));
    await resting(home);
  }
  const name = "moments-browser: tap to newest posts";
  return [
    row(`${name}, p50`, middle(took), "ms", unlessQuick(conditions, { atMost: 300 })),
    row(`${name}, slowest`, Math.max(...took), "ms"),
  ];
}

/** Resolves once the worker rests. */
async function resting(home: Pick<Home, "chromium">): Promise<void> {
  let worked = 0;
  for (let ms = 0; ms < rest.msMax; ms += rest.ms) {
    const since = working(home);
    await Bun.sleep(rest.ms);
    worked = since().all;
    if (worked < rest.share * rest.ms) return;
  }
  throw new Error(`the worker does not rest: ${worked} ms of work in ${rest.ms} ms`);
}

/** What the worker and its threads work in a second while nobody looks. */
async function idling(tab: Tab, home: Home): Promise<number> {
  await goTo(tab, "/discover", "to-moments");
  return workedASecond(home, idleMs);
}

/** In so long, while nobody does anything. */
async function workedASecond(home: Home, forMs: number): Promise<number> {
  await resting(home);
  const [since, startMs] = [working(home), performance.now()];
  await Bun.sleep(forMs);
  return since().all / (performance.now() - startMs);
}

/**
 * Moments on the screen, and nothing comes. A look is two connections, one for cells and one for what is said; it costs
 * what is worked beyond an idle app.
 */
async function looking(tab: Tab, home: Home, looks: number): Promise<readonly Row[]> {
  const idle = await idling(tab, home);
  await goTo(tab, "/moments", "moment");
  await resting(home);
  const sockets = await tab.sockets();
  /** Bytes of each look. */
  const found = (): readonly number[] => {
    const bytes: number[] = [];
    for (const [at, one] of sockets.entries()) {
      const isNext = one.openedMs - (sockets[at - 1]?.openedMs ?? Number.NEGATIVE_INFINITY) > lookMsMin;
      if (isNext) bytes.push(0);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + one.bytes;
    }
    return bytes;
  };
  const comes = async (count: number) => {
    for (const startMs = performance.now(); found().length < count; await Bun.sleep(20))
      if (performance.now() - startMs > count * lookMsMax) throw new Error(`${found().length} looks of ${count}`);
    await resting(home); // What the last one brings is counted.
  };
  await comes(1);
  const [since, startMs] = [working(home), performance.now()];
  await comes(1 + looks);
  const spentMs = since().all - idle * (performance.now() - startMs);
  const bytes = found().slice(1);
  return [
    row("moments-seen: bytes of a look, nothing new", middle(bytes), "bytes", { atMost: 8_192 }),
    row("moments-seen: largest of them", Math.max(...bytes), "bytes"),
    row("moments-seen: worker CPU a look, nothing new", spentMs / bytes.length, "ms"),
  ];
}

type Flown = {
  readonly frames: readonly number[];
  /** Of each frame, how much of the screen was posts. */
  readonly covered: readonly number[];
  /** How tall each post was. */
  readonly heights: readonly number[];
};

async function fly(tab: Tab, flights: number): Promise<void> {
  for (let n = 0; n < flights; n++)
    await tab.send("Input.synthesizeScrollGesture", {
      x: phoneSize.width / 2,
      y: phoneSize.height / 2,
      yDistance: n % 6 === 5 ? flight.px : -flight.px,
      speed: flight.pxPerSecond,
      gestureSourceType: "mouse",
    });
}

/** What is on the screen flies past, on the slower processor. @param posts expression for those of the app. */
async function flown(tab: Tab, flights: number, posts = "[]"): Promise<Flown> {
  await tab.send("Emulation.setCPUThrottlingRate", { rate: flight.slower });
  await tab.ask(`globalThis.flown = { frames: [], covered: [], heights: new Map(), stop: false };
    ((flown) => {
      let before;
      const look = (nowMs) => {
        if (before !== undefined) flown.frames.push(nowMs - before);
        before = nowMs;
        const all = ${posts};
        const frame = all.length === 0 ? undefined : ${here("moments-list")}.getBoundingClientRect();
        let [top, bottom] = [frame?.bottom, frame?.top];
        for (const post of all) {
          const box = post.getBoundingClientRect();
          top = Math.min(top, Math.max(frame.top, box.top));
          bottom = Math.max(bottom, Math.min(frame.bottom, box.bottom));
          if (post.dataset.id !== undefined) flown.heights.set(post.dataset.id, box.height);
        }
        flown.covered.push(frame === undefined ? 0 : Math.max(0, bottom - top) / frame.height);
        if (!flown.stop) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    })(flown)`);
  await fly(tab, flights);
  await tab.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  return tab.ask<Flown>(
    "flown.stop = true, { frames: flown.frames, covered: flown.covered, heights: [...flown.heights.values()] }",
  );
}

/**
 * Three pages one after the other, in one tab: the feed; the same posts in the same styles, which stand in its place
 * whole and without a list; and boxes of one colour, as tall as those. No list takes less than the second; the third is
 * what the machine gives.
 */
async function scrolling(
  tab: Tab,
  { flights, kept }: { readonly flights: number; readonly kept: number },
  conditions: Conditions,
): Promise<readonly Row[]> {
  await goTo(tab, "/moments", "moment");
  const posts = 'document.querySelectorAll("[data-testid=moments-list] article")';
  await tab.ask(`globalThis.stood = new Map(); globalThis.standing = setInterval(() => {
    for (const post of ${posts})
      if (post.querySelector("[data-testid=moment-acts]") !== null) stood.set(post.dataset.id, post.outerHTML);
  }, 30)`);
  await fly(tab, flights);
  await tab.ask('clearInterval(standing), document.querySelector(".rows").scrollTo(0, 0)');
  await Bun.sleep(forgottenMs);
  const feed = await flown(tab, flights, posts);
  // Twice: they may fly farther than the feed, which waits for its pages.
  await tab.ask(`{
    const rows = document.querySelector(".rows");
    const still = rows.cloneNode(false);
    still.innerHTML = [...stood.values()].join("").repeat(2);
    rows.replaceWith(still);
  }`);
  await Bun.sleep(forgottenMs);
  const still = await flown(tab, flights);
  await tab.open("about:blank");
  await tab.until('location.href === "about:blank" && document.body !== null');
  await tab.ask(`document.head.innerHTML = '<meta name="viewport" content="width=device-width, initial-scale=1" />';
    document.body.style.margin = 0;
    document.body.innerHTML = '<main style="height: 100vh; overflow: auto">' + ${JSON.stringify(feed.heights)}
      .map((height) => '<div style="background: #ddd; margin-bottom: 1px; height: ' + height + 'px"></div>')
      .join("").repeat(${Math.ceil(kept / feed.heights.length)}) + "</main>"`);
  const bare = await flown(tab, flights);
  const name = "moments-browser: scrolled";
  const p95 = ({ frames }: Flown) => percentile(frames, 0.95);
  return [
    row(`${name}, frame, p50`, percentile(feed.frames, 0.5), "ms"),
    row(`${name}, frame, p95`, p95(feed), "ms", unlessQuick(conditions, { atMost: 20 })),
    row(`${name}, the same posts standing whole, frame, p95`, p95(still), "ms"),
    row(`${name}, boxes of one colour, frame, p95`, p95(bare), "ms"),
    row(
      `${name}, least of the screen covered with posts`,
      Math.min(...feed.covered) * 100,
      "%",
      unlessQuick(conditions, { atLeast: 90 }),
    ),
    row(`${name}, posts seen`, feed.heights.length, "posts", unlessQuick(conditions, { atLeast: 300 })),
  ];
}

/** In a tab of the same browser, while the app rests: no build of it works less than this. */
async function floorHere(home: Home, friends: number): Promise<MomentsFloor> {
  return JSON.parse((await storeTask(home, `task=floor&messages=${friends}`, "floor")).slice("floor ".length));
}

/** One way from the page of a new post to the feed. */
type Way = {
  /** Until it led there: with a post, until home has it. */
  readonly there: Worked;
  /** Until what a post brings about has been done as well, on another screen; of the last pair alone. */
  readonly after: Worked;
  /** Before it, since the page of a new post was opened. */
  readonly before: Worked;
  readonly tookMs: number;
};

type Pair = { readonly post: Way; readonly walk: Way };

/**
 * Posts, and as often the same way with nothing said, in turn: what the screens cost, and what the threads beside the
 * worker do for the page, is in both.
 */
async function pairsOf(tab: Tab, home: Home, posts: number): Promise<readonly Pair[]> {
  const own = '[...document.querySelectorAll("[data-testid=moment][data-mine=true]")]';
  const pairs: Pair[] = [];
  for (let n = 0; n < posts; n++) {
    const text = `第 ${n} 条`;
    const afterMs = n === posts - 1 ? followsMs : 0;
    await Bun.sleep(afterMs); // What the post before it brought about is in neither.
    const walk = await way(tab, home, undefined, `${here("moment")} !== null`, afterMs);
    const isSent = `${own}.some((one) => one.dataset.state === "sent" && one.textContent.includes("${text}"))`;
    pairs.push({ walk, post: await way(tab, home, text, isSent, afterMs) });
  }
  return pairs;
}

const writtenIn = ({ post, walk }: Pair) => walk.before.all + post.before.all;
const tookIn = ({ post }: Pair) => post.tookMs;

/** @param text of a post; without one nothing is posted. @param afterMs from the tap on. */
async function way(tab: Tab, home: Home, text: string | undefined, isThere: string, afterMs: number): Promise<Way> {
  await goTo(tab, "/discover", "to-moments");
  await resting(home);
  const written = working(home);
  await goTo(tab, "/moments/new", "compose-text");
  await tab.until(`!${here("compose-text")}.disabled`); // What was begun before is read first.
  if (text !== undefined) {
    await tab.ask(`${here("compose-text")}.focus()`);
    await tab.send("Input.insertText", { text });
    await tab.until(`${here("compose-text")}.value === "${text}" && !${here("compose-post")}.disabled`);
  }
  await resting(home);
  const before = written();
  const [worked, startMs] = [working(home), performance.now()];
  await tab.click(text === undefined ? "compose-cancel" : "compose-post");
  await tab.until(`${here("compose-moment")} === null`, postedMsMax); // It leads back by itself.
  await goTo(tab, "/moments", "moments");
  await tab.until(isThere, postedMsMax);
  const [there, tookMs] = [worked(), performance.now() - startMs];
  await resting(home);
  await goTo(tab, "/discover", "to-moments");
  await Bun.sleep(Math.max(0, afterMs - (performance.now() - startMs)));
  return { before, there, after: worked(), tookMs };
}

async function saying(
  tab: Tab,
  home: Home,
  { posts, likes, friends }: { readonly posts: number; readonly likes: number; readonly friends: number },
  conditions: Conditions,
): Promise<readonly Row[]> {
  const sockets = await tab.sockets();
  // One comes to the page of a new post by the feed alone.
  await goTo(tab, "/moments", "moment");
  await Bun.sleep(begunMs);
  await resting(home);
  const from = sockets.length;
  const pairs = await pairsOf(tab, home, posts);
  const round = Math.max(...sockets.slice(from).map(({ bytes }) => bytes));
  await goTo(tab, "/moments", "moment");
  // The feed is looked at meanwhile, whatever somebody likes: that is no part of a like.
  const open = await workedASecond(home, openFeedMs);
  await resting(home);
  let liked = 0;
  for (let n = 0; n < likes; n++) {
    // Each likes another post: who likes one twice takes it back.
    const acts = `document.querySelectorAll("[data-testid=moment-acts]")[${n}]`;
    await tab.until(acts);
    const [since, startMs] = [working(home), performance.now()];
    await tab.ask(`${acts}.click()`);
    await tab.click("moment-like");
    await tab.until(`${acts}?.getAttribute("aria-expanded") === "false"`);
    await resting(home);
    liked += since().all - open * (performance.now() - startMs);
  }
  const floor = await floorHere(home, friends);
  const name = "moments-post: worker CPU from the tap on";
  const goal = unlessQuick(conditions, { atMost: 60 });
  const beyond = (some: readonly Pair[], at: "there" | "after", which: keyof Worked) =>
    middle(some.map(({ post, walk }) => post[at][which] - walk[at][which]));
  const mean = (of: (pair: Pair) => number) => pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const meanOf = (which: keyof Pair, worked: keyof Worked) => mean((pair) => pair[which].there[worked]);
  return [
    row(`${name}, beyond the same way`, beyond(pairs, "there", "all"), "ms", goal),
    row(`${name}, beyond the same way: own thread`, beyond(pairs, "there", "thread"), "ms"),
    row(`${name}, and in half a minute after it, beyond the same way`, beyond(pairs.slice(-1), "after", "all"), "ms"),
    row(name, meanOf("post", "all"), "ms"),
    row(`${name}: own thread`, meanOf("post", "thread"), "ms"),
    row("moments-post: the same way to the feed without a post", meanOf("walk", "all"), "ms"),
    row("moments-post: the same way to the feed without a post: own thread", meanOf("walk", "thread"), "ms"),
    // A page of a new post has cells sealed while places stay as they are: so that of the walk before it counts.
    row("moments-post: worker CPU while it is written", mean(writtenIn), "ms"),
    row("moments-post: bytes of a round of all friends", round, "bytes", { atMost: 100_000 }),
    row("moments-post: from the tap until home has the post", mean(tookIn), "ms"),
    row("moments-post: worker CPU a like, beyond that of an open feed", liked / likes, "ms"),
    row("moments-post: worker CPU of an open feed a second, nothing new", open * 1_000, "ms"),
    row("moments-post: cryptography alone: cells, while it is written", floor.cells, "ms"),
    row("moments-post: cryptography alone: tokens of a post", floor.token * tokensOf.post, "ms"),
    row("moments-post: cryptography alone: a like, with its token", floor.word + floor.token * tokensOf.like, "ms"),
  ];
}

async function seeing(
  tab: Tab,
  count: number,
  post: (text: string) => Promise<unknown>,
  conditions: Conditions,
): Promise<readonly Row[]> {
  await goTo(tab, "/moments", "moment");
  await tab.ask("void watchFeed()");
  const words = (n: number) => `外婆的第 ${n} 条`;
  const seen = (n: number) => tab.until(`firstSeen[${JSON.stringify(words(n))}] !== undefined`, 120_000);
  await post(words(-1)); // They tell each other their keys.
  await seen(-1);
  const saidMs: number[] = [];
  for (let n = 0; n < count; n++) {
    saidMs.push(Date.now());
    await post(words(n));
    await Bun.sleep(Math.max(0, betweenPostsMs - (Date.now() - (saidMs[n] as number))));
  }
  await seen(count - 1);
  const at = await tab.ask<Record<string, number>>("firstSeen");
  // Of many that come at once the older ones are below the screen: what stands above them shows that they are there.
  let seenMs = Number.POSITIVE_INFINITY;
  const took = saidMs
    .map(Number)
    .reverse()
    .map((ms, back) => {
      seenMs = Math.min(seenMs, at[words(count - 1 - back)] ?? Number.POSITIVE_INFINITY);
      return seenMs - ms;
    });
  return [
    row("moments-seen: in an open feed, p50", percentile(took, 0.5) / 1_000, "s"),
    row(
      "moments-seen: in an open feed, p95",
      percentile(took, 0.95) / 1_000,
      "s",
      unlessQuick(conditions, { atMost: 15 }),
    ),
  ];
}

async function comingBack(
  home: Home,
  friends: readonly Friend[],
  days: number,
  conditions: Conditions,
): Promise<readonly Row[]> {
  const me = await ownAccount(home);
  await befriendMany(home, me, friends, Date.now() - days * dayMs);
  const { holes, posts, words } = await saidMeanwhile(me, friends, days);
  await home.whileStopped((data) => lay(join(data, "yanshu.db"), holes));
  const tab = await atChats(home, "chats");
  await tab.ask(watch);
  await goTo(tab, "/discover", "to-moments");
  const [since, startMs] = [working(home), performance.now()];
  const firstMs = await opened(tab);
  const firstSpentMs = since().all;
  // Else what did not come by then is counted.
  await tab.until(`looksEnded >= ${looksOfAll}`, allReadMsMax).catch(() => undefined);
  const allMs = performance.now() - startMs;
  const spentMs = since().all;
  await tab.close();
  const sql = `SELECT (SELECT count(*) FROM moments WHERE state = 'here') AS posts,
    (SELECT count(*) FROM moment_words) AS words`;
  const [read] = await runInStore(home, [[{ sql, isRead: true }]]);
  const name = backName(days);
  return [
    row(`${name}: newest posts stand after`, firstMs, "ms", unlessQuick(conditions, { atMost: 2_000 })),
    row(`${name}: worker CPU until then`, firstSpentMs, "ms"),
    row(`${name}: all was read after`, allMs / 1_000, "s"),
    row(`${name}: worker CPU of all`, spentMs / 1_000, "s"),
    row(
      `${name}: posts and words that did not come`,
      posts + words - Number(read?.["posts"]) - Number(read?.["words"]),
      "",
      { atMost: 0 },
    ),
  ];
}
