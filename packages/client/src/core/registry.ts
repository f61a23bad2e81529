/** Registry: the handlers of all features, looked up by kind. Built once from the client's list of features. */
import type { Body, SyncItem } from "@yanshu/content";
import type { AccountId } from "@yanshu/wire";
import type {
  BodyKind,
  ClientFeature,
  EntryReader,
  FeatureContext,
  Kind,
  MarkRule,
  Placed,
  Said,
  ShowContext,
  SyncedDef,
  ViewDef,
} from "../feature.ts";
import type { Calls } from "../values/mentions.ts";

export type Registry = {
  readonly features: readonly ClientFeature[];
  /** Whether the core or a feature of this client handles the kind. */
  readonly knows: (kind: string) => boolean;
  readonly applies: ReadonlyMap<string, (context: FeatureContext, said: Said<BodyKind>) => void>;
  readonly standsAs: ReadonlyMap<string, (context: FeatureContext, said: Said<BodyKind>) => Body | undefined>;
  readonly heard: ReadonlyMap<string, (context: FeatureContext, said: Said<BodyKind>) => void>;
  readonly echoed: ReadonlyMap<string, (context: FeatureContext, said: Said<BodyKind>) => void>;
  readonly shows: ReadonlyMap<
    string,
    (context: ShowContext, body: { readonly kind: BodyKind }) => { readonly kind: string } | undefined
  >;
  readonly asShown: ReadonlyMap<
    string,
    (context: FeatureContext, said: Said<BodyKind>) => { readonly body: object; readonly calls?: Calls }
  >;
  /** Several features may handle one kind here. */
  readonly placed: ReadonlyMap<string, readonly ((context: FeatureContext, placed: Placed<BodyKind>) => boolean)[]>;
  readonly told: ReadonlyMap<
    string,
    (context: FeatureContext, said: Said<BodyKind>) => { readonly isAnswer: false } | undefined
  >;
  readonly tellProfile: ReadonlySet<string>;
  readonly hasOwnRecall: ReadonlySet<string>;
  readonly seldomKept: ReadonlySet<string>;
  readonly neverKept: ReadonlySet<string>;
  readonly wakes: ReadonlyMap<string, (body: { readonly kind: BodyKind }, ageMs: number) => readonly AccountId[]>;
  readonly lacks: ReadonlyMap<string, (body: { readonly kind: BodyKind }) => boolean>;
  readonly marks: ReadonlyMap<string, MarkRule>;
  readonly synced: ReadonlyMap<string, SyncedDef<SyncItem["kind"]>>;
  readonly views: ReadonlyMap<string, ViewDef>;
  /** Of the public log, by the kind of the entry. */
  readonly entries: ReadonlyMap<string, EntryReader>;
};

/**
 * @param core kinds of the core. @throws Error if two features claim one kind, or a feature claims one of the core's.
 */
export function registryOf(features: readonly ClientFeature[], core: readonly Kind[] = []): Registry {
  const kinds = new Set<string>(core);
  for (const kind of features.flatMap(({ kinds: added = [] }) => added)) {
    if (kinds.has(kind)) throw new Error(`invariant: two features claim the kind ${kind}`);
    kinds.add(kind);
  }
  const all = <T>(pick: (feature: ClientFeature) => object | undefined) =>
    new Map(features.flatMap((feature) => Object.entries(pick(feature) ?? {}))) as unknown as ReadonlyMap<never, T>;
  const known = <T>(pick: (feature: ClientFeature) => object | undefined) =>
    new Map([...all<T>(pick)].filter(([kind]) => kinds.has(kind))) as ReadonlyMap<never, T>;
  return {
    features,
    knows: (kind) => kinds.has(kind),
    applies: known(({ apply }) => apply),
    standsAs: known(({ standsAs }) => standsAs),
    heard: known(({ heard }) => heard),
    echoed: known(({ echoed }) => echoed),
    shows: known(({ show }) => show),
    asShown: known(({ asShown }) => asShown),
    placed: new Map(
      [...kinds].map((kind) => [
        kind,
        features.flatMap(({ placed }) => (placed?.[kind as BodyKind] as ReturnType<Registry["placed"]["get"]>) ?? []),
      ]),
    ),
    told: known(({ told }) => told),
    seldomKept: new Set(features.flatMap(({ seldomKept: topics = [] }) => topics)),
    neverKept: new Set(features.flatMap(({ neverKept: topics = [] }) => topics)),
    hasOwnRecall: new Set(features.flatMap(({ hasOwnRecall = [] }) => hasOwnRecall)),
    tellProfile: new Set(features.flatMap(({ tellProfile = [] }) => tellProfile)),
    wakes: known(({ wakes }) => wakes),
    lacks: known(({ lacks }) => lacks),
    marks: all(({ marks }) => marks),
    synced: known(({ synced }) => synced),
    views: all(({ views }) => views),
    entries: all(({ entries }) => entries),
  };
}
