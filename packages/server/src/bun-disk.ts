/** The disk under a data folder, with a reserve on it (docs/spec/delivery.md DS114). */
import { statfsSync, statSync, truncateSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Disk } from "./core/room.ts";

const stepBytes = 1024 * 1024;

export function diskUnder(folder: string, reserveBytes: number): Disk {
  const path = join(folder, "reserve");
  const size = () => statSync(path, { throwIfNoEntry: false })?.size;
  return {
    reserveBytes,
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
    reserve: () => {
      const bytes = size();
      if (reserveBytes === 0 || bytes === undefined) return "none";
      return bytes < reserveBytes ? "given-up" : "held";
    },
    giveUp: () => truncateSync(path, 0),
    takeBack: async () => {
      const file = await open(path, "w", 0o600);
      try {
        // By chance, or a disk that packs would keep no room for it. It is as long as it shall be only at its end.
        const block = crypto.getRandomValues(new Uint8Array(64 * 1024));
        const step = new Uint8Array(stepBytes);
        for (let at = 0; at < stepBytes; at += block.length) step.set(block, at);
        for (let at = 0; at < reserveBytes; at += stepBytes)
          await file.write(step, 0, Math.min(stepBytes, reserveBytes - at), at);
        await file.datasync();
      } catch (error) {
        await file.truncate(0);
        throw error;
      } finally {
        await file.close();
      }
    },
  };
}
