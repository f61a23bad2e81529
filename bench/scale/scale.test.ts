/** The sizing page: what the script makes of the measured costs, and nothing else. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { channelCostsOf } from "./channels.ts";
import { clusterPage, figuresOf, first } from "./figures.ts";
import { measuredChannelCosts, measuredCosts, scalePage } from "./main.ts";
import { carried, costsOf, loadOf, needsOf, stagesOf } from "./model.ts";
import { assumptions, channelAssumptions, pageText } from "./page.ts";

const results = readFileSync(join(import.meta.dirname, "../RESULTS.md"), "utf8");
const costs = costsOf(figuresOf(results), figuresOf(readFileSync(clusterPage, "utf8")));
const ofChannels = channelCostsOf(figuresOf(results));

test("docs/SCALE.md is what `npm run scale` makes; else run it", () => {
  expect(readFileSync(scalePage, "utf8")).toBe(pageText(measuredCosts(), measuredChannelCosts()));
});

test("each measured cost that changes, and each assumption, changes what the page says people need", () => {
  const needed = (text: string) => text.slice(text.indexOf("## The load"));
  const page = needed(pageText(costs, ofChannels));
  const unseen: string[] = [];
  for (const [name, figure] of Object.entries(costs)) {
    if (figure === undefined) continue;
    const other = { ...costs, [name]: { ...figure, value: figure.value * 3 } };
    if (needed(pageText(other, ofChannels)) === page) unseen.push(name);
  }
  for (const [name, value] of Object.entries(assumptions)) {
    const others = [value * 3, value / 3].map((it) =>
      needed(pageText(costs, ofChannels, { ...assumptions, [name]: it })),
    );
    if (others.every((other) => other === page)) unseen.push(name);
  }
  // What stands in for a figure that is there.
  const standIns = { letterBytes: costs.stored, deviceBytes: costs.device };
  expect(unseen).toEqual(Object.entries(standIns).flatMap(([name, figure]) => (figure === undefined ? [] : [name])));
});

test("each cost and assumption of Channels changes what its table says a home needs", () => {
  const needed = (text: string) => text.slice(text.indexOf("| what it takes |"));
  const page = needed(pageText(costs, ofChannels));
  const unseen: string[] = [];
  for (const [name, value] of Object.entries(channelAssumptions)) {
    const others = [value * 3, value / 3].map((it) =>
      needed(pageText(costs, ofChannels, assumptions, { ...channelAssumptions, [name]: it })),
    );
    if (others.every((other) => other === page)) unseen.push(name);
  }
  const measured = { filmCpu: "feed: server CPU a GB of films", wasted: "feed: bytes fetched and not watched" };
  expect(unseen).toEqual(
    Object.keys(measured).filter((name) => ofChannels[name as keyof typeof measured] !== undefined),
  );
  for (const [name, row] of Object.entries(measured)) {
    const others = [10, 30].map((value) =>
      needed(pageText(costs, { ...ofChannels, [name]: { name: row, value, unit: "" } })),
    );
    expect(others[0]).not.toBe(others[1]);
  }
});

test("a figure of the report is found with its unit, and one that is missing is said", () => {
  const figures = figuresOf(
    "## pair\n\n| what | value | unit | goal | raw |\n| --- | ---: |\n| posts | 21,617.5 | 1/s | ≥ 3 ok | 4 |\n",
  );
  expect(first(figures, "storm: posts", "pair: posts")).toEqual({ name: "pair: posts", value: 21_617.5, unit: "1/s" });
  expect(() => first(figures, "pair: pushes")).toThrow("bench/RESULTS.md and CLUSTER.md have no figure pair: pushes");
});

test("the model's load for 19 million is that of FEATURES §9e", () => {
  const load = loadOf(19_000_000, assumptions);
  expect(load.messages).toBeCloseTo(36_944, 0);
  expect(load.deliveries).toBeCloseTo(591_111, 0);
});

test("what is more than full is carried by the next step, which names what broke", () => {
  const of = (users: number, it = assumptions) => {
    const load = loadOf(users, it);
    return carried(stagesOf(load, needsOf(load, costs, it), costs, it));
  };
  expect(of(40)).toMatchObject({ stage: { name: "one server, everything in its folder" }, broken: undefined });
  const slow = of(1e6, { ...assumptions, returnSeconds: 1 });
  expect(slow.stage.name).toBe("several servers, one PostgreSQL, NATS, a bucket");
  expect(slow.broken?.what).toBe("all devices coming back after a restart");
  expect(of(1e12).stage.name).toBe("many homes, each as above");
});
