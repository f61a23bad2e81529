/**
 * Core config: what the operator may choose of accounts, delivery and sockets, with the defaults that suit a family
 * (docs/spec/delivery.md DS24). Each feature has its own limits beside these. Limits a peer can run into stand in
 * `wire`; these are local.
 */
import type { Bytes } from "@yanshu/wire";

/** How much may be open or held at once: for one prefix, and in all. */
export type OpenLimits = { readonly prefix: number; readonly all: number };

export type CoreConfig = {
  /** The name that addresses, links and sign-ins carry, such as `yan.example`. */
  readonly domain: string;
  /**
   * The standing invitation's token, with which anybody may register. Absent: there is none. A function reads it anew.
   */
  readonly registrationToken?: Bytes | (() => Bytes | undefined);
  /** Whether a member's contact capability also allows somebody to register. */
  readonly membersMayInvite: boolean;

  /** A post waits at most this long for others to share its commit to disk. */
  readonly commitDelayMs: number;
  /** When this many posts wait, they are committed at once. */
  readonly commitJobsMax: number;
  /** Pushes that a connected device has not acknowledged within this time become queue rows. */
  readonly spillMs: number;
  /** A list with more live sessions than this is sent through a publish topic. */
  readonly topicFrom: number;
  /** Bytes of memory for address lists. Lists that no accepted post has named may use a fourth of it. */
  readonly listBytesKept: number;
  /** At most this many hashes of posts are remembered, even within the ten minutes. */
  readonly repeatsKept: number;
  /** Envelopes that may wait for one device. */
  readonly queueMax: number;
  /** Bytes of the envelopes that may wait for one device. */
  readonly queueBytesMax: number;

  /** Bytes that a connected device may owe acknowledgements for; what comes then becomes queue rows at once. */
  readonly unackedBytesMax: number;
  /** Rendezvous that are open (docs/spec/delivery.md DS25, DS204). */
  readonly rendezvousMax: OpenLimits & { readonly connection: number };

  /** Open sockets of strangers. */
  readonly socketsMax: OpenLimits;
  /** Open sockets of members: a device is signed in, or a token was paid. */
  readonly memberSocketsMax: OpenLimits;
  /** Bytes of frames in pieces that are not whole yet (docs/spec/wire.md WI23). */
  readonly pieceBytesMax: OpenLimits;
  /**
   * Bytes sent that the client has not read: on strangers' sockets, and on members'.
   */
  readonly unsentBytesMax: OpenLimits;
  readonly memberUnsentBytesMax: OpenLimits;
  /** Bytes of messages that arrived and wait to be handled (docs/spec/delivery.md DS170). */
  readonly unhandledBytesMax: OpenLimits;
  /** Requests for files that may be under way at once. */
  readonly bodiesMax: OpenLimits;
  /** Bytes of the bodies of these requests, counted by Content-Length (docs/spec/delivery.md DS224). */
  readonly bodyBytesMax: OpenLimits;
  /** A socket without a `hello` within this time is closed. */
  readonly helloMs: number;

  readonly postsPerMinute: {
    /** To one address, as strangers post. */
    readonly address: number;
    /** To one list, as a group posts. */
    readonly list: number;
    readonly connection: number;
    readonly prefix: number;
  };
  /** New gates; each is kept for a year after its last post that reached somebody. `region`: an IPv6 /48. */
  readonly createsPerHour: {
    readonly connection: number;
    readonly prefix: number;
    readonly region: number;
    readonly all: number;
  };
  /** Each sign-in writes to the database, and with PostgreSQL it briefly stops all servers from accepting posts. */
  readonly signInsPerMinute: { readonly device: number };
  readonly callsPerMinute: { readonly connection: number; readonly prefix: number };
  /**
   * Wrong tokens from one prefix; and registrations by each link that has no number of its own: the standing invitation
   * an hour, one member's a day, all members' a day.
   */
  readonly guessesPerHour: { readonly prefix: number };
  readonly registrationsPerHour: { readonly standing: number };
  readonly registrationsPerDay: { readonly member: number; readonly members: number };
  /** Days in which an account's quotas grow from those of its first day to the full ones (DS141). */
  readonly quotaGrowsDays: number;
  /** How often a root key may be shown from one prefix, and for one account (docs/spec/identity.md ID30). */
  readonly restoresPerHour: { readonly prefix: number };
  readonly restoresPerDay: { readonly account: number };
  readonly addressesPerDevice: number;
  readonly capabilitiesPerDevice: number;
};

export const coreDefaults: CoreConfig = {
  domain: "localhost",
  membersMayInvite: true,
  commitDelayMs: 1,
  commitJobsMax: 512,
  spillMs: 3_000,
  topicFrom: 64,
  listBytesKept: 64 * 1024 * 1024,
  repeatsKept: 500_000,
  queueMax: 100_000,
  queueBytesMax: 256 * 1024 * 1024,
  unackedBytesMax: 16 * 1024 * 1024,
  rendezvousMax: { connection: 4, prefix: 64, all: 10_000 },
  socketsMax: { prefix: 64, all: 200_000 },
  memberSocketsMax: { prefix: 512, all: 200_000 },
  pieceBytesMax: { prefix: 8 * 1024 * 1024, all: 32 * 1024 * 1024 },
  unsentBytesMax: { prefix: 2 * 1024 * 1024, all: 8 * 1024 * 1024 },
  memberUnsentBytesMax: { prefix: 8 * 1024 * 1024, all: 32 * 1024 * 1024 },
  unhandledBytesMax: { prefix: 1024 * 1024, all: 4 * 1024 * 1024 },
  bodiesMax: { prefix: 64, all: 512 },
  bodyBytesMax: { prefix: 16 * 1024 * 1024, all: 32 * 1024 * 1024 },
  helloMs: 10_000,
  postsPerMinute: { address: 600, list: 6_000, connection: 6_000, prefix: 12_000 },
  createsPerHour: { connection: 1_000, prefix: 5_000, region: 20_000, all: 50_000 },
  signInsPerMinute: { device: 30 },
  callsPerMinute: { connection: 600, prefix: 6_000 },
  guessesPerHour: { prefix: 60 },
  registrationsPerHour: { standing: 600 },
  registrationsPerDay: { member: 20, members: 100 },
  quotaGrowsDays: 30,
  restoresPerHour: { prefix: 30 },
  restoresPerDay: { account: 10 },
  addressesPerDevice: 4_096,
  capabilitiesPerDevice: 4_096,
};
