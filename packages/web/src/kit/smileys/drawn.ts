/**
 * Renders a line of text with smileys. Until picture.tsx is loaded, smileys show as their codes, so that no first
 * screen waits for it. It is always loaded, so that home cannot tell from the request whether a message has a smiley.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export const drawLine = signal<((text: string) => ComponentChildren) | undefined>(undefined);

export function lineWithSmileys(text: string): ComponentChildren {
  return drawLine.value?.(text) ?? text;
}
