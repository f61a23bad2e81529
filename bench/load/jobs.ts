/**
 * Jobs: what the benchmark asks of its load generator, and what that answers, as JSON between the two processes.
 */

export type ServerTarget = {
  /** Where clients connect, such as `ws://127.0.0.1:4000/ws`. */
  readonly url: string;
  readonly pid: number;
  /** 16 bytes in hexadecimal. */
  readonly registrationToken: string;
  /** Counts for the operator, as JSON. */
  readonly countsUrl: string;
};

/** How long to run before measuring, and then how long to measure. */
export type Window = { readonly warmUpMs: number; readonly measureMs: number };

export type TrafficJob = Window & {
  readonly kind: "traffic";
  readonly server: ServerTarget;
  readonly groups: number;
  readonly membersPerGroup: number;
  /** How many members of each group post; everybody receives. */
  readonly sendersPerGroup: number;
  /** Posts of one sender that may be on their way at once. */
  readonly inFlightPerSender: number;
  /** Of all together; absent: as fast as the server answers. */
  readonly postsPerSecond?: number;
  /** How long what a member has waits to be acknowledged; absent: 100 ms, as after a quiet moment. */
  readonly ackMs?: number;
  /** Members who signed in once, and are away while the others write. */
  readonly offlinePerGroup?: number;
  readonly envelopeBytes: number;
};

export type TrafficResult = {
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  /** Of the thread that has the messages. */
  readonly mainCpuSeconds: number;
  readonly loadCpuSeconds: number;
  readonly serverRssBytes: number;
  /** Posts that were answered `ok` and reached every member, their author included. */
  readonly posts: number;
  readonly pushes: number;
  readonly syncs: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly deliverP50Ms: number;
  readonly deliverP99Ms: number;
  readonly setUpSeconds: number;
  readonly faults: Faults;
};

/** What must not happen: each is a count, and every one fails the run. */
export type Faults = {
  readonly refused: number;
  readonly lost: number;
  readonly repeated: number;
  readonly disconnected: number;
};

/**
 * Groups with members at several servers that speak with each other; all posts go to the first, where the gates are.
 */
export type PeersJob = Window & {
  readonly kind: "peers";
  readonly servers: readonly ServerTarget[];
  readonly groups: number;
  readonly membersPerServer: number;
  readonly sendersPerGroup: number;
  readonly inFlightPerSender: number;
  /** Of all together; absent: as fast as the servers answer. */
  readonly postsPerSecond?: number;
  readonly envelopeBytes: number;
};
export type PeersResult = {
  readonly seconds: number;
  /** Of each server, in their order. */
  readonly cpuSeconds: readonly number[];
  readonly posts: number;
  readonly pushes: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly deliverP50Ms: number;
  readonly deliverP99Ms: number;
  readonly faults: Faults;
};

/** Messages for one person at a server that has met this one, and is away. */
export type PeersFillJob = {
  readonly kind: "peers-fill";
  readonly server: ServerTarget;
  /** The name of the server that is away. */
  readonly awayServer: string;
  readonly messages: number;
  readonly envelopeBytes: number;
};
export type PeersFillResult = { readonly seconds: number };

/** Registers people, signs each in once, and registers their addresses. */
export type RegisterJob = {
  readonly kind: "register";
  readonly server: ServerTarget;
  readonly people: number;
  /** The number of the first; 0 by default. */
  readonly from?: number;
  /** How many calls are on the way at once; absent: as many as one server takes well. */
  readonly atOnce?: number;
};
export type RegisterResult = { readonly seconds: number };

/** The same people come back, after a restart of the server. */
export type IdleJob = {
  readonly kind: "idle";
  readonly server: ServerTarget;
  readonly people: number;
  /** A first part of them, so that the server's fixed costs can be told from those of each connection. */
  readonly first: number;
  /** So many of them open their second connection too, on which nobody signs in. */
  readonly second: number;
  readonly settleMs: number;
};
export type IdleResult = {
  readonly rssBefore: number;
  readonly rssAtFirst: number;
  readonly rssAtAll: number;
  readonly rssWithSecond: number;
  readonly connectSeconds: number;
  readonly serverCpuSeconds: number;
  /** How many connections were tried by a post at the end, and how many of them received it. */
  readonly tried: number;
  readonly received: number;
  readonly disconnected: number;
};

/**
 * A part of those who registered, each at one of some addresses of the same servers, who wait until standard input
 * ends.
 */
export type GatherJob = {
  readonly kind: "gather";
  readonly urls: readonly string[];
  readonly from: number;
  readonly to: number;
};
export type GatherResult = {
  readonly connectSeconds: number;
  /** How many connections were tried by a post at the end, and how many of them received it. */
  readonly tried: number;
  readonly received: number;
  readonly disconnected: number;
};

/** Frames to a bare echo server. */
export type EchoJob = Window & {
  readonly kind: "echo";
  readonly url: string;
  readonly pid: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly frameBytes: number;
};
export type EchoResult = {
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly frames: number;
};

/** Those who registered are away, in groups of two, and this many messages come for each. */
export type FillJob = {
  readonly kind: "fill";
  readonly server: ServerTarget;
  readonly people: number;
  readonly messagesEach: number;
  readonly envelopeBytes: number;
};
export type FillResult = { readonly seconds: number; readonly posts: number };

/** Those who registered come back, one after another, and take what waits for them. */
export type ReturnJob = {
  readonly kind: "return";
  readonly server: ServerTarget;
  readonly people: number;
  readonly messagesEach: number;
};
export type ReturnResult = {
  /** From the sign-in until the last message, the middle one of all. */
  readonly middleSeconds: number;
  /** Of all together, until their acknowledgements are on disk. */
  readonly serverCpuSeconds: number;
  readonly received: number;
  readonly repeated: number;
};

/** All who registered come back at once. */
export type StormJob = {
  readonly kind: "storm";
  readonly server: ServerTarget;
  readonly people: number;
  readonly messagesEach: number;
};
export type StormResult = {
  /** Until the last of them had what waited for it. */
  readonly seconds: number;
  readonly syncedP50Ms: number;
  readonly syncedP99Ms: number;
  readonly serverCpuSeconds: number;
  readonly rssBefore: number;
  readonly rssMost: number;
  /** Connections, sign-ins and messages that failed. */
  readonly errors: number;
};

/** People in groups who write, leave and come back. */
export type SoakJob = {
  readonly kind: "soak";
  readonly server: ServerTarget;
  readonly groups: number;
  readonly membersPerGroup: number;
  readonly postsPerSecond: number;
  /** How many connections end a second; each comes back within a few. */
  readonly leavesPerSecond: number;
  readonly seconds: number;
};
export type SoakResult = {
  readonly posts: number;
  readonly pushes: number;
  readonly leaves: number;
  readonly serverCpuSeconds: number;
  readonly rss: readonly { readonly atSeconds: number; readonly bytes: number }[];
  readonly faults: Faults;
};

export const abuseKinds = [
  "messages",
  "uploads",
  "downloads",
  "claims",
  "tokens",
  "lists",
  "calls",
  "gates",
  "entries",
  "frames",
  "counts",
  "switches",
  "deletions",
] as const;
export type AbuseKind = (typeof abuseKinds)[number];

/** What somebody does who keeps to no rule. */
export type AbuseJob = {
  readonly kind: "abuse";
  readonly server: ServerTarget;
  /** Numbers of people who signed in once before; the first one's vault holds most. */
  readonly members: readonly number[];
  /** Of the one who deletes the account, with all that is in its vault. */
  readonly leaver: number;
  readonly seconds: number;
  /** Which floods there are, side by side. */
  readonly kinds: readonly AbuseKind[];
};
export type AbuseResult = {
  /** How often what was done. */
  readonly did: Readonly<Record<string, number>>;
  readonly loadCpuSeconds: number;
};

/**
 * The vaults of people who registered with a server that does not run now: the first one's with so many segments,
 * others' with a tenth.
 */
export type VaultsJob = {
  readonly kind: "vaults";
  readonly folder: string;
  readonly members: readonly number[];
  readonly segments: number;
};
export type VaultsResult = { readonly segments: number };

/** Bare connections that wait. */
export type HoldJob = {
  readonly kind: "hold";
  readonly url: string;
  readonly pid: number;
  readonly connections: number;
  readonly settleMs: number;
  /** Each says so many bytes once a second meanwhile: not at all, if absent. */
  readonly sayBytes?: number;
};
export type HoldResult = {
  readonly rssBefore: number;
  readonly rssAtAll: number;
  readonly connectSeconds: number;
  /** Frames that came while it settled the second time, and the server's CPU seconds meanwhile. */
  readonly frames: number;
  readonly serverCpuSeconds: number;
};

type Results = {
  readonly peers: PeersResult;
  readonly "peers-fill": PeersFillResult;
  readonly traffic: TrafficResult;
  readonly register: RegisterResult;
  readonly idle: IdleResult;
  readonly gather: GatherResult;
  readonly echo: EchoResult;
  readonly fill: FillResult;
  readonly return: ReturnResult;
  readonly storm: StormResult;
  readonly soak: SoakResult;
  readonly hold: HoldResult;
  readonly abuse: AbuseResult;
  readonly vaults: VaultsResult;
};
export type Job =
  | PeersJob
  | PeersFillJob
  | TrafficJob
  | RegisterJob
  | IdleJob
  | GatherJob
  | EchoJob
  | FillJob
  | ReturnJob
  | StormJob
  | SoakJob
  | HoldJob
  | AbuseJob
  | VaultsJob;
export type ResultOf<J extends Job> = Results[J["kind"]];
