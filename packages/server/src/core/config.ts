/**
 * Config: what whoever runs a server may choose, with the defaults that suit a family
 * (docs/spec/delivery.md DS24). Limits a peer can run into stand in `wire`; these are local.
 */
import type { Bytes } from "@yanshu/wire";

export type ServerConfig = {
  /** The name that addresses, links and sign-ins carry, such as `yan.example`. */
  readonly domain: string;
  /** Who knows it may register. Absent: nobody registers by token. */
  readonly registrationToken?: Bytes;
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
  /** Addresses of all lists kept in memory. */
  readonly listAddressesKept: number;
  /** Posts whose hash is remembered at most, besides the ten minutes. */
  readonly repeatsKept: number;
  /** Envelopes that may wait for one device. */
  readonly queueMax: number;

  readonly postsPerMinute: { readonly address: number; readonly connection: number; readonly prefix: number };
  readonly callsPerMinute: { readonly connection: number; readonly prefix: number };
  readonly registrationsPerHour: { readonly prefix: number };
  readonly addressesPerDevice: number;
  readonly capabilitiesPerDevice: number;
};

export const defaultConfig: ServerConfig = {
  domain: "localhost",
  membersMayInvite: true,
  commitDelayMs: 1,
  commitJobsMax: 512,
  spillMs: 3_000,
  topicFrom: 64,
  listAddressesKept: 1_000_000,
  repeatsKept: 500_000,
  queueMax: 100_000,
  postsPerMinute: { address: 600, connection: 3_000, prefix: 12_000 },
  callsPerMinute: { connection: 600, prefix: 6_000 },
  registrationsPerHour: { prefix: 60 },
  addressesPerDevice: 4_096,
  capabilitiesPerDevice: 4_096,
};
