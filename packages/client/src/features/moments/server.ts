/**
 * Holes at home, as a device asks for them (docs/spec/moments.md HO2): each call on a connection of its own that names
 * nobody. What is asked for is shuffled, and filled up to a step.
 */
import { type Bytes, type HoleDays, holeLimits, holeTokens, isHoleAt, packNames } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { roundStep } from "./sealed.ts";
import { inParts } from "./values.ts";

export type HoleToPut = { readonly secret: Bytes; readonly value: Bytes; readonly was?: Bytes };

/** In an order that tells nothing. */
export function shuffled<T>({ chance }: Pick<FeatureContext, "chance">, items: readonly T[]): T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(chance() * (at + 1));
    [out[at], out[other]] = [out[other] as T, out[at] as T];
  }
  return out;
}

/** All or none. Resolves with those that hold other bytes; then nothing was put. Rejects as `callPaid`. */
export async function putHoles(
  { server }: FeatureContext,
  days: HoleDays,
  holes: readonly HoleToPut[],
): Promise<readonly HoleToPut[]> {
  const { taken } = await server.callPaid("putHoles", holeTokens(holes, days), (tokens) => ({
    tokens,
    days,
    holes: holes.map(({ secret, value, was }) => ({ secret, value, ...(was && { was }) })),
  }));
  return taken.flatMap((at) => holes[at] ?? []);
}

/** Resolves with a bit for each name: whether something may be there. */
export async function lookHoles(context: FeatureContext, names: readonly Bytes[]): Promise<readonly boolean[]> {
  const { server, random } = context;
  const found = new Map<number, boolean>();
  for (let from = 0; from < names.length; from += holeLimits.startsMax) {
    const asked = names.slice(from, from + holeLimits.startsMax).map((name, at) => ({ name, at: from + at }));
    const fillings = Array.from(
      { length: Math.min(holeLimits.startsMax, roundStep(asked.length)) - asked.length },
      () => ({
        name: random(holeLimits.nameBytes),
        at: -1,
      }),
    );
    const all = shuffled(context, [...asked, ...fillings]);
    const starts = packNames(
      all.map(({ name }) => name),
      holeLimits.startBytes,
    );
    const answer = await server.callPaid("lookHoles", 0, () => ({ starts }));
    for (const [place, { at }] of all.entries()) if (at >= 0) found.set(at, isHoleAt(answer.found, place));
  }
  return names.map((_, at) => found.get(at) === true);
}

/** Resolves with their values; undefined where nothing is. */
export async function readHoles(
  context: FeatureContext,
  names: readonly Bytes[],
): Promise<readonly (Bytes | undefined)[]> {
  const values = new Map<number, Bytes>();
  let left = shuffled(
    context,
    names.map((name, at) => ({ name, at })),
  );
  while (left.length > 0) {
    const asked = left.slice(0, holeLimits.namesMax);
    const packed = packNames(asked.map(({ name }) => name));
    const { values: got } = await context.server.callPaid("readHoles", 0, () => ({ names: packed }));
    if (got.length === 0) break; // Home answers nothing: it is asked again at the next look.
    for (const [place, value] of got.entries()) values.set(asked[place]?.at ?? -1, value);
    left = left.slice(Math.min(got.length, asked.length));
  }
  return names.map((_, at) => {
    const value = values.get(at);
    return value === undefined || value.length === 0 ? undefined : value;
  });
}

/** In calls of one size, whatever there is: by random secrets each is filled to a step. */
export function filledCalls({ random }: Pick<FeatureContext, "random">, secrets: readonly Bytes[]): readonly Bytes[][] {
  return inParts(secrets, holeLimits.clearMax).map((some) => {
    const step = Math.min(holeLimits.clearMax, roundStep(some.length));
    return [...some, ...Array.from({ length: step - some.length }, () => random(holeLimits.secretBytes))];
  });
}

export async function clearFilled(context: FeatureContext, secrets: readonly Bytes[]): Promise<void> {
  for (const some of filledCalls(context, secrets)) await clearHoles(context, some);
}

export async function clearHoles(context: FeatureContext, secrets: readonly Bytes[]): Promise<void> {
  for (const some of inParts(secrets, holeLimits.clearMax)) {
    const packed = packNames(shuffled(context, some), holeLimits.secretBytes);
    await context.server.callPaid("clearHoles", 0, () => ({ secrets: packed }));
  }
}
