/** Embedded: the web app inside the program, where it is one file (tools/build-binary.ts); empty elsewhere. */

/** By path, as in `/index.html`. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export const embedded = new Map<string, Uint8Array<ArrayBuffer>>();
