/** Where a program on Bun begins: what a run of the command line, or a bot, needs from the runtime. */
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Io } from "./io.ts";

export type BunParts = Pick<Io, "crypto" | "mediaCipher" | "openDatabase">;

export const bunParts: BunParts = {
  crypto: () => createBunCrypto(),
  mediaCipher: createMediaCipher,
  openDatabase: openBunDatabase,
};
