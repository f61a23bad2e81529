/**
 * Feed: how soon a film is on the glass after a swipe (docs/spec/feed.md), by the app's own player and service worker,
 * beside hls.js and a plain `<video preload=none>` over the same films and the same line, in one run. hls.js is no part
 * of the project: `npm install --no-save hls.js@1.7.4` brings it, and without it its rows are left out.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFilms, someFilms } from "../../tools/films/make.ts";
import { startChromium, type Tab } from "../browser/chromium.ts";
import { type FeedHome, feedHome, freeLine } from "../browser/feed/home.ts";
import { withFolder } from "../folder.ts";
import { type Person, signIn } from "../load/people.ts";
import { people, registerAll } from "../load/register.ts";
import { publishFilms, watch } from "../load/viewers.ts";
import { cpuSeconds } from "../process.ts";
import { middle, percentile, type Row, row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";

const root = join(import.meta.dirname, "../..");
const line = { bitsPerSecond: 10_000_000, roundTripMs: 50 } as const;
const sizes = {
  whole: { films: 24, page: 72, swipes: 24, colds: 7, watched: 24, passed: 12 },
  quick: { films: 2, page: 6, swipes: 4, colds: 1, watched: 2, passed: 2 },
} as const;
/** Somebody looks that long before the next swipe. */
const lookedMs = 700;
/** Faster than life, so that the bytes of whole films are counted in minutes. */
const watchRate = 4;
const watchMsMax = 30_000;
/** Of one home at once, on this machine's loopback. */
const crowd = {
  whole: { viewers: 500, seconds: 20, films: 12, bytes: 1_000_000 },
  quick: { viewers: 20, seconds: 2, films: 2, bytes: 200_000 },
} as const;
/** Who does not like a film swipes on after it. */
const passedMs = 2_000;

export const feed: Scenario = {
  name: "feed",
  isLong: true,
  about:
    "a page of 72 films (540 × 960, 6–12 s, 0.8 Mbit/s) in Chromium, phone size, behind a line of 10 Mbit/s and 50 ms: 24 swipes in order, then each to another film of the page, until a frame of it is on the glass, and until it moves, which is its second frame; the first film of a page whose heads are not here, while they are asked for; all bytes of the 24 films that a page shows, watched to their end, heads of all 72 included, against the bytes of those 24; the bytes fetched of a film that is passed after two seconds; the same swipes by hls.js (two attached ahead) and by a plain video element without preload; and 500 viewers of one home as it is shipped, each asking for four chunks (128 KiB) at a time as fast as a film of 0.8 Mbit/s plays, over loopback beside what asks",
  promises: [
    "feed: first frame after a swipe in order, p50",
    "feed: first frame after a swipe in order, p95",
    "feed: first frame of any film of the page, p95",
    "feed: first film, cold, p50",
    "feed: bytes fetched and not watched",
    "feed: four chunks for one of 500 viewers, p95",
  ],
  run: async (conditions) => [...(await crowded(conditions)), ...(await inBrowser(conditions))],
};

/** What one home costs that many watch at once; before a browser takes the machine. */
const crowded = (conditions: Conditions): Promise<readonly Row[]> =>
  withFolder((folder) =>
    withServerOn(
      folder,
      "asShipped",
      async (server) => {
        const { viewers, seconds, films: count, bytes } = crowd[conditions.quick ? "quick" : "whole"];
        const [person] = (await people(server, 1)) as [Person];
        await registerAll(server, [person]);
        const member = await signIn(server.url, person, 0);
        const films = await publishFilms(member, server.url, count, bytes);
        member.close();
        const { origin } = new URL(server.url.replace("ws", "http"));
        await watch(origin, films, viewers, conditions.quick ? 0.2 : 2);
        const before = cpuSeconds(server.pid);
        const watched = await watch(origin, films, viewers, seconds);
        const cpu = cpuSeconds(server.pid) - before;
        const goal = unlessQuick(conditions, { atMost: 100 });
        return [
          row("feed: four chunks for one of 500 viewers, p50", watched.p50Ms, "ms"),
          row("feed: four chunks for one of 500 viewers, p95", watched.p95Ms, "ms", goal),
          row("feed: sent to 500 viewers", (watched.bytes * 8e-6) / watched.seconds, "Mbit/s"),
          row("feed: server CPU a GB of films", (cpu * 1e9) / watched.bytes, "CPU-s"),
          row("feed: answers to 500 viewers that were none", watched.wrong, "answers", { atMost: 0 }),
        ];
      },
      // They are of one place here, which in life is of one family or school.
      { options: ["--public-requests-per-place", "1000000", "--new-file-tokens", "1024"] },
    ),
  );

const inBrowser = (conditions: Conditions): Promise<readonly Row[]> =>
  withFolder(async (folder) => {
    const size = conditions.quick ? sizes.quick : sizes.whole;
    const home = await feedHome(folder, await makeFilms(someFilms(size.films)), size.page);
    const flags = ["--autoplay-policy=no-user-gesture-required"];
    const browser = await startChromium(join(folder, "profile"), flags);
    try {
      return await measure(home, conditions, size, () => browser.newTab());
    } finally {
      await browser.stop();
      await home.stop();
    }
  });

type Size = (typeof sizes)["whole" | "quick"];
type Way = "own" | "hls" | "plain";
/** What a swipe of the measured page resolves with. */
type Swiped = { readonly firstMs: number; readonly movesMs: number };

async function measure(
  home: FeedHome,
  conditions: Conditions,
  { page, swipes, colds, watched, passed }: Size,
  newTab: () => Promise<Tab>,
): Promise<readonly Row[]> {
  const opened = async () => {
    const tab = await newTab();
    await tab.open(`${home.origin}/`);
    await tab.until("globalThis.feed");
    await tab.ask("feed.ready()");
    return tab;
  };
  const goal = <G>(one: G) => unlessQuick(conditions, one);
  const rows: Row[] = [];
  home.line = freeLine;
  const tab = await opened();
  const hasHls = existsSync(join(root, "node_modules/hls.js/dist/hls.min.js"));
  if (hasHls) {
    await tab.ask(`import("/cut.mjs").then(() => cut(${page}))`);
    await tab.ask(
      `new Promise((go, no) => document.head.append(Object.assign(document.createElement("script"), { src: "/hls.js", onload: go, onerror: no })))`,
    );
  }

  // The heads of a page take seconds on such a line: the first film does not wait for them.
  home.line = line;
  const cold: number[] = [];
  for (let n = 0; n < colds; n++) {
    await tab.ask("caches.delete('yanshu-films')");
    const first = page - 1 - n;
    // As the app does: what is on screen, then the heads of its page.
    const { firstMs } = await tab.ask<Swiped>(`((swiped) => (feed.heads(), swiped))(feed.own.swipe(${first}, []))`);
    cold.push(firstMs);
    await tab.ask("feed.own.close()");
    await Bun.sleep(lookedMs);
  }
  home.line = freeLine;
  await tab.ask("feed.heads()").catch(() => undefined);
  home.line = line;

  const swiped = async (way: Way, placeOf: (n: number) => number) => {
    const all: Swiped[] = [];
    for (let n = 0; n < swipes; n++) {
      const at = placeOf(n);
      all.push(await tab.ask<Swiped>(`feed.${way}.swipe(${at}, [${(at + 1) % page}, ${(at + 2) % page}])`));
      await Bun.sleep(lookedMs);
    }
    await tab.ask(`feed.${way}.close()`);
    const rest = all.slice(1); // The first is no swipe.
    return { first: rest.map(({ firstMs }) => firstMs), moves: rest.map(({ movesMs }) => movesMs) };
  };
  const inOrder = (way: Way) => swiped(way, (n) => n);
  const anywhere = (way: Way) => swiped(way, (n) => (n * 7 + 3) % page);
  const ordered = await inOrder("own");
  const others = await anywhere("own");
  rows.push(
    row("feed: first frame after a swipe in order, p50", middle(ordered.first), "ms", goal({ atMost: 76 })),
    row("feed: first frame after a swipe in order, p95", percentile(ordered.first, 0.95), "ms", goal({ atMost: 83 })),
    row("feed: it moves after a swipe in order, p50", middle(ordered.moves), "ms"),
    row("feed: it moves after a swipe in order, p95", percentile(ordered.moves, 0.95), "ms"),
    row("feed: first frame of any film of the page, p50", middle(others.first), "ms"),
    row("feed: first frame of any film of the page, p95", percentile(others.first, 0.95), "ms", goal({ atMost: 150 })),
    row("feed: any film of the page moves, p95", percentile(others.moves, 0.95), "ms"),
    row("feed: first film, cold, p50", middle(cold), "ms", goal({ atMost: 800 })),
    row("feed: first film, cold, slowest", Math.max(...cold), "ms"),
  );
  if (hasHls) {
    const [order, any] = [await inOrder("hls"), await anywhere("hls")];
    rows.push(
      row("feed: hls.js, in order, p50", middle(order.first), "ms"),
      row("feed: hls.js, in order, p95", percentile(order.first, 0.95), "ms"),
      row("feed: hls.js moves, in order, p50", middle(order.moves), "ms"),
      row("feed: hls.js moves, in order, p95", percentile(order.moves, 0.95), "ms"),
      row("feed: hls.js, any film, p95", percentile(any.first, 0.95), "ms"),
    );
  }
  const order = await inOrder("plain");
  rows.push(
    row("feed: a plain video element, p50", middle(order.first), "ms"),
    row("feed: a plain video element, p95", percentile(order.first, 0.95), "ms"),
  );
  const wasted = await watchThrough(home, tab, watched);
  rows.push(row("feed: bytes fetched and not watched", 100 * wasted, "%", goal({ atMost: 30 })));
  const bytes = await passFilms(home, tab, watched, passed);
  rows.push(row("feed: fetched of a film that is passed after two seconds", bytes / 1_024, "KiB"));
  await tab.close();
  return rows;
}

/** @returns the share of all bytes that were not those of films that were watched. */
async function watchThrough(home: FeedHome, tab: Tab, count: number): Promise<number> {
  await tab.ask("caches.delete('yanshu-films')");
  await tab.ask(`navigator.serviceWorker.getRegistration().then((one) => one.unregister())`);
  await tab.open(`${home.origin}/`);
  await tab.until("globalThis.feed");
  await tab.ask("feed.ready()");
  home.sent.bytes = 0;
  await tab.ask("feed.heads()");
  for (let n = 0; n < count; n++) {
    // A page ends after them: nothing is made ready behind the last.
    const near = [n + 1, n + 2].filter((one) => one < count);
    await tab.ask(`feed.own.swipe(${n}, [${near.join(", ")}], ${watchRate})`);
    await tab.until("feed.share() > 0.95", watchMsMax);
  }
  await tab.ask("feed.own.close()");
  const seen = home.films.slice(0, count).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return 1 - seen / home.sent.bytes;
}

/** @returns bytes, heads apart, a film. @param first of the page, behind those whose chunks are here. */
async function passFilms(home: FeedHome, tab: Tab, first: number, count: number): Promise<number> {
  const page = home.films.length;
  const before = home.sent.bytes;
  for (let n = first; n < first + count; n++) {
    await tab.ask(`feed.own.swipe(${n % page}, [${(n + 1) % page}, ${(n + 2) % page}])`);
    await Bun.sleep(passedMs);
  }
  await tab.ask("feed.own.close()");
  return (home.sent.bytes - before) / count;
}
