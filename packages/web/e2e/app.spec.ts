/**
 * `yanshu app` (docs/spec/terminal.md TE20–TE22): the app from this computer, at a home that hands out evil code. The
 * real command, the real server, two people.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, test } from "@playwright/test";
import { BrowserSetup, desktop, freePort, phone } from "./browser-setup.ts";
import { contactLink, goes, keepsApp, opens, sees, shot, write } from "./people.ts";

const root = join(import.meta.dirname, "../../..");
const dist = join(import.meta.dirname, "../dist");

test("[TE20] [TE21] [TE22] [F-2j-12] two people chat while their home hands out evil code: one by yanshu app, who never runs it", async ({
  browser,
}) => {
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
    const mum = await (await browser.newContext({ locale: "zh-CN", viewport: desktop.size })).newPage();
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
    // Her own link leads others to the server, and not to her computer.
    expect(await contactLink(mum)).toContain(`${setup.origin}/#c/`);
    expect([...asked]).toEqual([`yanshu.localhost:${port}`]);
    expect(await mum.title()).not.toBe("swapped");

    // The program ends, and is begun again: the same people, the same words, a new token.
    await keepsApp(mum);
    apps.pop()?.kill("SIGTERM");
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

async function fresh(browser: Browser) {
  return (await browser.newContext()).newPage();
}

/** Starts the command; answers with the address that it prints. */
async function appAt(apps: ChildProcess[], args: readonly string[]): Promise<string> {
  const cli = join(root, "packages/cli/src/main.ts");
  const child = spawn(join(root, "node_modules/bun/bin/bun.exe"), [cli, "app", ...args], {
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
