/** Versions: what a server hands out as the newest one, for tests that put another in its place. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { bodyOf, compareVersions, noteFile, pinned, proofFile, versionIn, viewIn } from "@yanshu/release";
import { loggedByTestKey, signedByTestKeys } from "@yanshu/release/testing";
import { hashesIn } from "../../../tools/web-files.ts";
import { writeRelease } from "../build/release.ts";

/** The same app with another title: a release as small as one can be. */
export function renew(assets: string, title = "第二版"): void {
  change(assets, "index.html", (text) => text.replace(/<title>.*<\/title>/, `<title>${title}</title>`));
}

/** The same app, which takes its test keys for keys that three people keep. */
export function takesKeysForReal(assets: string): void {
  const { files } = JSON.parse(readFileSync(join(assets, "release.json"), "utf8"));
  const has = (path: string) => path.endsWith(".js") && readFileSync(join(assets, path), "utf8").includes("isTest:!0");
  const paths = Object.keys(files).filter(has);
  expect(paths).not.toEqual([]);
  for (const path of paths) change(assets, path, (text) => text.replaceAll("isTest:!0", "isTest:!1"));
}

function change(assets: string, path: string, to: (text: string) => string): void {
  const file = join(assets, path);
  writeFileSync(file, to(readFileSync(file, "utf8")));
  const { worker, files } = JSON.parse(readFileSync(join(assets, "release.json"), "utf8"));
  const hash = createHash("sha256").update(readFileSync(file)).digest("base64");
  const source = readFileSync(join(assets, worker), "utf8").replace(files[path], hash);
  rmSync(join(assets, worker));
  writeRelease(assets, source, { ...files, [path]: hash });
}

/**
 * Signs what stands there, with as many of the test keys, and adds it to the log there; none: there is no note any
 * more, and the log stays.
 *
 * @param of the entries of the log ahead of it. Absent: those of the log there, of lower versions.
 */
export function sign(assets: string, version: string, keys = 2, of?: readonly string[]): void {
  const [file, proof] = [join(assets, noteFile), join(assets, proofFile)];
  if (keys === 0) {
    rmSync(file, { force: true });
    return;
  }
  const there = existsSync(proof) ? (viewIn(readFileSync(proof, "utf8"), pinned.log)?.entries ?? []) : [];
  const before = of ?? there.filter((entry) => compareVersions(versionIn(entry), version) < 0);
  const hash = "00".repeat(32);
  const body = bodyOf({ version, commit: "ab".repeat(20), previous: null, sbom: hash, files: hashesIn(assets) });
  writeFileSync(file, signedByTestKeys(body, keys));
  writeFileSync(proof, loggedByTestKey(body, before));
}

/** Takes over at once, and answers whatever is opened. */
const evil = `
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => {
    const headers = { "content-type": "text/html" };
    if (event.request.mode === "navigate") event.respondWith(new Response("<title>swapped</title>", { headers }));
    else event.respondWith(fetch(event.request));
  });
`;

/** Which program answers this page, by its address. */
export function workerOf(page: Page): Promise<string> {
  return page.evaluate(async () => new URL((await navigator.serviceWorker.ready).active?.scriptURL ?? "").pathname);
}

/** The same name, other bytes. */
export function swap(assets: string, path: string): void {
  writeFileSync(join(assets, path), evil);
  for (const ending of ["br", "gz"]) rmSync(join(assets, `${path}.${ending}`), { force: true });
}

export async function marks(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { before: navigator.serviceWorker.controller, here: true }));
}

/** It is the page that was marked, and it is answered by whom it was. */
export async function isUntouched(page: Page): Promise<void> {
  expect(await page.title()).not.toBe("swapped");
  expect(await isHeld(page)).toBe(true);
}

export function isHeld(page: Page): Promise<boolean> {
  return page.evaluate(
    () => "here" in window && "before" in window && window.before === navigator.serviceWorker.controller,
  );
}

export async function forgetsAnswers(page: Page): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Network.clearBrowserCache");
  await protocol.detach();
}

/** As a browser does when a while has passed with no window open. */
export async function letsWorkersGo(page: Page): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("ServiceWorker.enable");
  await protocol.send("ServiceWorker.stopAllWorkers");
  await protocol.detach();
}
