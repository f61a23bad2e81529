/**
 * Channels 视频号 (docs/spec/channels.md CH41–CH57, feed.md FY): packs of home as they were read and checked, this
 * person's own channels, and what this device keeps of their taste.
 */
export * from "./authors.ts";
export * from "./entries.ts";
export * from "./likes.ts";
export * from "./own.ts";
export * from "./packs.ts";
export * from "./tables.ts";
export * from "./taste.ts";
