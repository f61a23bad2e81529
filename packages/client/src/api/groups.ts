/**
 * Groups: coming in by a link, who may come in, what members are called, and the end of a group
 * (docs/spec/groups.md GR26–GR30).
 */
import type { UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { Face } from "./people.ts";

/** What a group's link allows. */
export type GroupLinkTerms = {
  readonly expiresMs: UnixMs;
  /** How many may still come in by it; absent: as many as like. */
  readonly left?: number;
};

/** A card that invites into a group. */
export type GroupCardBody = {
  readonly kind: "group-card";
  readonly name: string;
  /** To be opened as any link. */
  readonly link: string;
  readonly expiresMs: UnixMs;
};

/** Of what was said before they came. */
export type NewcomersSee = "none" | "week" | "all";

export type GroupRow = {
  readonly conversation: Hex;
  readonly title: string;
  readonly faces: readonly Face[];
  /** As they are called here, this person left out. */
  readonly members: readonly string[];
};

export type GroupsViews = {
  /** Every group that one is in, the hidden too, by name. */
  readonly groups: { readonly args: readonly []; readonly value: readonly GroupRow[] };
};
