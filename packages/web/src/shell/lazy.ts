/**
 * Lazy parts: loaded when they are first shown; all of them once the first screen stands and nobody waits. So the
 * first paint asks for the frame and one screen, whichever that is (WE12), and each later tap answers at once.
 */
import type { ComponentType, JSX } from "preact";
import { h } from "preact";
import { useEffect, useState } from "preact/hooks";

export type Loader<P> = { readonly load: () => Promise<ComponentType<P>>; ready: ComponentType<P> | undefined };

const all: Loader<never>[] = [];
let isIdle = false;
/** A page that is never idle gets its parts all the same. */
const idleMsMax = 500;
/** A part that did not arrive is asked for again, for as long as somebody waits for it. */
const againMsMin = 500;
const againMsMax = 8_000;

/** @example const rowMenu = lazily(() => import("./row-menu.tsx").then((m) => m.RowMenu)); … <Lazy of={rowMenu} row={row} /> */
export function lazily<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
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
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const load = (waitMs: number): void => {
      preload(of as Loader<never>).then(
        () => draw((times) => times + 1),
        () => {
          waiting = setTimeout(load, waitMs, Math.min(2 * waitMs, againMsMax));
        },
      );
    };
    load(againMsMin);
    return () => clearTimeout(waiting);
  }, [of]);
  return part === undefined ? null : h(part as ComponentType<unknown>, rest as never);
}

/** Loads a part ahead of showing it. */
export async function preload(one: Loader<never>): Promise<void> {
  try {
    one.ready = await one.load();
  } catch (error) {
    // A style that did not arrive would count as there at the next try.
    for (const style of document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]"))
      if (style.sheet === null) style.remove();
    throw error;
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
