/**
 * Lazy parts: loaded when they are first shown; all of them once the first screen stands and nobody waits. So the
 * first paint asks for the frame and one screen, whichever that is (WE12), and each later tap answers at once.
 */
import type { ComponentType, JSX } from "preact";
import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { alarm, beginAgain } from "./alarm.ts";

export type Loader<P> = { readonly load: () => Promise<ComponentType<P>>; ready: ComponentType<P> | undefined };

const all: Loader<never>[] = [];
let isIdle = false;
/** A page that is never idle gets its parts all the same. */
const idleMsMax = 500;
/** How long a page waits before it begins anew for a part that did not arrive; longer each time in a row. */
const anewMsMin = 500;
const anewMsMax = 8_000;
const anewKey = "yanshu.anew";

/** What every part waits for besides itself: its words. */
let beforeAll: () => Promise<unknown> = async () => undefined;

/** @param work is done before any part is shown but those of a first screen. */
export function loadAfter(work: typeof beforeAll): void {
  beforeAll = work;
}

/** A part that a first screen is made of: it has words of the first catalog alone, and waits for no others (WE12). */
export function firstly<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
  return listed(load);
}

/**
 * @example const rowMenu = lazily(() => import("./row-menu.tsx").then((m) => m.RowMenu)); … <Lazy of={rowMenu}
 * row={row} />
 */
export function lazily<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
  return listed(async () => (await Promise.all([load(), beforeAll()]))[0]);
}

function listed<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
  const loader: Loader<P> = { load, ready: undefined };
  all.push(loader as Loader<never>);
  if (isIdle) loadAhead(loader as Loader<never>);
  return loader;
}

/** Shows a part once it is there; what was loaded before is there in the same frame. */
export function Lazy<P>({ of, ...rest }: { of: Loader<P> } & P): JSX.Element | null {
  const [, draw] = useState(0);
  const part = of.ready;
  useEffect(() => {
    // What was drawn counts: loading ahead may have brought the part since, and would draw nothing.
    if (part !== undefined) return;
    const gone = new AbortController();
    preload(of as Loader<never>).then(
      () => {
        keepTimes(0);
        draw((times) => times + 1);
      },
      () => beginAnew(gone.signal),
    );
    return () => gone.abort();
  }, [of]);
  return part === undefined ? null : h(part as ComponentType<unknown>, rest as never);
}

/** Loads a part ahead of showing it. Under an alarm nothing is loaded any more: nobody knows what would come. */
export async function preload(one: Loader<never>): Promise<void> {
  if (alarm.peek() !== undefined && one.ready === undefined) return new Promise<never>(() => undefined);
  one.ready = await one.load();
}

/**
 * A browser keeps for the life of a page that a module did not arrive, and asks no more. So the page itself begins
 * anew, once home answers; unless nobody waits any more.
 */
export async function beginAnew(gone?: AbortSignal): Promise<void> {
  const times = timesKept();
  for (let waitMs = anewMsMin * 2 ** times; ; waitMs *= 2) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, anewMsMax)));
    if (gone?.aborted) return;
    const isHomeThere = await fetch("/", { method: "HEAD", cache: "no-store" }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isHomeThere || gone?.aborted) continue;
    keepTimes(times + 1);
    beginAgain();
    return;
  }
}

/** How often the page has begun anew for want of a part, without one that arrived. */
function timesKept(): number {
  try {
    return Number(sessionStorage.getItem(anewKey));
  } catch {
    return 0;
  }
}

function keepTimes(times: number): void {
  try {
    if (times > 0) sessionStorage.setItem(anewKey, String(times));
    else sessionStorage.removeItem(anewKey);
  } catch {
    // Where nothing is kept, it waits as short as the first time.
  }
}

/** Loads all that there is, and what is added later, one after another whenever nobody waits for the page. */
export async function loadAllParts(): Promise<void> {
  for (const one of all) {
    await untilIdle();
    // Without a network what was not kept stays unloaded; opening it tries again.
    if (one.ready === undefined) await preload(one).catch(() => undefined);
  }
  isIdle = true;
}

function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: idleMsMax });
    else setTimeout(resolve, 30);
  });
}

function loadAhead(one: Loader<never>): void {
  // Without a network what was not kept stays unloaded; opening it tries again.
  void preload(one).catch(() => undefined);
}
