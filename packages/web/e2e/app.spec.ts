/**
 * `yanshu app` (docs/spec/terminal.md TE20, TE21, docs/spec/homes.md HM94–HM98): the app from this computer, at a home
 * that hands out evil code, with its keys in the program beside the browser. The real command, the real server, two
 * people.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { filesIn, memoryOf, type Piece } from "@yanshu/testing/places";
import { BrowserSetup, desktop, freePort, phone } from "./browser-setup.ts";
import { contactLink, goes, keepsApp, opens, sees, shot, write } from "./people.ts";

const root = join(import.meta.dirname, "../../..");
const bun = join(root, "node_modules/bun/bin/bun.exe");
const dist = join(import.meta.dirname, "../dist");

test("[TE20] [TE21] [HM94] [HM96] [HM97] [HM98] [F-2j-12] two people chat while their home hands out evil code: one by yanshu app, whose browser has no key", {
  tag: "@long",
}, async ({ browser }) => {
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "yanshu-app-"));
  const [web, assets] = [join(folder, "web"), join(folder, "assets")];
  for (const into of [web, assets])
    cpSync(dist, into, { recursive: true, filter: (path) => !/\.(?:br|gz)$/.test(path) });
  const setup = await BrowserSetup.start(browser, ["--assets", assets]);
  const apps: ChildProcess[] = [];
  try {
    const maya = await setup.resident(phone);
    await setup.settle(maya, "Maya");
    const link = await contactLink(maya);
    // From now on whoever asks home for the app gets another one.
    await setup.killServer();
    writeFileSync(join(assets, "index.html"), "<!doctype html><title>swapped</title>");
    await setup.startServer();
    const tricked = await setup.resident(phone);
    await tricked.goto(setup.origin);
    await expect(tricked).toHaveTitle("swapped");

    const port = await freePort();
    const args = ["--port", `${port}`, "--web", web, "--data", join(folder, "data"), "--own-build"];
    const address = await appAt(apps, [link, ...args]);
    const profile = join(folder, "browser");
    const mum = await inBrowser(browser, profile);
    const asked = new Set<string>();
    mum.context().on("request", (request) => asked.add(new URL(request.url()).host));
    await mum.goto(address);
    await mum.getByTestId("start").click({ timeout: 30_000 });
    expect(new URL(mum.url()).hash).toBe(""); // Neither the token nor the link stays in the address.
    await mum.getByTestId("name").fill("妈妈");
    await mum.getByTestId("next").click();
    await mum.getByTestId("later").click({ timeout: 60_000 });
    await mum.getByTestId("send-request").click();
    await goes(maya, "/contacts/requests");
    await maya.getByTestId("request-row").getByTestId("request-accept").click();
    await expect(mum.getByTestId("conversation")).toHaveAttribute("data-state", "open", { timeout: 30_000 });
    await write(mum, "这里的代码不是服务器给的");
    await sees(maya, "这里的代码不是服务器给的");
    await write(maya, "看到了");
    await sees(mum, "看到了");
    await shot(mum, "yanshu-app-desktop");
    // What she reads is in the browser, and what opens it is in the program alone.
    const stored = () => keysIn(join(folder, "data", "yanshu.db"));
    // The vault's key is made a moment later.
    await expect.poll(() => stored().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
    const keys = stored();
    const [program] = apps.map(({ pid }) => pid ?? 0);
    expect(foundIn(memoryOf(program ?? 0), keys)).toContain(0);
    const words = Buffer.from("这里的代码不是服务器给的", "utf16le");
    const inBrowserMemory = processesOf(profile).flatMap((pid) => foundInMemory(pid, [words, ...keys]));
    expect([...new Set(inBrowserMemory)]).toEqual([0]);
    expect(foundIn(filesIn(profile), keys)).toEqual([]);
    // Her own link leads others to the server, and not to her computer.
    expect(await contactLink(mum)).toContain(`${setup.origin}/#c/`);
    expect([...asked]).toEqual([`yanshu.localhost:${port}`]);
    expect(await mum.title()).not.toBe("swapped");
    await goes(mum, "/me/settings/privacy");
    await expect(mum.getByTestId("setting-passed-on")).toBeVisible();
    await expect(mum.getByTestId("lock-turn-on")).toHaveCount(0);
    await goes(mum, "/chats");

    // The program ends, and is begun again: the same people, the same words, a new token.
    await keepsApp(mum);
    apps.pop()?.kill("SIGTERM");
    await expect(mum.getByTestId("core-ended")).toBeVisible({ timeout: 30_000 });
    await shot(mum, "yanshu-app-ended-desktop");
    const again = await appAt(apps, args);
    expect(again).not.toBe(address);
    await mum.goto(again);
    // The page that bears the new token begins anew once it was taken.
    await expect(() => opens(mum, "Maya")).toPass({ timeout: 30_000 });
    await sees(mum, "看到了", 30_000);
    await write(maya, "还在吗");
    await sees(mum, "还在吗", 30_000);
    // A page without the token is told which address to open, and reaches nobody.
    const stranger = await fresh(browser);
    await stranger.goto(`http://yanshu.localhost:${port}/`);
    await expect(stranger.getByText("Open the address that yanshu app has just printed.")).toBeVisible();
    expect(await stranger.evaluate(async () => (await fetch("/home.json")).status)).toBe(403);
    await stranger.context().close();
    await mum.context().close();
  } finally {
    for (const one of apps) one.kill("SIGTERM");
    await setup.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A browser of her own, whose processes and folder can be told from those of others. */
async function inBrowser(browser: Browser, folder: string): Promise<Page> {
  const launch = test.info().project.use.launchOptions ?? {};
  const options = { ...launch, locale: "zh-CN", viewport: desktop.size };
  const context = await browser.browserType().launchPersistentContext(folder, options);
  return context.pages()[0] ?? (await context.newPage());
}

/** Keys of the account, of the device and of what was said, as the program's store has them. */
function keysIn(database: string): readonly Buffer[] {
  const script = `
    const { Database } = require("bun:sqlite");
    const db = new Database(process.argv[1], { readonly: true });
    const meta = db.query("SELECT value FROM meta WHERE key IN ('device-seed', 'master-key', 'pair-current')").all();
    const vault = db.query("SELECT key FROM vault_keys").all();
    const keys = [...meta.map(({ value }) => value), ...vault.map(({ key }) => key)];
    console.log(JSON.stringify(keys.map((key) => Buffer.from(key).toString("hex"))));`;
  const said = execFileSync(bun, ["-e", script, database], { encoding: "utf8" });
  return (JSON.parse(said) as readonly string[]).map((hex) => Buffer.from(hex, "hex"));
}

/** Which of the needles lie there, by their place. */
function foundIn(places: Iterable<Piece>, needles: readonly Buffer[]): readonly number[] {
  const found = new Set<number>();
  for (const { bytes } of places)
    for (const [n, needle] of needles.entries())
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(needle)) found.add(n);
  return [...found];
}

/** Nothing where the process has ended meanwhile, as one of the browser's may at any moment. */
function foundInMemory(pid: number, needles: readonly Buffer[]): readonly number[] {
  try {
    return foundIn(memoryOf(pid), needles);
  } catch (error) {
    if (!existsSync(`/proc/${pid}`)) return [];
    throw error;
  }
}

/** All processes of the browser that has this folder. */
function processesOf(folder: string): readonly number[] {
  const all = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid));
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      return ""; // It ended meanwhile.
    }
  };
  const parents = new Map(all.map((pid) => [pid, /^PPid:\t(\d+)$/m.exec(read(pid, "status"))?.[1] ?? ""]));
  const own = new Set(all.filter((pid) => read(pid, "cmdline").includes(folder)));
  for (let before = 0; before !== own.size; ) {
    before = own.size;
    for (const [pid, parent] of parents) if (own.has(parent)) own.add(pid);
  }
  return [...own].map(Number);
}

async function fresh(browser: Browser) {
  return (await browser.newContext()).newPage();
}

/** Starts the command; answers with the address that it prints. */
async function appAt(apps: ChildProcess[], args: readonly string[]): Promise<string> {
  const cli = join(root, "packages/cli/src/main.ts");
  const child = spawn(bun, [cli, "app", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  apps.push(child);
  let said = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const address = /http:\S+\/start#\S+/.exec(said);
        if (address !== null) resolve(address[0]);
      });
    child.on("exit", () => reject(new Error(`the app ended: ${said}`)));
  });
}
