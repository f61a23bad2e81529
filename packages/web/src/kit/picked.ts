/** Who is picked out of many. Pure. */
import type { Hex } from "@yanshu/client";

type Pickable = { readonly account: Hex };

/** A tap picks somebody, or lets them go. @param atMost so many: whoever comes beyond them is not picked. */
export function afterTap<T extends Pickable>(picked: readonly T[], row: T, atMost: number | undefined): readonly T[] {
  const others = picked.filter(({ account }) => account !== row.account);
  if (others.length < picked.length) return others;
  return atMost !== undefined && picked.length >= atMost ? picked : [...picked, row];
}
