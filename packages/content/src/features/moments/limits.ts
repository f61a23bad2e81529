/** Limits of Moments (docs/spec/moments.md MO). */
export const momentLimits = {
  /** Bytes of W, L, S, R, M. */
  keyBytes: 32,
  nameBytes: 16,
  hintBytes: 8,
  idBytes: 16,
  replyBytes: 16,
  headsAhead: 4,
  /** UTF-16 units. */
  textMax: 4_000,
  wordTextMax: 600,
  picturesMax: 20,
  previewBytesMax: 256 * 1024,
  videoMsMax: 10 * 60_000,
  mentionsMax: 10,
  pinsMax: 4,
  tagsMax: 64,
  tagMax: 64,
  audienceBytesMax: 256 * 1024,
  peopleMax: 5_000,
  iconMax: 32,
  /** Name of a home. */
  homeMax: 255,
  titleMax: 200,
  urlMax: 2_048,
  /** Encoded, before it is padded: a film's picture of 24 KiB, the longest words, a link and a place have room. */
  bodyBytesMax: 46 * 1024,
  /** Cells and words asked for again in one message. */
  askedMax: 64,
  /** Holes of false bodies that a gap names. */
  gapNamesMax: 16,
  waysMax: 16,
  handedMax: 64,
  devicesMax: 10,
  /** Of what is kept for a device that comes back: the newest posts, and words on them. */
  archivePostsMax: 8_192,
  archiveWordsMax: 65_536,
  archiveBytesMax: 32 << 20,
  /** Of one friend, within a day: more words are left unread until the next. */
  wordsADayMax: 2_000,
  /** The last place to a friend is before it. */
  placeMax: 2 ** 31,
  /** Of one author on one post: words that were taken back or hidden, and did not come. */
  takenBackMax: 200,
} as const;

/** How far back friends see, in days. */
export const momentWindows = [3, 30, 180] as const;
