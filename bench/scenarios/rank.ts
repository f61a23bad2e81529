/**
 * The ranker of For You on a public set of what people watched (docs/spec/feed.md FY1–FY10): how well it orders what
 * they watched next, with at most three pairs that each gave, and what it costs a device. The set is not ours to ship:
 * `YANSHU_RANK_DATA` names a folder that bench/rank/extract.py wrote.
 */
import { Ranker } from "@yanshu/client/ranker";
import { decodeGraph, encodeGraph } from "@yanshu/client/ranker-graph";
import { chanceOf, donated, readWatched, type Watched } from "../rank/donated.ts";
import { forgottenMs, forgottenSizes } from "../rank/forgotten.ts";
import { middle, percentile, type Row, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const films = 6_710;
const pairsEach = 3;
/** Films of a person of whom nothing else is known: a walk of theirs costs most. */
const probeFilms = 60;

export const rank: Scenario = {
  name: "rank",
  about:
    "For You on the public TikTok set (9,308 people, 6,710 films): at most three pairs a person, the test users' next film, YANSHU_RANK_DATA names the data; and forgetting all taste on a device with 5,000 films, of which 2,000 were watched",
  run: async (conditions) => {
    const goals = <G>(goal: G) => unlessQuick(conditions, goal);
    const folder = process.env["YANSHU_RANK_DATA"];
    const train = folder === undefined ? undefined : readWatched(folder, "trn");
    const held = folder === undefined ? undefined : readWatched(folder, "tst");
    const people = train ?? madeUp(conditions.quick ? 500 : 9_308);
    const popularity = new Float32Array(films);
    for (const film of people.idx) popularity[film] = (popularity[film] as number) + 1;
    const { together, pairs } = donated(people, pairsEach, chanceOf(7));
    const file = encodeGraph(films, together);
    const ranker = new Ranker(decodeGraph(file), popularity);
    return [
      ...(train && held
        ? quality(ranker, popularity, train, held, (ratio) =>
            row("rank: NDCG@20, of popularity's", ratio, "×", goals({ atLeast: 1.5 })),
          )
        : [row("rank: NDCG@20: skipped, YANSHU_RANK_DATA names no data; the rest on made-up people", 0, "")]),
      row("rank: the model", file.length / 1_024, "KiB", goals({ atMost: 100 })),
      row("rank: pairs that were given", pairs, "pairs"),
      ...costs(ranker, people, goals),
      ...(await forgotten(conditions.quick, goals)),
    ];
  },
};

/** As many films a person as in the set, drawn so that some are watched by many. */
function madeUp(people: number): Watched {
  const chance = chanceOf(11);
  const [ptr, idx]: [number[], number[]] = [[0], []];
  for (let person = 0; person < people; person++) {
    const own = new Set<number>();
    const many = person % 100 === 0 ? 400 : 1 + Math.floor(chance() * 3);
    while (own.size < many) own.add(Math.floor(films * chance() ** 2));
    idx.push(...own);
    ptr.push(idx.length);
  }
  return { ptr: Int32Array.from(ptr), idx: Int32Array.from(idx) };
}

/** All films but one's own are ranked; ties count as half of them before. */
function quality(
  ranker: Ranker,
  popularity: Float32Array,
  train: Watched,
  held: Watched,
  goalRow: (ratio: number) => Row,
): readonly Row[] {
  const scores = new Float32Array(films);
  const byTaste = ndcg(train, held, (own) => {
    ranker.reset();
    ranker.begin([...own].map((film): [number, number] => [film, 1]));
    for (let film = 0; film < films; film++) scores[film] = ranker.scoreOf(film);
    return scores;
  });
  const byLikes = ndcg(train, held, () => popularity);
  ranker.reset();
  return [
    row("rank: NDCG@20, test users", byTaste.ndcg, ""),
    row("rank: NDCG@20 by popularity", byLikes.ndcg, ""),
    goalRow(byTaste.ndcg / byLikes.ndcg),
    row("rank: recall@20, test users", byTaste.recall, ""),
  ];
}

function ndcg(
  train: Watched,
  held: Watched,
  scoresFor: (own: Int32Array) => Float32Array,
): { readonly ndcg: number; readonly recall: number } {
  let [sum, found, people] = [0, 0, 0];
  for (let person = 0; person + 1 < held.ptr.length; person++) {
    const wanted = held.idx[held.ptr[person] as number];
    if (wanted === undefined || held.ptr[person] === held.ptr[person + 1]) continue;
    people++;
    const own = train.idx.subarray(train.ptr[person], train.ptr[person + 1]);
    const scores = scoresFor(own);
    const mine = scores[wanted] as number;
    const isOwn = new Set(own);
    let [above, equal] = [0, 0];
    for (let film = 0; film < films; film++) {
      if (film === wanted || isOwn.has(film)) continue;
      const score = scores[film] as number;
      if (score > mine) above++;
      else if (score === mine) equal++;
    }
    const place = above + Math.floor(equal / 2);
    if (place >= 20) continue;
    found++;
    sum += 1 / Math.log2(place + 2);
  }
  return { ndcg: sum / people, recall: found / people };
}

function costs(ranker: Ranker, people: Watched, goals: <G>(goal: G) => G | undefined): readonly Row[] {
  const degree = (person: number) => (people.ptr[person + 1] as number) - (people.ptr[person] as number);
  const many = Array.from({ length: people.ptr.length - 1 }, (_, person) => person).find(
    (person) => degree(person) >= probeFilms,
  );
  const from = people.ptr[many ?? 0] as number;
  const probe = [...people.idx.subarray(from, from + probeFilms)];
  const timed = (times: number, run: (at: number) => void) =>
    Array.from({ length: times }, (_, at) => {
      const began = performance.now();
      run(at);
      return performance.now() - began;
    });
  for (const film of probe) ranker.swipe(film, 1);
  ranker.reset();
  const swipes = [1, 2, 3].flatMap(() => {
    ranker.reset();
    return timed(probe.length, (at) => ranker.swipe(probe[at] as number, 1));
  });
  const some = Array.from({ length: 500 }, (_, at) => (at * 13) % films);
  const ranked = timed(200, () => {
    some.map((film): [number, number] => [film, ranker.scoreOf(film)]).sort(([, a], [, b]) => b - a);
  });
  const resets = timed(50, () => ranker.reset());
  return [
    row("rank: a swipe, p50", middle(swipes), "ms", goals({ atMost: 5 })),
    row("rank: a swipe, p95", percentile(swipes, 0.95), "ms"),
    row("rank: ranking 500 again, p50", middle(ranked), "ms", goals({ atMost: 2 })),
    row("rank: ranking 500 again, p95", percentile(ranked, 0.95), "ms"),
    row("rank: the model forgets, p95", percentile(resets, 0.95), "ms"),
  ];
}

async function forgotten(isQuick: boolean, goals: <G>(goal: G) => G | undefined): Promise<readonly Row[]> {
  const { ms, left } = await forgottenMs(forgottenSizes[isQuick ? "quick" : "whole"], isQuick ? 3 : 20);
  return [
    row("rank: all taste is forgotten, p50", middle(ms), "ms"),
    row("rank: all taste is forgotten, slowest", Math.max(...ms), "ms", goals({ atMost: 1_000 })),
    row("rank: left of it in the store", left, "rows", { atMost: 0 }),
  ];
}
