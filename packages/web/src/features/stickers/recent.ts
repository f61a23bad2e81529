/** Stickers that were used last, on this device. */
import type { PackedStickerRef } from "@yanshu/client";

export type Chosen = PackedStickerRef | { readonly own: string };

const storageKey = "yanshu.stickers";
const recentMax = 12;

export function keyOf(chosen: Chosen): string {
  return "own" in chosen ? `own:${chosen.own}` : `${chosen.pack}/${chosen.sticker}`;
}

export function recentStickers(): readonly Chosen[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").flatMap(chosenOf) : [];
  } catch {
    return [];
  }
}

function chosenOf(key: string): readonly Chosen[] {
  const own = /^own:([0-9a-f]{32})$/.exec(key)?.[1];
  if (own !== undefined) return [{ own }];
  const [, pack, sticker] = /^([a-z-]{1,32})\/([a-z-]{1,32})$/.exec(key) ?? [];
  return pack === undefined || sticker === undefined ? [] : [{ pack, sticker }];
}

export function rememberSticker(chosen: Chosen): readonly Chosen[] {
  const next = [chosen, ...recentStickers().filter((one) => keyOf(one) !== keyOf(chosen))].slice(0, recentMax);
  try {
    localStorage.setItem(storageKey, JSON.stringify(next.map(keyOf)));
  } catch {
    // Not kept in a private window.
  }
  return next;
}
