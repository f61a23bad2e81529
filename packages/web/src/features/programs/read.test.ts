/** A package is read beside the page (docs/spec/programs.md PR12, PR47). */
import { afterEach, expect, test } from "bun:test";
import { readAside } from "./read.ts";

const real = globalThis.Worker;
afterEach(() => {
  globalThis.Worker = real;
});

test("[PR47] a package that nobody reads in time is not opened, and its thread is ended", async () => {
  const ended: string[] = [];
  class Silent {
    postMessage(): void {}
    terminate(): void {
      ended.push("ended");
    }
  }
  globalThis.Worker = Silent as unknown as typeof Worker;
  await expect(readAside(new Uint8Array(1), 1)).rejects.toThrow("took too long");
  expect(ended).toEqual(["ended"]);
});
