/**
 * Public: logs that everybody may read and nobody can alter unseen (docs/spec/channels.md). Signed entries of channels,
 * films named by their hash, hour packs of a home, pages, marks. It knows no kind of content but its own; Channels and
 * Official Accounts are features over it.
 */
export * from "./entries.ts";
export * from "./films.ts";
export * from "./limits.ts";
export * from "./marks.ts";
export * from "./packs.ts";
export * from "./page.ts";
