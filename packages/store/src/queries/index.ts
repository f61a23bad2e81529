export * from "./addresses.ts";
export * from "./conversations.ts";
export * from "./device-lists.ts";
export * from "./groups.ts";
export * from "./messages.ts";
export * from "./meta.ts";
export * from "./people.ts";
