/**
 * Holes, as a device asks for them (docs/spec/moments.md HO2): at home each call on a connection of its own that names
 * nobody; at another home, where its people's holes are, through a tunnel of each look (MO76, MO77). What is asked for
 * is shuffled, and filled up to a step.
 */
import {
  type AccountId,
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  equalBytes,
  type HoleDays,
  holeLimits,
  holeTokens,
  isHoleAt,
  packNames,
  toHex,
} from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { farLookOf } from "./far.ts";
import { keptUntilWritten } from "./kept.ts";
import { homeNamedBy, homesNamed } from "./named-home.ts";
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

/**
 * All or none. Resolves with those that hold other bytes; then nothing was put. Rejects as `callPaid`.
 * @param leaving is called before anything leaves this device, inside a transaction: not where there are no tokens, or
 *   no connection
 */
export async function putHoles(
  { server }: FeatureContext,
  days: HoleDays,
  holes: readonly HoleToPut[],
  leaving?: () => void,
): Promise<readonly HoleToPut[]> {
  const { taken } = await server.callPaid("putHoles", holeTokens(holes, days), (tokens) => {
    leaving?.();
    return { tokens, days, holes: holes.map(({ secret, value, was }) => ({ secret, value, ...(was && { was }) })) };
  });
  return taken.flatMap((at) => holes[at] ?? []);
}

/** Where holes are: undefined, home; else the name of another home. */
export type HomeOf = string | undefined;

/** The home at which an account puts what it says. */
export function homeOf({ db, server, own }: FeatureContext, account: AccountId): HomeOf {
  return equalBytes(account, own()) ? undefined : server.elsewhere(account, homeNamedBy(db, account));
}

/** The same for many accounts, until something is written. */
export const homesOf = keptUntilWritten(({ db, server, own }: FeatureContext): ((account: AccountId) => HomeOf) => {
  const [named, elsewhere, self] = [homesNamed(db), server.allElsewhere(), toHex(own())];
  const known = new Map<string, HomeOf>([[self, undefined]]);
  return (account) => {
    const id = toHex(account);
    if (!known.has(id)) known.set(id, elsewhere(account, named.get(id)));
    return known.get(id);
  };
});

/** False: what is there is not known, for another home is not asked now, or does not answer. */
export function isAskedAt(context: FeatureContext, at: HomeOf): boolean {
  return at === undefined || farLookOf(context).isAsked(at);
}

/** Rejects where home cannot be reached; undefined where another home is not asked now, or does not answer. */
function callAt<N extends CallName>(
  context: FeatureContext,
  at: HomeOf,
  name: N,
  args: CallArgs<N>,
): Promise<CallResult<N> | undefined> {
  return at === undefined ? context.server.callPaid(name, 0, () => args) : farLookOf(context).call(at, name, args);
}

/** At home: resolves with a bit for each name: whether something may be there. */
export async function lookHoles(context: FeatureContext, names: readonly Bytes[]): Promise<readonly boolean[]> {
  return (await lookHolesAt(context, undefined, names)) ?? [];
}

/** The same, or undefined where another home is not asked now, or does not answer. */
export async function lookHolesAt(
  context: FeatureContext,
  at: HomeOf,
  names: readonly Bytes[],
): Promise<readonly boolean[] | undefined> {
  const { random } = context;
  const found = new Map<number, boolean>();
  for (let from = 0; from < names.length; from += holeLimits.startsMax) {
    const asked = names.slice(from, from + holeLimits.startsMax).map((name, nth) => ({ name, nth: from + nth }));
    const fillings = Array.from(
      { length: Math.min(holeLimits.startsMax, roundStep(asked.length)) - asked.length },
      () => ({
        name: random(holeLimits.nameBytes),
        nth: -1,
      }),
    );
    const all = shuffled(context, [...asked, ...fillings]);
    const starts = packNames(
      all.map(({ name }) => name),
      holeLimits.startBytes,
    );
    const answer = await callAt(context, at, "lookHoles", { starts });
    if (answer === undefined) return undefined;
    for (const [place, { nth }] of all.entries()) if (nth >= 0) found.set(nth, isHoleAt(answer.found, place));
  }
  return names.map((_, nth) => found.get(nth) === true);
}

/** At home: resolves with their values; undefined where nothing is. */
export async function readHoles(
  context: FeatureContext,
  names: readonly Bytes[],
): Promise<readonly (Bytes | undefined)[]> {
  return (await readHolesAt(context, undefined, names)) ?? [];
}

/** The same, or undefined where another home is not asked now, or does not answer. */
export async function readHolesAt(
  context: FeatureContext,
  home: HomeOf,
  names: readonly Bytes[],
): Promise<readonly (Bytes | undefined)[] | undefined> {
  const values = new Map<number, Bytes>();
  let left = shuffled(
    context,
    names.map((name, at) => ({ name, at })),
  );
  while (left.length > 0) {
    const asked = left.slice(0, holeLimits.namesMax);
    const packed = packNames(asked.map(({ name }) => name));
    const answer = await callAt(context, home, "readHoles", { names: packed });
    if (answer === undefined) return undefined;
    const got = answer.values;
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

/**
 * At the home of this name, which may be the own one; empty: the own one, by an earlier version. Resolves with false
 * where another does not answer.
 */
export async function clearFilled(
  context: FeatureContext,
  secrets: readonly Bytes[],
  server: string,
): Promise<boolean> {
  for (const some of filledCalls(context, secrets)) {
    if (server === "" || server === context.serverName()) await clearHoles(context, some);
    else if ((await farLookOf(context).callApart(server, "clearHoles", packed(context, some))) === undefined)
      return false;
  }
  return true;
}

export async function clearHoles(context: FeatureContext, secrets: readonly Bytes[]): Promise<void> {
  for (const some of inParts(secrets, holeLimits.clearMax)) {
    const args = packed(context, some);
    await context.server.callPaid("clearHoles", 0, () => args);
  }
}

function packed(context: FeatureContext, secrets: readonly Bytes[]) {
  return { secrets: packNames(shuffled(context, secrets), holeLimits.secretBytes) };
}
