/**
 * Limits: every length that a peer can choose has a cap here (docs/spec/wire.md WI3).
 */
export const limits = {
  /** Bytes of one frame. A Welcome for 500 devices has 170 KB. */
  frameBytesMax: 1 << 20,
  /**
   * Bytes of one WebSocket message to the server. A larger frame is sent in pieces (WI23), so that nobody makes the
   * server reserve memory by announcing a large message.
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
  /** Of all entries of a list together: a whole history fits one frame with the packages of a claim. */
  historyBytesMax: 512 << 10,
  /** The part of both limits that is reserved for the root (docs/spec/identity.md ID41). */
  rootEntriesKept: 64,
  rootBytesKept: 64 << 10,
  inceptionBytesMax: 256,
  /** Additions of later versions to a signed record: their number, and the bytes of one. */
  extensionsMax: 8,
  extensionBytesMax: 256,
  /** Home records: homes of one, its bytes, UTF-16 units of a name and of all names, the highest `seq`. */
  homesMax: 3,
  homeRecordBytesMax: 512,
  homeNameMax: 63,
  homeNamesMax: 200,
  homeSeqMax: 0xffff_ffff,
  /** Only the root may change additions of types below this in a device-list entry (ID52). */
  rootExtensionsBelow: 256,
  keyPackageBytesMax: 4_096,
  keyPackagesPerCallMax: 100,
  /** Key packages kept for one device, besides the last-resort one. */
  keyPackagesKept: 50,
  keyPackageDaysMax: 90,
  addressesPerCallMax: 256,
  capabilitiesPerCallMax: 256,
  /** Claims by one capability a day before the server hands out last-resort packages. */
  drawsPerDay: 5,
  /** Of the push endpoint that a browser gives. */
  pushEndpointBytesMax: 1_024,
  /** An uncompressed point of P-256, and the secret beside it (RFC 8291). */
  pushKeyBytes: 65,
  pushSecretBytes: 16,
  ackIdsMax: 1_024,
  queueDays: 30,
  gateIdleDays: 365,
  rendezvousMinutes: 10,
  /** Devices and UTF-16 units of the name in a group's link: few enough for a QR code that cameras can read. */
  admittersMax: 3,
  linkNameMax: 64,
  /** UTF-8 bytes of the shortened name in a link; the card has the whole name (ID62). */
  linkNameBytes: 21,
  linkCardSeedBytes: 16,
  /** Of 4 KiB each. */
  linkCardUnitsMax: 32,
  /** A handle's record: nonce, 288 padded bytes, tag; and the upload tokens that a lookup costs. */
  handleRecordBytes: 12 + 288 + 16,
  usernameTokens: 4,
  /** The secret that a passkey unwraps: version, nonce, 32 bytes and a tag. */
  passkeyWrapBytes: 1 + 12 + 32 + 16,
  /** The secret that the family's pieces unwrap: the same. */
  familyWrapBytes: 1 + 12 + 32 + 16,
  /** Handles reserved for one account: the current one, and those that it gave up in the last `handleRestDays`. */
  handlesKept: 3,
  handleRestDays: 90,
  /**
   * Pages of `everything`: bytes and number of rows of a page, bytes of a row (a frame and its columns), bytes of
   * `next`.
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
