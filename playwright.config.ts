/**
 * End-to-end tests: every room's `e2e` folder, on Node, in Debian's Chromium. `CHROMIUM` names
 * another one. `npm run e2e` builds the web app first.
 */
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const json = process.env["PLAYWRIGHT_JSON"];
/** Without a browser's own windows Chromium takes less work. What lies around a page it has not. */
const shell = "/usr/bin/chromium-headless-shell";
const whole = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
// It has no processes of their own for frames of nobody's either, which whole hostile programs are judged in.
const aroundPages =
  process.env["YANSHU_PROGRAMS"] === "whole"
    ? /\/(hostile-programs|notices|pwa|translate)\.spec\.ts$/
    : /\/(notices|pwa|translate)\.spec\.ts$/;
/**
 * What takes a minute or more in one piece begins first: last, it would keep one processor busy and the others idle.
 */
const long = /\/(everywhere|group-calls|homes|lock-passkey|recovery|together|whole)\.spec\.ts$/;
/** Those ask for a second browser (`npm run e2e:firefox`), a network of their own (`npm run evidence`), or programs. */
const asked = [
  { files: /\/firefox\.spec\.ts$/, isAsked: process.env["YANSHU_FIREFOX"] === "yes" },
  { files: /\/lan\.spec\.ts$/, isAsked: process.env["YANSHU_LAN"] !== undefined },
  { files: /\/tried\.spec\.ts$/, isAsked: process.env["YANSHU_TRIED"] !== undefined },
  { files: /\/named\.spec\.ts$/, isAsked: process.env["YANSHU_NAMED"] !== undefined },
];
const unasked = asked.filter(({ isAsked }) => !isAsked).map(({ files }) => files);

const launch = (executablePath: string) => ({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    // A microphone and two cameras that need no hardware and no leave. Each picture is work for all who see it.
    "--use-fake-device-for-media-stream=device-count=2,fps=5",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    // A page lives for seconds: to compile its WebAssembly a second time does not pay, but where it has a lot to do.
    ...(process.env["YANSHU_MESSAGES"] === undefined ? ["--js-flags=--liftoff-only"] : []),
  ],
});

export const wholeChromium = { browserName: "chromium", launchOptions: launch(whole) } as const;
const isShellThere = process.env["CHROMIUM"] === undefined && existsSync(shell);
const shellChromium = { browserName: "chromium", launchOptions: launch(isShellThere ? shell : whole) } as const;

export default defineConfig({
  testDir: "packages",
  testMatch: "*/e2e/**/*.spec.ts",
  outputDir: "test-results",
  globalSetup: "./packages/web/e2e/run-folder.ts",
  fullyParallel: false,
  forbidOnly: true,
  // A test that does not pass at once hides a race: `npm test` names and counts it by itself, with what went wrong.
  retries: 1,
  // A browser waits for its server, and a test for both: two at once leave a third of the processors idle.
  workers: 3,
  timeout: 60_000,
  expect: { timeout: 20_000 }, // The machine has more to do at times than it has processors.
  reporter: json === undefined ? [["list"]] : [["list"], ["json", { outputFile: json }]],
  use: {
    // A trace of every step costs a sixth of the whole run. Ask for one with
    // `npm run e2e -- --trace retain-on-failure`.
    trace: "off",
    actionTimeout: 40_000, // What does not happen by then is named, and does not take a test's whole time.
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "whole chromium", testMatch: aroundPages, use: wholeChromium },
    { name: "chromium, long", testMatch: long, use: shellChromium },
    { name: "chromium", testIgnore: [aroundPages, long, ...unasked], use: shellChromium },
  ],
});
