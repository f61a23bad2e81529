/** Hands at the app lock: what is typed, and a crash at a chosen moment. */
import type { Page } from "@playwright/test";

/**
 * At which write: of those that make the copy, or the first after the lock's record was written, or removed; or with
 * the record half written, or just whole.
 */
type Moment = 1 | 20 | "written" | "removed" | "half-recorded" | "recorded";

export async function types(page: Page, code: string): Promise<void> {
  for (const digit of code) await page.getByTestId(`pad-${digit}`).click();
}

export async function presses(page: Page, code: string): Promise<void> {
  await types(page, code);
  await page.getByTestId("pad-done").click();
}

export async function says(page: Page, field: string, text: string): Promise<void> {
  await page.getByTestId(field).fill(text);
  await page.getByTestId(field).press("Enter");
}

/**
 * `begin` has the store moved, or the lock's record changed; at that moment its worker stops in the middle of it and,
 * with the whole tab, is gone. Answers another tab.
 */
export async function crashes(page: Page, moment: Moment, begin: () => Promise<void>): Promise<Page> {
  const [worker] = page.workers();
  if (worker === undefined) throw new Error("there is no worker");
  await worker.evaluate((at) => {
    let writes = 0;
    let isNoted = false;
    const stop = () => {
      new BroadcastChannel("crash").postMessage("now");
      const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      Atomics.wait(new Int32Array(buffer), 0, 0);
    };
    const handle = FileSystemSyncAccessHandle.prototype;
    const { write } = handle;
    handle.write = function (...args) {
      writes++;
      if (isNoted || writes === at) stop();
      return write.apply(this, args);
    };
    const file = FileSystemFileHandle.prototype;
    const { createWritable } = file;
    file.createWritable = async function (...args) {
      const stream = await createWritable.apply(this, args);
      const { close } = stream;
      stream.close = async () => {
        if (at === "half-recorded") stop();
        await close.call(stream);
        if (at === "recorded") stop();
        isNoted = at === "written";
      };
      return stream;
    };
    const folder = FileSystemDirectoryHandle.prototype;
    const { removeEntry } = folder;
    folder.removeEntry = async function (name, ...rest) {
      await removeEntry.call(this, name, ...rest);
      if (name === "yanshu-lock") isNoted = at === "removed";
    };
  }, moment);
  const crashed = page.evaluate(
    () => new Promise<void>((resolve) => new BroadcastChannel("crash").addEventListener("message", () => resolve())),
  );
  await begin();
  await crashed;
  const next = await page.context().newPage();
  await page.close();
  await next.goto(new URL("/", page.url()).href);
  return next;
}
