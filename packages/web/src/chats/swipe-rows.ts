/**
 * Fingers on the list of chats (WE27): a row drawn to the left shows what can be done with it, and the list drawn
 * down from its top opens the search. Loaded after the first screen.
 */
import "../styles/drag.css";
import { banded, onDrag } from "../shell/drag.ts";
import { go } from "../shell/router.ts";
import { swiped } from "./swiped.ts";

/** A row that was drawn so far, or thrown, stays aside. */
const openPx = 64;
const flingPxPerMs = 0.4;
/** The list that was drawn so far down. */
const searchPx = 88;
const pulledPxMax = 120;

export function startListHands(): void {
  onDrag(document, {
    along: "x",
    take: (target) => target.closest<HTMLElement>(".row[data-conversation]") ?? undefined,
    move: swipe,
    drop: settle,
  });
  onDrag(document, { along: "y", take: topOf, move: pull, drop: letGo });
}

function swipe(row: HTMLElement, byPx: number): void {
  if (byPx < 0) swiped.value = row.dataset["conversation"];
  row.parentElement?.classList.add("held");
  shift(row, Math.min(0, -banded(-byPx, actsPx(row))));
}

function settle(row: HTMLElement, byPx: number, pxPerMs: number): void {
  row.parentElement?.classList.remove("held");
  const isOpen = byPx < 0 && (byPx < -openPx || pxPerMs < -flingPxPerMs) && pxPerMs < flingPxPerMs;
  shift(row, isOpen ? -actsPx(row) : 0);
  if (!isOpen) swiped.value = undefined;
}

/** Its place among the rows is moved with it. */
function shift(row: HTMLElement, px: number): void {
  row.parentElement?.style.setProperty("--swiped", `${px}px`);
}

/** How wide what can be done is; nothing until it is there. */
function actsPx(row: HTMLElement): number {
  return row.parentElement?.querySelector<HTMLElement>(".row-acts > div")?.offsetWidth ?? 0;
}

/** The list, if it stands at its top. */
function topOf(target: Element): HTMLElement | undefined {
  const list = target.closest<HTMLElement>("[data-pull]") ?? undefined;
  return (list?.querySelector(".rows")?.scrollTop ?? 0) > 0 ? undefined : list;
}

function pull(list: HTMLElement, byPx: number): void {
  list.style.setProperty("--pulled", `${Math.max(0, Math.min(pulledPxMax, byPx))}px`);
  list.dataset["pull"] = byPx >= searchPx ? "far" : byPx > 0 ? "near" : "";
}

function letGo(list: HTMLElement, byPx: number): void {
  list.style.removeProperty("--pulled");
  list.dataset["pull"] = "";
  if (byPx >= searchPx) go({ name: "search" });
}
