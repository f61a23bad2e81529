/** Picking people from a list. Pure. */
import type { Hex } from "@yanshu/client";

type Pickable = { readonly account: Hex };

/** `picked` after a tap on `row`, which picks or unpicks it. @param atMost the limit: a tap beyond it does nothing. */
export function afterTap<T extends Pickable>(picked: readonly T[], row: T, atMost: number | undefined): readonly T[] {
  const others = picked.filter(({ account }) => account !== row.account);
  if (others.length < picked.length) return others;
  return atMost !== undefined && picked.length >= atMost ? picked : [...picked, row];
}
