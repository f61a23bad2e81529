/**
 * Limits: every length that a peer can choose has a cap here (docs/spec/wire.md WI3).
 */
export const limits = {
  /** One WebSocket frame. A Welcome for 500 devices is 170 KB. */
  frameBytesMax: 1 << 20,
  /** Parts of a post: the commit, the Welcome, and a note to each new address. */
  partsMax: 1_100,
  /** Addresses of one list: 500 people with two devices each. */
  listAddressesMax: 1_024,
  devicesMax: 10,
  homeServersMax: 4,
  domainBytesMax: 255,
  /** Entries of one account's device list; each is at most `entryBytesMax`. */
  entriesMax: 1_024,
  entryBytesMax: 2_048,
  inceptionBytesMax: 256,
  keyPackageBytesMax: 4_096,
  keyPackagesPerCallMax: 100,
  /** Key packages kept for one device, besides the last-resort one. */
  keyPackagesKept: 50,
  keyPackageDaysMax: 90,
  addressesPerCallMax: 256,
  capabilitiesPerCallMax: 256,
  /** Draws a capability allows a day before it hands out last-resort packages. */
  drawsPerDay: 5,
  ackIdsMax: 1_024,
  queueDays: 30,
  gateIdleDays: 365,
  rendezvousMinutes: 10,
  /** How long a repeated application post is recognised. */
  repeatMinutes: 10,
} as const;
