/** Limits of a package (docs/spec/programs.md PR1): they hold before anything of it is unpacked. */
export const packageLimits = {
  packedBytesMax: 20 << 20,
  unpackedBytesMax: 64 << 20,
  filesMax: 4_096,
  /** Unpacked bytes for each packed one; text packs to a tenth, a bomb to a thousandth. */
  ratioMax: 100,
  pathBytesMax: 255,
  nameMax: 60,
  pagesMax: 1_000,
  tabsMax: 5,
  /** Characters of all style sheets, each with what it imports. */
  styleCharsMax: 16 << 20,
  /** Sheets that import one another in a row. */
  importDepthMax: 32,
} as const;
