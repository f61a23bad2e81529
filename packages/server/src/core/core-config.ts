/**
 * Core config: what the operator may choose of accounts, delivery and sockets, with the defaults that suit a family
 * (docs/spec/delivery.md DS24). Each feature has its own limits beside these. Limits a peer can run into stand in
 * `wire`; these are local.
 */
import type { Bytes } from "@yanshu/wire";

/** How much may be open at once, from one place and in all. */
export type OpenLimits = { readonly prefix: number; readonly all: number };

export type CoreConfig = {
  /** The name that addresses, links and sign-ins carry, such as `yan.example`. */
  readonly domain: string;
  /** The standing invitation: who knows it may register. Absent: nobody does by it. A function: as it is now. */
  readonly registrationToken?: Bytes | (() => Bytes | undefined);
  /** Policy: any member's contact capability also registers. */
  readonly membersMayInvite: boolean;

  /** A post waits at most this long for others to share its commit to disk. */
  readonly commitDelayMs: number;
  /** As many waiting posts are committed at once without waiting longer. */
  readonly commitJobsMax: number;
  /** Pushes that a connected device has not acknowledged by then become rows. */
  readonly spillMs: number;
  /** Lists with more addresses than this are a publish topic. */
  readonly topicFrom: number;
  /** Bytes of all lists kept in memory; of those that no post that was taken has named, a fourth of it. */
  readonly listBytesKept: number;
  /** Posts whose hash is remembered at most, besides the ten minutes. */
  readonly repeatsKept: number;
  /** Envelopes that may wait for one device. */
  readonly queueMax: number;
  /** Their bytes. */
  readonly queueBytesMax: number;

  /** Sockets that may be open at once of which nobody knows whose they are. */
  readonly socketsMax: OpenLimits;
  /** Those on which a device is signed in, or a token was paid. */
  readonly memberSocketsMax: OpenLimits;
  /** Bytes of frames in pieces that are not whole yet (docs/spec/wire.md WI23). */
  readonly pieceBytesMax: OpenLimits;
  /**
   * Bytes that wait to be read by whom they were sent to: by those of whom nobody knows who they are, and by members.
   */
  readonly unsentBytesMax: OpenLimits;
  readonly memberUnsentBytesMax: OpenLimits;
  /** Bytes of messages that came and wait for their turn (docs/spec/delivery.md DS170). */
  readonly unhandledBytesMax: OpenLimits;
  /** Requests for files that may be under way at once. */
  readonly bodiesMax: OpenLimits;
  /** Bytes of their bodies, each as long as it says it is (docs/spec/delivery.md DS224). */
  readonly bodyBytesMax: OpenLimits;
  /** A socket that has not said hello by then is closed. */
  readonly helloMs: number;

  readonly postsPerMinute: {
    /** To one address: what strangers may send. */
    readonly address: number;
    /** To one list: what a group says. */
    readonly list: number;
    readonly connection: number;
    readonly prefix: number;
  };
  /** New gates: each is kept for a year after it last reached somebody. `region`: all of an IPv6 /48. */
  readonly createsPerHour: {
    readonly connection: number;
    readonly prefix: number;
    readonly region: number;
    readonly all: number;
  };
  /** Each takes a place in the database, and over PostgreSQL a turn of all servers. */
  readonly signInsPerMinute: { readonly device: number };
  readonly callsPerMinute: { readonly connection: number; readonly prefix: number };
  /**
   * Wrong codes from one place, and what each link that has no number of its own lets in: the standing one an hour, a
   * member's a day, all members' a day.
   */
  readonly guessesPerHour: { readonly prefix: number };
  readonly registrationsPerHour: { readonly standing: number };
  readonly registrationsPerDay: { readonly member: number; readonly members: number };
  /** An account's quotas grow from those of its first day to the whole within so many days (DS141). */
  readonly quotaGrowsDays: number;
  /** How often a root key is shown from one place, and of one account (docs/spec/identity.md ID30). */
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
