/**
 * How a line of words is drawn where smileys may stand in it. As they are written before that has loaded, for no first
 * screen waits for it; used or not, it is loaded then, so that no request tells of one.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export const drawLine = signal<((text: string) => ComponentChildren) | undefined>(undefined);

export function lineWithSmileys(text: string): ComponentChildren {
  return drawLine.value?.(text) ?? text;
}
