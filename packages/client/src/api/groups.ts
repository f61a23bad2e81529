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

/** Somebody who asks to come in and waits for owner or admins. */
export type AskingRow = {
  readonly account: Hex;
  readonly name: string;
  readonly face: Face;
  readonly atMs: UnixMs;
};

/** How an asking stands. `waiting`: for a person; `asking`: for an admin's device to hear of it. */
export type JoinStanding = "asking" | "waiting" | "refused" | "expired" | "used-up" | "reset" | "in";

/** A group that this person asked to come into. */
export type JoinView = {
  readonly id: Hex;
  readonly name: string;
  readonly standing: JoinStanding;
  readonly atMs: UnixMs;
  /** Once it is in. */
  readonly conversation?: Hex;
};

/** A card that invites into a group. */
export type GroupCardBody = {
  readonly kind: "group-card";
  readonly name: string;
  /** To be opened as any link. */
  readonly link: string;
  readonly expiresMs: UnixMs;
};

export type JoiningViews = {
  /** The newest first. */
  readonly joins: { readonly args: readonly []; readonly value: readonly JoinView[] };
  /** Empty for the one who may not decide. */
  readonly asking: { readonly args: readonly [conversation: Hex]; readonly value: readonly AskingRow[] };
};

/** Of what was said before they came. */
export type NewcomersSee = "none" | "week" | "all";

export type JoiningApi = {
  /** The link as it stands; undefined where there is none. Any member may show it. */
  readonly groupLink: (conversation: Hex) => Promise<string | undefined>;
  /** A new link; the one before it ends. By owner and admins. Needs home. */
  readonly makeGroupLink: (
    conversation: Hex,
    terms: { readonly days: 1 | 7 | 30; readonly uses?: number },
  ) => Promise<void>;
  readonly closeGroupLink: (conversation: Hex) => Promise<void>;
  /** An invitation into each of these chats, at most 9. Answers how many took it. */
  readonly sendGroupCard: (conversation: Hex, to: readonly Hex[]) => Promise<number>;
  /** Asks to come in; also once more. Answers which of `joins` it is. */
  readonly joinGroup: (link: string) => Promise<Hex>;
  readonly forgetJoin: (id: Hex) => Promise<void>;
  /** Whether who asks waits for owner or admins. */
  readonly setApproval: (conversation: Hex, isOn: boolean) => Promise<void>;
  /** By owner and admins; for the one who comes from then on. */
  readonly setNewcomersSee: (conversation: Hex, choice: NewcomersSee) => Promise<void>;
  readonly letIn: (conversation: Hex, account: Hex) => Promise<void>;
  readonly turnAway: (conversation: Hex, account: Hex) => Promise<void>;
  /** Everybody is out; what was said stays on their devices. By the owner. */
  readonly dissolveGroup: (conversation: Hex) => Promise<void>;
};

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
