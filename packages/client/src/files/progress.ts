/** Progress: how fast a file moves, over the last seconds, and how far into its present chunk it is. */
import type { UnixMs } from "@yanshu/wire";
import { sealedChunkBytes } from "./stream.ts";

export type Progress = {
  readonly moved: (bytes: number, nowMs: UnixMs) => void;
  /** Undefined until it can be told. */
  readonly bytesPerSecond: (nowMs: UnixMs) => number | undefined;
  /** Share of a chunk, in [0, 1), that has come and is not counted yet. */
  readonly partial: () => number;
};

const windowMs = 5_000;
const knownAfterMs = 700;

export function startProgress(startMs: UnixMs): Progress {
  let samples: { readonly atMs: number; readonly bytes: number }[] = [];
  let all = 0;
  return {
    moved(bytes, nowMs) {
      all += bytes;
      samples = [...samples.filter(({ atMs }) => atMs > nowMs - windowMs), { atMs: nowMs, bytes }];
    },
    bytesPerSecond(nowMs) {
      const sinceMs = Math.min(windowMs, nowMs - startMs);
      if (sinceMs < knownAfterMs) return undefined;
      const bytes = samples.reduce((sum, one) => sum + (one.atMs > nowMs - windowMs ? one.bytes : 0), 0);
      return (bytes * 1_000) / sinceMs;
    },
    partial: () => (all % sealedChunkBytes) / sealedChunkBytes,
  };
}
