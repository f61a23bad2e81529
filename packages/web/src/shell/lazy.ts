/**
 * Lazy parts: loaded when they are first shown, or ahead when the page is idle after the first screen. So the first
 * paint loads only the frame and one screen (WE12), and later taps find their part loaded.
 */
import type { ComponentType, JSX } from "preact";
import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { alarm, beginAgain } from "./alarm.ts";

export type Loader<P> = { readonly load: () => Promise<ComponentType<P>>; ready: ComponentType<P> | undefined };

const all: Loader<never>[] = [];
let isIdle = false;
/** A page that is never idle loads its next part after this time. */
const idleMsMax = 500;
/** How long a page waits before it reloads for a part that did not arrive; doubled for each failure in a row. */
const anewMsMin = 500;
const anewMsMax = 8_000;
const anewKey = "yanshu.anew";

/** What every part but those of a first screen waits for: the words of the features. */
let beforeAll: () => Promise<unknown> = async () => undefined;

/** @param work awaited before any part is shown, except those of a first screen. */
export function loadAfter(work: typeof beforeAll): void {
  beforeAll = work;
}

/** A part of a first screen: it uses words of the first catalog only, so it does not wait for the others (WE12). */
export function firstly<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
  return listed(load);
}

/**
 * A part that is loaded when it is first shown, or ahead when the page is idle.
 *
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

/** Shows a part once it is loaded; one that was loaded before appears in the same frame. */
export function Lazy<P>({ of, ...rest }: { of: Loader<P> } & P): JSX.Element | null {
  const [, draw] = useState(0);
  const part = of.ready;
  useEffect(() => {
    // `part`, not `of.ready`: the part may have loaded since this rendering, and still needs to be drawn.
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

/** Loads a part before it is shown. Under an alarm it never resolves: home could answer with a hostile program. */
export async function preload(one: Loader<never>): Promise<void> {
  if (alarm.peek() !== undefined && one.ready === undefined) return new Promise<never>(() => undefined);
  one.ready = await one.load();
}

/**
 * Reloads the page once home answers, because a browser remembers a failed module for the life of a page and does not
 * fetch it again. `gone` is aborted when nothing shows the part any more: then there is no reload.
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

/** How often in a row the page was reloaded because a part did not arrive. */
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
    // Without storage each wait is as short as the first.
  }
}

/** Loads all parts one after another while the page is idle; those that are added later load at once. */
export async function loadAllParts(): Promise<void> {
  for (const one of all) {
    await untilIdle();
    // Offline, a part that is not cached fails; opening it tries again.
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
  // Offline, a part that is not cached fails; opening it tries again.
  void preload(one).catch(() => undefined);
}
