/**
 * The store in Chromium: the contract on sqlite-wasm over OPFS, and many tabs with one leader.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type BrowserPage, serveBrowserPage } from "../../../tools/browser-page.ts";
import { databaseContract } from "../src/contract.ts";
import type { Calls } from "./page/calls.ts";

/** In a browser of its own with a folder, as in life: off the record each write waits for another process (0052). */
async function withFolder(browser: Browser, work: (context: BrowserContext) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "yanshu-store-"));
  const context = await browser
    .browserType()
    .launchPersistentContext(folder, base.info().project.use.launchOptions ?? {});
  try {
    await work(context);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const test = base.extend<object, { shared: BrowserContext }>({
  context: ({ browser }, use) => withFolder(browser, use),
  shared: [({ browser }, use) => withFolder(browser, use), { scope: "worker" }],
});

let site: BrowserPage;
test.beforeAll(async () => {
  site = await serveBrowserPage(fileURLToPath(new URL("./page", import.meta.url)));
});
test.afterAll(() => site.close());

async function openTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(site.origin);
  return tab;
}

/** Calls the worker of `tab`. */
function call<Name extends keyof Calls>(
  tab: Page,
  name: Name,
  ...args: Parameters<Calls[Name]>
): Promise<ReturnType<Calls[Name]>> {
  return tab.evaluate(
    ([calledName, calledArgs]) =>
      (window as unknown as { call: (name: string, ...args: readonly unknown[]) => Promise<never> }).call(
        calledName,
        ...calledArgs,
      ),
    [name, args] as const,
  );
}

/** Ends the worker at once, as a crash does: nothing is closed, nobody is told. */
function endWorker(tab: Page): Promise<void> {
  return tab.evaluate(() => (window as unknown as { endWorker: () => void }).endWorker());
}

test.describe("sqlite-wasm on OPFS", () => {
  // One tab for all: each case has a database of its own.
  let tab: Page;
  test.beforeAll(async ({ shared }) => {
    tab = await openTab(shared);
  });
  test.afterAll(() => tab.close());
  for (const [place, { title }] of databaseContract.entries()) {
    test(title, async () => {
      expect(await call(tab, "contractCase", `contract-${place}`, title)).toBeUndefined();
    });
  }
});

test.describe("[ST31] sealed", () => {
  let tab: Page;
  test.beforeAll(async ({ shared }) => {
    tab = await openTab(shared);
  });
  test.afterAll(() => tab.close());
  test("[ST31] a sealed database keeps every rule of a plain one", async () => {
    test.setTimeout(180_000);
    for (const [place, { title }] of databaseContract.entries())
      expect([title, await call(tab, "contractCase", `sealed-${place}`, title, true)]).toEqual([title, undefined]);
  });

  test("[ST30] [ST31] [ST33] a plain database becomes a sealed one with all that is in it; no word stands in its files, and no other key opens it", async () => {
    const words = ["a word that stands nowhere else", "another word of later"] as const;
    await call(tab, "open", "moved");
    await call(tab, "sql", "CREATE TABLE said (text TEXT NOT NULL) STRICT");
    await call(tab, "sql", `INSERT INTO said VALUES ('${words[0]}')`);
    const plainMs = await call(tab, "insertMs", 200);
    await call(tab, "shut");
    expect(await call(tab, "standing", "moved", words)).toEqual([words[0]]); // What is looked for is found.
    await call(tab, "seal", "moved", "moved-sealed", 1);
    await tab.reload(); // A worker knows one key for a name.
    expect(await call(tab, "openSealed", "moved-sealed", 2)).toEqual({
      error: expect.stringContaining("SQLITE_NOTADB"),
    });
    await tab.reload();
    expect(await call(tab, "openSealed", "moved-sealed", 1)).toEqual({ persistent: true });
    await call(tab, "sql", `INSERT INTO said VALUES ('${words[1]}')`);
    const sealedMs = await call(tab, "insertMs", 200);
    console.log(`200 transactions: plain ${plainMs.toFixed(0)} ms, sealed ${sealedMs.toFixed(0)} ms`);
    await endWorker(tab); // Also what is in the log, and was not written back.
    await tab.reload();
    await expect.poll(() => call(tab, "standing", "moved-sealed", words).catch(String)).toEqual([]);
    expect(await call(tab, "openSealed", "moved-sealed", 1)).toEqual({ persistent: true });
    expect(await call(tab, "sql", "SELECT text FROM said")).toEqual(words.map((text) => ({ text })));
    expect(await call(tab, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 400 }]);
    expect(await call(tab, "sql", "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    await call(tab, "shut");
  });
});

test("[ST5] what was committed is there after the worker dies without closing", async ({ context }) => {
  const tab = await openTab(context);
  expect(await call(tab, "open", "killed")).toEqual({ persistent: true });
  await call(tab, "insertMs", 100);
  await endWorker(tab);
  const next = await openTab(context);
  expect(await call(next, "open", "killed")).toEqual({ persistent: true });
  expect(await call(next, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 100 }]);
});

test("[ST45] what was deleted stands in the log of a browser's database until that is emptied, and then nowhere", async ({
  context,
}) => {
  const word = "a word that was taken back";
  for (const isEmptied of [false, true]) {
    const name = `log-${isEmptied}`;
    const tab = await openTab(context);
    await call(tab, "open", name);
    await call(tab, "sql", "CREATE TABLE said (text TEXT NOT NULL) STRICT");
    await call(tab, "sql", `INSERT INTO said VALUES ('${word}')`);
    await call(tab, "sql", "DELETE FROM said");
    await call(tab, "insertMs", 20);
    if (isEmptied) expect(await call(tab, "emptyLog")).toBe(true);
    await endWorker(tab);
    const next = await openTab(context);
    await expect.poll(() => call(next, "standing", name, [word]).catch(String)).toEqual(isEmptied ? [] : [word]);
    expect(await call(next, "open", name)).toEqual({ persistent: true });
    expect(await call(next, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 20 }]);
  }
});

test("[ST9] a second tab is told that the database is busy, and harms nothing", async ({ context }) => {
  const [first, second] = [await openTab(context), await openTab(context)];
  await call(first, "open", "shared");
  await call(first, "insertMs", 10);
  expect(await call(second, "open", "shared")).toEqual({
    error: "DatabaseBusyError: another tab holds the database",
  });
  await call(first, "insertMs", 10);
  await call(first, "shut");
  expect(await call(second, "open", "shared")).toEqual({ persistent: true });
  expect(await call(second, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 20 }]);
});

/** Runs `script` in every worker of `tab` before its own code, from its next load on. */
async function spoilWorkers(tab: Page, script: string): Promise<void> {
  await tab.route("**/assets/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });
}

test("[ST9] a database that cannot be opened is an error, and neither emptied nor passed over", async ({ context }) => {
  const tab = await openTab(context);
  await call(tab, "open", "ailing");
  await call(tab, "insertMs", 10);
  await call(tab, "shut");
  // The first handle is the library's trial of the browser; those after it are the database's files.
  await spoilWorkers(
    tab,
    `const real = FileSystemFileHandle.prototype.createSyncAccessHandle;
     let handles = 0;
     FileSystemFileHandle.prototype.createSyncAccessHandle = function () {
       return handles++ === 0 ? real.call(this) : Promise.reject(new DOMException("disk", "UnknownError"));
     };`,
  );
  await tab.reload();
  expect(await call(tab, "open", "ailing")).toEqual({ error: expect.stringContaining("disk") });
  const next = await openTab(context);
  expect(await call(next, "open", "ailing")).toEqual({ persistent: true });
  expect(await call(next, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 10 }]);
});

test("[ST43] what cannot be read is dropped only where it can be put back, and is served to nobody", async ({
  context,
}) => {
  const tab = await openTab(context);
  await call(tab, "open", "rotten");
  await call(tab, "insertMs", 200);
  await call(tab, "shut");
  await call(tab, "damage", "rotten", 1);
  const unreadable = { error: expect.stringMatching(/SQLITE_(CORRUPT|NOTADB)/) };
  expect(await call(tab, "openLasting", "rotten", false)).toEqual(unreadable);
  expect(await call(tab, "openLasting", "rotten", false)).toEqual(unreadable);
  expect(await call(tab, "openLasting", "rotten", true)).toEqual({ persistent: true });
  expect(await call(tab, "sql", "SELECT name FROM sqlite_schema")).toEqual([]);
  await call(tab, "insertMs", 10);
  await call(tab, "shut");
  expect(await call(tab, "openLasting", "rotten", true)).toEqual({ persistent: true });
  expect(await call(tab, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 10 }]);
});

test("[ST43] what is found unreadable in the midst of work is dropped before a start can take it for whole", async ({
  context,
}) => {
  const tab = await openTab(context);
  await call(tab, "open", "rotting");
  await call(tab, "insertMs", 200);
  await call(tab, "shut");
  await call(tab, "damage", "rotting", 8);
  expect(await call(tab, "openLasting", "rotting", true)).toEqual({ persistent: true });
  await expect(call(tab, "sql", "SELECT sum(length(body)) FROM timed")).rejects.toThrow(/SQLITE_CORRUPT/);
  await expect.poll(() => call(tab, "lost")).toBe(1);
  await tab.reload();
  expect(await call(tab, "openLasting", "rotting", true)).toEqual({ persistent: true });
  expect(await call(tab, "sql", "SELECT name FROM sqlite_schema")).toEqual([]);
});

test("[ST41] files that are removed under the worker are missed, once", async ({ context }) => {
  const tab = await openTab(context);
  await call(tab, "openLasting", "removed", true);
  await call(tab, "insertMs", 10);
  expect(await call(tab, "lost")).toBe(0);
  const protocol = await context.newCDPSession(tab);
  await protocol.send("Storage.clearDataForOrigin", { origin: site.origin, storageTypes: "file_systems" });
  await expect.poll(() => call(tab, "lost"), { timeout: 15_000 }).toBe(1);
  await expect(call(tab, "insertMs", 10)).rejects.toThrow(/gone/); // Nothing of them is touched any more.
  await call(tab, "shut");
  await tab.reload();
  expect(await call(tab, "openLasting", "removed", true)).toEqual({ persistent: true });
  await call(tab, "insertMs", 10);
  expect(await call(tab, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 10 }]);
});

test("[WE36] files that are removed with what would mend them are told of, once, and what is open can still be read", async ({
  context,
}) => {
  const tab = await openTab(context);
  await call(tab, "openLasting", "erased", false);
  await call(tab, "insertMs", 10);
  const protocol = await context.newCDPSession(tab);
  await protocol.send("Storage.clearDataForOrigin", { origin: site.origin, storageTypes: "file_systems" });
  await expect.poll(() => call(tab, "gone"), { timeout: 15_000 }).toBe(1);
  expect(await call(tab, "lost")).toBe(0);
  expect(await call(tab, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 10 }]);
});

test("[ST9] where the browser gives no files, the database stands in memory and says so", async ({ context }) => {
  const tab = await openTab(context);
  const refuse = 'Promise.reject(new DOMException("no", "SecurityError"))';
  await spoilWorkers(tab, `navigator.storage.getDirectory = () => ${refuse};`);
  await tab.reload();
  expect(await call(tab, "open", "private")).toEqual({ persistent: false });
  await call(tab, "insertMs", 3);
  expect(await call(tab, "sql", "SELECT count(*) AS rows FROM timed")).toEqual([{ rows: 3 }]);
});

test("[ST10] [ST11] one tab leads; all read and write through it, and all hear of it", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context), await openTab(context)];
  for (const tab of tabs) await call(tab, "join", "family");
  await expect.poll(async () => (await call(tabs[2] as Page, "heard")).leaders.length).toBe(1);
  const words = ["八点见", "好", "👵🏼"];
  for (const [n, tab] of tabs.entries()) {
    expect(await call(tab, "ask", { kind: "add", word: words[n] as string }, false)).toEqual(words.slice(0, n + 1));
  }
  for (const tab of tabs) await expect.poll(async () => (await call(tab, "heard")).events).toEqual(words);
  const leaders = await Promise.all(tabs.map(async (tab) => (await call(tab, "heard")).leaders));
  expect(leaders).toEqual([["this tab"], ["another tab"], ["another tab"]]);
  // What one tab alone shows is told to it, and copied to no other: what comes after it is.
  await call(tabs[1] as Page, "ask", { kind: "add-here", word: "晚安" }, false);
  await call(tabs[1] as Page, "ask", { kind: "add", word: "早" }, false);
  for (const tab of tabs.slice(1))
    await expect.poll(async () => (await call(tab, "heard")).events).toEqual([...words, "早"]);
  expect((await call(tabs[0] as Page, "heard")).events).toEqual([...words, "晚安", "早"]);
});

test("[ST10] a tab that cannot open the database says so, tries again, and leads", async ({ context }) => {
  const tab = await openTab(context);
  await call(tab, "open", "slow");
  await call(tab, "insertMs", 1);
  await call(tab, "shut");
  await spoilWorkers(
    tab,
    `const real = FileSystemFileHandle.prototype.createSyncAccessHandle;
     FileSystemFileHandle.prototype.createSyncAccessHandle = function () {
       return performance.now() > 3_000 ? real.call(this) : Promise.reject(new DOMException("disk", "UnknownError"));
     };`,
  );
  await tab.reload();
  await call(tab, "join", "slow");
  const refused = { error: expect.stringContaining("disk") };
  expect(await call(tab, "ask", { kind: "list" }, false)).toEqual(refused);
  await expect.poll(() => call(tab, "ask", { kind: "add", word: "at last" }, false)).toEqual(["at last"]);
  expect((await call(tab, "heard")).leaders).toEqual(["this tab"]);
});

test("[ST12] when the leading tab closes, the next one leads and nothing is lost", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context), await openTab(context)] as const;
  for (const tab of tabs) await call(tab, "join", "closing");
  await call(tabs[2], "ask", { kind: "add", word: "before" }, false);
  await tabs[0].close();
  expect(await call(tabs[2], "ask", { kind: "add", word: "after" }, true)).toEqual(["before", "after"]);
  expect((await call(tabs[1], "heard")).leaders).toEqual(["another tab", "this tab"]);
  expect((await call(tabs[2], "heard")).leaders).toEqual(["another tab", "another tab"]);
  await call(tabs[1], "leave");
  expect(await call(tabs[2], "ask", { kind: "list" }, true)).toEqual(["before", "after"]);
});

test("[ST12] a request that the dead leader had taken is refused, for it may have been done", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context)] as const;
  for (const tab of tabs) await call(tab, "join", "dying");
  await call(tabs[1], "ask", { kind: "list" }, false);
  const once = call(tabs[1], "ask", { kind: "add-and-hang", word: "once" }, false);
  await expect.poll(async () => (await call(tabs[1], "heard")).events).toEqual(["once"]);
  await endWorker(tabs[0]);
  expect(await once).toEqual({ error: "LeaderLostError: the tab that held the database closed before it answered" });
  expect(await call(tabs[1], "ask", { kind: "list" }, false)).toEqual(["once"]);
});

test("[ST12] a request that may be repeated is answered by the next leader", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context), await openTab(context)] as const;
  for (const tab of tabs) await call(tab, "join", "repeating");
  await call(tabs[2], "ask", { kind: "list" }, false);
  const taken = call(tabs[2], "ask", { kind: "add-and-hang", word: "again" }, true);
  await expect.poll(async () => (await call(tabs[2], "heard")).events).toEqual(["again"]);
  await endWorker(tabs[0]);
  expect(await taken).toEqual(["again"]);
});

test("[ST12] a request that reaches a dead leader goes to the next", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context)] as const;
  for (const tab of tabs) await call(tab, "join", "unheard");
  await call(tabs[1], "ask", { kind: "list" }, false);
  await endWorker(tabs[0]);
  const startMs = Date.now();
  expect(await call(tabs[1], "ask", { kind: "add", word: "after" }, false)).toEqual(["after"]);
  expect(Date.now() - startMs).toBeLessThan(8_000);
});
