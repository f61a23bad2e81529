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
  retries: 0, // A test that passes at the second try hides a race.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: json === undefined ? [["list"]] : [["list"], ["json", { outputFile: json }]],
  use: {
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
  },
  projects: [{ name: "chromium", use: { browserName: "chromium" } }],
});
