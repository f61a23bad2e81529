/** What the parts of Channels use of the server. */
import type { Bytes } from "@yanshu/wire";
import type { FilmDisk } from "../../blobs/store.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Clock, Pause, Random, SyncPrimitives } from "../../core/ports.ts";
import type { HomeKey, UploadTokens } from "../../feature.ts";
import type { ChannelLimits } from "./limits.ts";
import type { ChannelTables } from "./tables.ts";

export type Nothing = Record<never, never>;

export type ChannelPorts = {
  readonly tables: ChannelTables;
  readonly config: ChannelLimits;
  /** The home's name. */
  readonly domain: string;
  readonly key: HomeKey;
  readonly disk: FilmDisk;
  readonly uploadTokens: UploadTokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly pause: Pause;
  /** Runs `run` in a transaction, perhaps more than once, and settles when that is on disk. */
  readonly committed: <T>(run: () => Outcome<T>) => Promise<Outcome<T>>;
};

/** The place of callers without a prefix: this machine, and tests. */
export const nowhere = "";
export const noBytes: Bytes = new Uint8Array(0);
