/** A package is read beside the page (docs/spec/programs.md PR12, PR17, PR47). */
import { afterEach, expect, test } from "bun:test";
import { dropReader, readAside, readerWaits } from "./read.ts";

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

test("[PR17] a package is read by the thread that waits, and each thread reads one", async () => {
  let begun = 0;
  const did: string[] = [];
  class Reader {
    readonly nth = ++begun;
    onmessage: ((event: unknown) => void) | null = null;
    postMessage(bytes: Uint8Array): void {
      did.push(`${this.nth} reads`);
      queueMicrotask(() => this.onmessage?.({ data: { bytes, read: undefined } }));
    }
    terminate(): void {
      did.push(`${this.nth} ends`);
    }
  }
  globalThis.Worker = Reader as unknown as typeof Worker;
  readerWaits();
  readerWaits();
  await readAside(new Uint8Array(1));
  await readAside(new Uint8Array(1));
  readerWaits();
  dropReader();
  expect(did).toEqual(["1 reads", "1 ends", "2 reads", "2 ends", "3 ends"]);
});
