/**
 * A frame that waits for a program (docs/spec/programs.md PR17): while a card or the list of programs is on the screen,
 * one frame with our code alone is ready, and a program that is opened begins in it. Where a browser cannot move a
 * frame without loading it anew, each is made when it is needed. What reads and opens a package waits too.
 */
import { programFrame } from "@yanshu/release/program-frame";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { dropReader, readerWaits } from "./read.ts";
import { givePort, isThere } from "./transfer.ts";

export type WaitingFrame = {
  readonly element: HTMLIFrameElement;
  readonly port: MessagePort;
  /** Its code said by the port that it is there. One that still loads says so later (PR87). */
  readonly isReady: () => boolean;
  readonly drop: () => void;
};
/** `moveBefore` of the DOM standard, which not every browser and no type has yet. */
type Mover = Element & { readonly moveBefore?: (node: Node, before: Node | null) => void };

/** The screen that came is drawn first. */
const afterMs = 500;
let waiting: (WaitingFrame & { readonly isLost: () => boolean }) | undefined;
let wanted = 0;
let running = 0;

function make(): void {
  if (wanted === 0 || running > 0) return;
  readerWaits();
  if (!("moveBefore" in Element.prototype) || waiting !== undefined) return;
  const element = document.createElement("iframe");
  element.className = "program-waiting";
  element.setAttribute("aria-hidden", "true");
  element.tabIndex = -1;
  const { port1, port2 } = new MessageChannel();
  let isLoaded = false;
  let isMet = false;
  let isReady = false;
  const meet = ({ source, data }: MessageEvent) => {
    const target = element.contentWindow;
    if (target === null || source !== target || !isThere(data)) return;
    window.removeEventListener("message", meet);
    isMet = true;
    givePort(target, port2);
  };
  port1.onmessage = () => {
    isReady = true;
  };
  element.addEventListener("load", () => {
    isLoaded = true;
  });
  window.addEventListener("message", meet);
  element.src = programFrame;
  document.body.append(element);
  waiting = {
    element,
    port: port1,
    isReady: () => isReady,
    // What was loaded is not our page: home was away.
    isLost: () => isLoaded && !isMet,
    drop() {
      window.removeEventListener("message", meet);
      port1.close();
      element.remove();
    },
  };
}

function dropWaiting(): void {
  waiting?.drop();
  waiting = undefined;
}

/**
 * While who calls it is on the screen, a frame waits.
 *
 * @param opens loads what opens a package, which waits then too.
 */
export function useWantsFrame(opens: () => Promise<unknown>): void {
  useEffect(() => {
    wanted += 1;
    const timer = setTimeout(() => {
      opens().catch(() => undefined);
      make();
    }, afterMs);
    return () => {
      clearTimeout(timer);
      wanted -= 1;
      if (wanted > 0) return;
      dropWaiting();
      dropReader();
    };
  }, []);
}

function take(canUse: boolean): WaitingFrame | undefined {
  const taken = canUse && waiting?.isLost() === false ? waiting : undefined;
  if (taken === undefined) dropWaiting();
  waiting = undefined;
  return taken;
}

/**
 * Of a running program: the frame that waited, if there is one. None waits beside it.
 *
 * @param canUse false: it runs in a page of its own.
 */
export function useWaiting(canUse: boolean): WaitingFrame | undefined {
  const [taken] = useState(() => take(canUse));
  // Before any timer: one that is due would make another frame beside it.
  useLayoutEffect(() => {
    running += 1;
    return () => {
      running -= 1;
      taken?.drop();
      setTimeout(make, afterMs);
    };
  }, []);
  return taken;
}

/** Puts it into its place, as it is. */
export function moveTo(place: Element, { element }: WaitingFrame): void {
  (place as Mover).moveBefore?.(element, null);
  for (const name of ["class", "aria-hidden", "tabindex"]) element.removeAttribute(name);
}
