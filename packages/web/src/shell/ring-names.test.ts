/** The names of callers stand in the clear, so they stand only while they may. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { keepRingNames, ringNameKeeper } from "./ring-names.ts";

const place = "/ring-names.json";
const names = { abcdefgh: "Maya" };
/** What the browser's cache holds; a step of it can be awaited, and something done before it ends. */
const held = new Map<string, Response>();
let beforePut: () => void = () => undefined;
const had = globalThis.caches;

beforeEach(() => {
  held.clear();
  beforePut = () => undefined;
  globalThis.caches = {
    open: async () => ({
      put: async (at: string, answer: Response) => {
        await Promise.resolve();
        beforePut();
        held.set(at, answer);
      },
      delete: async (at: string) => held.delete(at),
    }),
  } as unknown as CacheStorage;
});
afterEach(() => {
  globalThis.caches = had;
});

const kept = () => held.get(place)?.clone().json();

test("[PU15] a table that an earlier page left goes at the first look where names may not stand", async () => {
  held.set(place, Response.json(names));
  await ringNameKeeper(
    () => false,
    async () => names,
  )();
  expect(held.has(place)).toBe(false);
});

test("[PU15] a lock that is set while the names are gathered leaves none", async () => {
  let may = true;
  const look = ringNameKeeper(
    () => may,
    async () => {
      may = false;
      await keepRingNames(undefined); // As the lock does.
      return names;
    },
  );
  await look();
  expect(held.has(place)).toBe(false);
});

test("[PU15] a lock that is set while they are written leaves none", async () => {
  let may = true;
  beforePut = () => {
    may = false;
  };
  const look = ringNameKeeper(
    () => may,
    async () => names,
  );
  await look();
  expect(held.has(place)).toBe(false);
});

test("[PU12] [PU15] they stand while wanted, go with the wish, also where another tab wrote them, and come back with it", async () => {
  let may = true;
  const look = ringNameKeeper(
    () => may,
    async () => names,
  );
  await look();
  expect(await kept()).toEqual(names);
  may = false;
  await look();
  expect(held.has(place)).toBe(false);
  held.set(place, Response.json(names));
  await look();
  expect(held.has(place)).toBe(false);
  may = true;
  await look();
  expect(await kept()).toEqual(names);
});
