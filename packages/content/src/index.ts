/**
 * @yanshu/content: what lies inside the envelope. The server never imports it, so it cannot read it.
 */
export * from "./body.ts";
export * from "./message.ts";
export * from "./note.ts";
