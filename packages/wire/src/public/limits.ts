/** Limits of the public log (docs/spec/channels.md CH2): every length that an author or a home can choose has a cap. */
export const publicLimits = {
  /** Authors of one channel at once. */
  authorsMax: 8,
  saltBytes: 16,
  inceptionBytesMax: 512,
  /** Of a kind's name: lower-case letters and hyphens. */
  kindMax: 24,
  bodyBytesMax: 16 << 10,
  /** Films of one entry: 35 pictures, or a film in several sizes. */
  filmsMax: 36,
  captionsMax: 8,
  entryBytesMax: 32 << 10,
  /** An entry of kind `authors`, and how many a channel may have: each later pack brings all of them (CH23). */
  authorsEntryBytesMax: 1 << 10,
  authorsChangesMax: 16,
  /** Entries of one `channelAppend`, and their bytes. */
  appendMax: 16,
  /** A film in bytes. Its list has 32 bytes for each chunk. */
  filmBytesMax: 256 << 20,
  /** 32 KiB, so that the 96 KiB of a head are three whole chunks, each of which has its hash. */
  chunkBytes: 32 << 10,
  headChunks: 3,
  /** Chunks of one `filmChunks`. */
  chunksPerCallMax: 8,
  /**
   * Places, decisions and counts of one pack, and bytes of its entries and roots. A pack that is full is followed by
   * another.
   */
  placesMax: 4_096,
  decisionsMax: 1_024,
  countsMax: 16_384,
  packEntriesBytesMax: 4 << 20,
  packRootsBytesMax: 3 << 20,
  packHeadBytesMax: 4 << 20,
  packBytesMax: 12 << 20,
  /** Packs of one request, and their bytes together, unless one alone has more. */
  packsPerRequestMax: 64,
  packsBytesMax: 8 << 20,
  reasonMax: 500,
  appealMax: 255,
  /** Films of a page. */
  pageMax: 72,
  /** Keys of marks; an account has one mark of each a month. */
  buckets: 64,
} as const;
