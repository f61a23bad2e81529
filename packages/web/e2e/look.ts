/**
 * What a look at a screen finds wrong: WCAG by axe, targets that are too small for an old hand, words that are too
 * small for old eyes, and words that are cut off, run out of the window or are parted by a line.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wcag22aa = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  rules: {
    // Who speaks to the page says what they read on it.
    "label-content-name-mismatch": { enabled: true },
    "target-size": { enabled: true },
    // Not of WCAG's letter, but how a reader of the screen finds out where it is.
    "page-has-heading-one": { enabled: true },
    "empty-heading": { enabled: true },
  },
  resultTypes: ["violations"], // Nobody reads the others, and each element of them would be described.
} satisfies RunOptions;

/**
 * WCAG 2.2 AA, as far as a program can tell. Axe is put into a document once and asked there: its own adapter sends
 * it anew each time, and opens another tab to add up what it found.
 */
export async function violations(page: Page): Promise<string[]> {
  await rested(page);
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: RunOptions) => Promise<AxeResults> };
    };
    return (await axe.run(options)).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  }, wcag22aa);
  return found;
}

/**
 * What fades or slides in has its own colours: it is looked at once it is there. What goes on moving is not waited for.
 */
async function rested(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const untilMs = performance.now() + 2_000;
    const moves = (one: Animation) =>
      one.playState === "running" && one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
    do await new Promise(requestAnimationFrame);
    while (document.getAnimations().some(moves) && performance.now() < untilMs);
  });
}

/**
 * The screen stands: it shows something, its list has come, what moves has come to rest, and nothing was drawn for a
 * moment.
 */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const quietMs = 100;
    let drawnMs = performance.now();
    const observer = new MutationObserver(() => {
      drawnMs = performance.now();
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    const moves = (one: Animation) =>
      one.playState === "running" && one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
    const isQuiet = () =>
      performance.now() - drawnMs > quietMs &&
      document.getElementById("root")?.textContent.trim() !== "" &&
      document.querySelector(".screen[aria-busy=true]") === null &&
      !document.getAnimations().some(moves);
    do await new Promise(requestAnimationFrame);
    while (!isQuiet());
    observer.disconnect();
  });
}

/** All parts of the app are loaded ahead, which it does once its first screen stands and nobody waits. */
export async function loadedAhead(page: Page): Promise<void> {
  const files = () => page.evaluate(() => performance.getEntriesByType("resource").length);
  for (let before = -1, now = await files(); before !== now; before = now, now = await files())
    await page.waitForTimeout(300);
}

/** Whatever is touched: smaller than `targetPx` in a direction, counting what `::after` adds for the finger. */
export async function smallTargets(page: Page, targetPx: number): Promise<string[]> {
  return page.evaluate((least) => {
    const small: string[] = [];
    const targets = "button, a[href], input, textarea, [role=menuitem], [role=switch], [role=tab], label[for]";
    for (const element of document.querySelectorAll<HTMLElement>(targets)) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (box.width === 0 || box.height === 0 || style.visibility === "hidden" || !element.checkVisibility()) continue;
      if (element.closest(".sr, [inert], [aria-hidden=true]") !== null) continue;
      if (element.matches(".bub a, p a")) continue; // Within a sentence: exempt in WCAG too.
      if (element.matches("label[for]")) continue; // Its field is the target.
      const after = getComputedStyle(element, "::after");
      const grows = after.content !== "none" && after.position === "absolute";
      const more = (one: string) => (grows ? Math.max(0, -Number.parseFloat(one) || 0) : 0);
      const width = box.width + more(after.left) + more(after.right);
      const height = box.height + more(after.top) + more(after.bottom);
      if (Math.min(width, height) < least - 0.5) {
        small.push(`${Math.round(width)}×${Math.round(height)} ${element.outerHTML.slice(0, 110)}`);
      }
    }
    return small;
  }, targetPx);
}

/**
 * Words that are shown, or written into a field, smaller than `wordPx`. Letters within a picture are none: a seal, or
 * the ending on a file's sheet, which stands beside it in the name.
 */
export async function smallWords(page: Page, wordPx: number): Promise<string[]> {
  return page.evaluate((least) => {
    const small = new Set<string>();
    const fields = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select";
    for (const field of document.querySelectorAll<HTMLInputElement>(fields)) {
      const size = Number.parseFloat(getComputedStyle(field).fontSize);
      if (field.checkVisibility() && size < least - 0.1)
        small.add(`${size}px field ${field.className}: ${field.placeholder}`);
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "" || !element.checkVisibility()) continue;
      if (element.closest(".sr, .av, .sheet-icon, [aria-hidden=true] svg, title, style, script") !== null) continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < least - 0.1)
        small.add(`${size}px ${element.className || element.tagName}: ${node.textContent?.slice(0, 30)}`);
    }
    return [...small];
  }, wordPx);
}

/** Words that run out of the window or are cut off. What is shortened on purpose (`.ell`) may be. */
export async function clippedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const clipped = new Set<string>();
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth + 1) clipped.add(`the page is ${root.scrollWidth} wide`);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "" || !element.checkVisibility()) continue;
      if (element.closest(".sr, .av, .ell, textarea, title, script, style") !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width === 0) continue;
      const what = `${element.className || element.tagName}: ${node.textContent?.slice(0, 30)}`;
      if (getComputedStyle(element).webkitLineClamp !== "none") continue; // Shortened on purpose, like `.ell`.
      for (let outer: HTMLElement | null = element; outer !== null; outer = outer.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(outer);
        const frame = outer.getBoundingClientRect();
        const scrollsX = overflowX === "auto" || overflowX === "scroll";
        const scrollsY = overflowY === "auto" || overflowY === "scroll";
        if (scrollsX) break;
        if (overflowX !== "visible" && (box.right > frame.right + 1.5 || box.left < frame.left - 1.5))
          clipped.add(`sideways ${what}`);
        if (scrollsY) break;
        if (overflowY !== "visible" && (box.bottom > frame.bottom + 3 || box.top < frame.top - 3))
          clipped.add(`downwards ${what}`);
        if (position === "fixed") break;
      }
      if (box.right > innerWidth + 1.5 && element.closest("[class*=panel-tabs], .picked") === null)
        clipped.add(`out of the window ${what}`);
    }
    return [...clipped];
  });
}

/**
 * Words that a line parts in their middle, where a person taps, skims, or is told where they are. A hyphen that is
 * written parts none. Names may be longer than any line, and so may what a message says.
 */
export async function partedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parted = new Set<string>();
    const skimmed = "button, a, label, summary, legend, dt, dd, h1, h2, h3, .row, .set, .title, [role^=menuitem]";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent ?? "";
      if (element === null || element.closest(skimmed) === null || !element.checkVisibility()) continue;
      if (element.closest(".sr, .bub, .name, .face-name, title, script, style") !== null) continue;
      for (const { index, 0: word } of text.matchAll(/\p{Script=Latin}[\p{Script=Latin}\p{M}’']*/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const [first, ...others] = [...range.getClientRects()].filter(({ width }) => width > 0);
        if (first !== undefined && others.some(({ top }) => Math.abs(top - first.top) > first.height / 2))
          parted.add(`${element.className || element.tagName}: ${word} in ${text.slice(0, 30)}`);
      }
    }
    return [...parted];
  });
}
