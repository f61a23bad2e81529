/** Reading holes (docs/spec/moments.md MO5): many names in one question, and when what is not there is tried again. */
import { type AccountId, type Bytes, equalBytes } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { readHoles } from "./server.ts";
import { dayMs } from "./values.ts";

/** Bodies that are looked for, of one author, in one look; and words of one author on one post that did not open. */
export const wantedMax = 200;
/** What is not there, or does not open, is looked for at so many looks, then after an hour, two, and so on. */
export const triesAtLooks = 3;
const againMs = { first: 3_600_000, max: 7 * dayMs } as const;
export const none = new Uint8Array();

export type At<T> = { readonly row: T; readonly names: readonly Bytes[] };

export async function readEach<T>(
  context: FeatureContext,
  asked: readonly At<T>[],
): Promise<readonly (At<T> & { readonly values: readonly (Bytes | undefined)[] })[]> {
  if (asked.length === 0) return [];
  const values = await readHoles(
    context,
    asked.flatMap(({ names }) => names),
  );
  let at = 0;
  return asked.map((one) => {
    const mine = values.slice(at, at + one.names.length);
    at += one.names.length;
    return { ...one, values: mine };
  });
}

/** By a listed device; of own ones also by one that was. */
export async function isSigned(
  context: FeatureContext,
  by: AccountId,
  bytes: Bytes,
  signature: Bytes,
): Promise<boolean> {
  const former = equalBytes(by, context.own()) ? context.ownKeysEver() : [];
  for (const key of [...(await context.keysOf(by)), ...former])
    if (await context.rooms.crypto.verify(key, bytes, signature)) return true;
  return false;
}

/** When what was tried so often in vain is tried again. */
export function triedAgainAt({ nowMs }: FeatureContext, tries: number): number {
  if (tries < triesAtLooks) return 0;
  return nowMs() + Math.min(againMs.max, againMs.first * 2 ** (tries - triesAtLooks));
}
