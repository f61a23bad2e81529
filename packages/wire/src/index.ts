/**
 * @yanshu/wire: the contract between client and server. Nothing here touches network, disk, clock
 * or chance; docs/spec/{wire,delivery,identity}.md number its rules.
 */
export * from "./blobs.ts";
export * from "./bytes.ts";
export * from "./calls.ts";
export * from "./envelope.ts";
export * from "./errors.ts";
export * from "./everything.ts";
export * from "./frames.ts";
export * from "./handles.ts";
export * from "./identity.ts";
export * from "./ids.ts";
export * from "./limits.ts";
export * from "./links.ts";
export * from "./schema.ts";
export * from "./signing.ts";
export * from "./upload-tokens.ts";
export * from "./vault.ts";
export * from "./weak-keys.ts";
