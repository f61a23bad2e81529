/** What all features say of one sort, by kind. */
import type { HeldFile, ItemKind, TestFeature } from "./feature.ts";
import { testFeatures } from "./features/index.ts";

type ByKind<T> = Readonly<Partial<Record<ItemKind, (body: unknown) => T>>>;

function tableOf<P extends keyof TestFeature>(part: P): object {
  return Object.assign({}, ...testFeatures.map((feature) => feature[part]));
}

export const titles = tableOf("titles") as ByKind<string>;
const files = tableOf("files") as ByKind<readonly HeldFile[]>;

export function filesIn(body: { readonly kind: ItemKind }): readonly HeldFile[] {
  return files[body.kind]?.(body) ?? [];
}
