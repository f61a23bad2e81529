/**
 * End-to-end tests: every room's `e2e` folder, on Node, in Debian's Chromium. `CHROMIUM` names
 * another one. `npm run e2e` builds the web app first.
 */
import { defineConfig } from "@playwright/test";

const json = process.env["PLAYWRIGHT_JSON"];

export default defineConfig({
  testDir: "packages",
  testMatch: "*/e2e/**/*.spec.ts",
  outputDir: "test-results",
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes at its second try hides a race: `npm test` names and counts it by itself. Nobody waits with it.
  retries: 1,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: json === undefined ? [["list"]] : [["list"], ["json", { outputFile: json }]],
  use: {
    // A trace of every step costs a sixth of the whole run. Ask for one with `npm run e2e -- --trace retain-on-failure`.
    trace: "off",
    actionTimeout: 40_000, // What does not happen by then is named, and does not take a test's whole time.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // A microphone and a camera that need no hardware and no leave.
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
      ],
    },
  },
  projects: [{ name: "chromium", use: { browserName: "chromium" } }],
});
