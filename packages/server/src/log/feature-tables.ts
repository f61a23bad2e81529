/** Joins the tables of features with those of the core (docs/spec/rooms.md RO13). */
import type { ActPorts, Acts, AnyFeature, Dialect, Migration } from "../feature.ts";
import { features } from "../features/index.ts";
import type { CoreLog } from "./log.ts";
import type { OwnedTable } from "./sql/owned.ts";
import type { Prepare } from "./sql/prepared.ts";

type Feature = (typeof features)[number];
/** The statements of each feature, by its name. */
export type FeatureTables = { readonly [F in Feature as F["name"]]: ReturnType<F["tables"]> };

/** The log with the tables of all features. Every adapter passes `logContract`. */
export type Log = CoreLog & { readonly features: FeatureTables };

export const allFeatures: readonly AnyFeature[] = features;

export function featureTables(prepare: Prepare, dialect: Dialect): FeatureTables {
  return Object.fromEntries(
    allFeatures.map((feature) => [feature.name, feature.tables(prepare, dialect)]),
  ) as FeatureTables;
}

/** The operator's commands of features, for while no server runs. */
export function actsOfFeatures(log: Log, ports: ActPorts): Acts {
  return Object.assign(
    {},
    ...allFeatures.map((feature) => feature.acts?.(log.features[feature.name as keyof FeatureTables], ports)),
  );
}

/**
 * The SQL of all migrations, of the core and of features, ordered by number. A database's version is how many of them
 * it has.
 *
 * @throws if a number is missing or occurs twice.
 */
export function migrationsWith(dialect: Dialect, core: readonly Migration[]): readonly string[] {
  const all = [...core, ...allFeatures.flatMap(({ migrations }) => migrations[dialect])];
  const steps = all.toSorted((a, b) => a.number - b.number);
  for (const [place, { number }] of steps.entries())
    if (number !== place + 1)
      throw new Error(`invariant: migration ${place + 1} of ${dialect} is missing or there twice`);
  return steps.map(({ up }) => up);
}

export const putBackByFeatures = allFeatures.flatMap(({ putBack }) => (putBack === undefined ? [] : [putBack]));
export const ownedByFeatures: readonly OwnedTable[] = allFeatures.flatMap(({ owned }) => owned);
export const ofNobodyByFeatures: readonly string[] = allFeatures.flatMap(({ ofNobody = [] }) => ofNobody);
