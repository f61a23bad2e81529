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
  readonly envelopeBytes: number;
};

export type TrafficResult = {
  readonly seconds: number;
  readonly serverCpuSeconds: number;
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

/** Registers people, signs each in once, and registers their addresses. */
export type RegisterJob = { readonly kind: "register"; readonly server: ServerTarget; readonly people: number };
export type RegisterResult = { readonly seconds: number };

/** The same people come back, after a restart of the server. */
export type IdleJob = {
  readonly kind: "idle";
  readonly server: ServerTarget;
  readonly people: number;
  /** A first part of them, so that the server's fixed costs can be told from those of each connection. */
  readonly first: number;
  readonly settleMs: number;
};
export type IdleResult = {
  readonly rssBefore: number;
  readonly rssAtFirst: number;
  readonly rssAtAll: number;
  readonly connectSeconds: number;
  readonly serverCpuSeconds: number;
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

export type Job = TrafficJob | RegisterJob | IdleJob | EchoJob;
export type ResultOf<J extends Job> = J extends TrafficJob
  ? TrafficResult
  : J extends RegisterJob
    ? RegisterResult
    : J extends IdleJob
      ? IdleResult
      : EchoResult;
