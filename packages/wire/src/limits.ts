/**
 * Limits: every length that a peer can choose has a cap here (docs/spec/wire.md WI3).
 */
export const limits = {
  /** One WebSocket frame. A Welcome for 500 devices is 170 KB. */
  frameBytesMax: 1 << 20,
  /**
   * One WebSocket message to the server: a larger frame goes in pieces (WI23), so that nobody reserves room by
   * announcing one.
   */
  messageBytesMax: 16 << 10,
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
  /** All entries of a list together: a whole history fits one frame, beside the packages of a claim. */
  historyBytesMax: 512 << 10,
  /** Of both, what no device may use up (docs/spec/identity.md ID41). */
  rootEntriesKept: 64,
  rootBytesKept: 64 << 10,
  inceptionBytesMax: 256,
  /** What later versions add to a signed record: how many additions, and bytes of one. */
  extensionsMax: 8,
  extensionBytesMax: 256,
  /** Where an account is: homes of a record, its bytes, units of a name and of all, how often one followed. */
  homesMax: 3,
  homeRecordBytesMax: 512,
  homeNameMax: 63,
  homeNamesMax: 200,
  homeSeqMax: 0xffff_ffff,
  /** Of a device-list entry: additions of types below this are the root's word (ID52). */
  rootExtensionsBelow: 256,
  keyPackageBytesMax: 4_096,
  keyPackagesPerCallMax: 100,
  /** Key packages kept for one device, besides the last-resort one. */
  keyPackagesKept: 50,
  keyPackageDaysMax: 90,
  addressesPerCallMax: 256,
  capabilitiesPerCallMax: 256,
  /** Draws a capability allows a day before it hands out last-resort packages. */
  drawsPerDay: 5,
  /** The address of a push service, as a browser hands it out. */
  pushEndpointBytesMax: 1_024,
  /** An uncompressed point of P-256, and the secret beside it (RFC 8291). */
  pushKeyBytes: 65,
  pushSecretBytes: 16,
  ackIdsMax: 1_024,
  queueDays: 30,
  gateIdleDays: 365,
  rendezvousMinutes: 10,
  /** Devices that a group's link names, and units of the name in it: as many as a code can hold that is still read. */
  admittersMax: 3,
  linkNameMax: 64,
  /** Of a name in a link, as UTF-8; the whole one is on the card (ID62). */
  linkNameBytes: 21,
  linkCardSeedBytes: 16,
  /** Of 4 KiB each. */
  linkCardUnitsMax: 32,
  /** Of a handle: nonce, 288 padded bytes and a tag; what looking for one costs in upload tokens. */
  handleRecordBytes: 12 + 288 + 16,
  usernameTokens: 4,
  /** What a passkey opens: version, nonce, 32 bytes and a tag. */
  passkeyWrapBytes: 1 + 12 + 32 + 16,
  /** What the family's pieces open together: the same. */
  familyWrapBytes: 1 + 12 + 32 + 16,
  /** Handles that home keeps for one account: the one that it has, and those that it had within so many days. */
  handlesKept: 3,
  handleRestDays: 90,
  /**
   * Of one answer of rows: their bytes, how many, and where the next begins. A row is at most a frame, and its columns.
   */
  rowsBytesMax: 512 << 10,
  rowsMax: 1_024,
  rowBytesMax: (1 << 20) + 256,
  placeBytesMax: 256,
  tablesMax: 64,
  tableNameMax: 64,
  /** How long a repeated application post is recognised. */
  repeatMinutes: 10,
} as const;
