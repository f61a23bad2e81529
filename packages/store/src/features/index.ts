/**
 * Features of the store: one line each. A feature keeps its queries and the tables that are its own in one file, or in
 * one folder; `schema.ts` numbers the tables. Kinds of marks are none of it: the store takes those that the features of
 * @yanshu/content say.
 */
export * from "./articles.ts";
export * from "./calls.ts";
export * from "./channels/index.ts";
export * from "./edits.ts";
export * from "./favourites.ts";
export * from "./helpers.ts";
export * from "./import.ts";
export * from "./live.ts";
export * from "./moments.ts";
export * from "./nicknames.ts";
export * from "./pins.ts";
export * from "./programs.ts";
export * from "./push.ts";
export * from "./recall.ts";
export * from "./search.ts";
export * from "./services.ts";
export * from "./stickers.ts";
