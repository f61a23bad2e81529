/**
 * Feature: what one part of the app is to the simulator, the evidence and the fuzzer (docs/ARCHITECTURE.md,
 * docs/decisions/0041). The list is features/index.ts.
 */
import type { FileView, Hex, TimelineItem } from "@yanshu/client";
import type { Check, Claim } from "./evidence/check.ts";
import type { Device } from "./evidence/real/device.ts";
import type { Canaries } from "./evidence/scan/canary.ts";
import type { Act } from "./sim/acts/act.ts";
import type { Break } from "./sim/break.ts";
import type { Broken, Invariant } from "./sim/breaks.ts";
import type { Said } from "./sim/ledger.ts";
import type { Sight } from "./sim/sight.ts";
import type { Simulation } from "./sim/simulation.ts";
import type { Person } from "./world/person.ts";

export { allOf, type Check } from "./evidence/check.ts";

type OfKind<T, K> = T extends { readonly kind: infer U } ? (K extends U ? T : never) : never;
type ItemBody = TimelineItem["body"];
export type ItemKind = ItemBody["kind"];
export type BodyAt<K extends ItemKind> = OfKind<ItemBody, K>;

/** What a simulation can be played with. Fewer families find a fault's cause sooner. */
export const families = [
  "talk",
  "actions",
  "files",
  "contacts",
  "blocking",
  "groups",
  "links",
  "history",
  "devices",
  "copies",
  "losses",
  "keys",
  "faults",
  "operator",
  "malice",
  "moments",
  "channels",
  "live",
  "moves",
] as const;
/** `servers` is played with faults wherever there are several, and `homes` where there are several of these. */
export type Family = (typeof families)[number] | "servers" | "homes";
/** How often an act is drawn, against all that are played. */
export type Weighted = readonly [weight: number, family: Family, act: Act];

/** A file of a message: at home, or in the message itself. */
export type HeldFile = { readonly file?: FileView | undefined; readonly inline?: Uint8Array | undefined };

/**
 * The family's group, near the end of the scenario: `ann` leads it, `ann2` is her other device. `message` is hers, and
 * all have it.
 */
export type Stage = {
  readonly canaries: Canaries;
  readonly group: Hex;
  readonly ann: Device;
  readonly ann2: Device;
  readonly ben: Device;
  readonly granny: Device;
  readonly message: { readonly author: Hex; readonly id: Hex };
  /** Its words. */
  readonly said: string;
  readonly until: (what: string, holds: () => boolean) => Promise<void>;
};
/** Whether a device has taken in what was done. */
export type IsKnown = (device: Device) => boolean;

/** A chat of two, into which files go. */
export type MediaStage = {
  readonly canaries: Canaries;
  readonly from: Device;
  readonly chat: Hex;
  /** A file of that many bytes, with a canary. */
  readonly bytes: (name: string, length: number) => Blob;
  /** A few bytes, with a canary. */
  readonly few: (name: string) => Uint8Array;
};

/** Ann and Ben, in a group and in a chat of two. `message` is Ann's, in the group. */
export type CorpusStage = {
  readonly ann: Person;
  readonly ben: Person;
  readonly group: Hex;
  readonly chat: Hex;
  readonly message: { readonly author: Hex; readonly id: Hex };
};

/** `measure(false)` is played for the test of the evidence: what it measures is not so, and it must not hold. */
export type FeatureClaim = Claim & { readonly measure: (isTrue?: boolean) => Promise<Check> };

export type TestFeature = {
  /** Under which words a saying of the ledger is known where it stands in such a body. */
  readonly titles?: { readonly [K in ItemKind]?: (body: BodyAt<K>) => string };
  readonly files?: { readonly [K in ItemKind]?: (body: BodyAt<K>) => readonly HeldFile[] };
  readonly acts?: readonly Weighted[];
  /** What all screens show alike of a saying, by the invariant that says so (docs/spec/simulation.md SIM5). */
  readonly alike?: { readonly [I in Invariant]?: (item: TimelineItem) => string };
  /** A lie for each of its invariants, which the simulator must notice (SIM9). */
  readonly breaks?: { readonly [I in Invariant]?: Break };
  /** What else must hold of a saying on devices that were there all the time. */
  readonly holds?: (sim: Simulation, said: Said, sights: readonly Sight[]) => readonly Broken[];
  /** Fills each of its fields with a canary, one feature after another. Returns what all devices must take in. */
  readonly evidence?: (stage: Stage) => Promise<IsKnown | undefined>;
  /** Messages that fill each of its fields with a canary, one after another. Each returns its id. */
  readonly messages?: readonly ((stage: MediaStage) => Promise<Hex>)[];
  /** Rows of the evidence that stand and fall with it, each with the check that measures it (SIM11). */
  readonly claims?: readonly FeatureClaim[];
  /** Files of vectors/ that its own code makes. */
  readonly vectors?: Readonly<Record<string, () => object>>;
  /** Makes what the fuzzer begins with. */
  readonly corpus?: (stage: CorpusStage) => Promise<unknown>;
};

export const testFeature = (feature: TestFeature): TestFeature => feature;
