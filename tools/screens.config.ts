/** `npm run screens`: as the browser tests run, but one walk and no second try. */
import base, { wholeChromium } from "../playwright.config.ts";

export default {
  ...base,
  // From here, as all paths of a configuration.
  globalSetup: "../packages/web/e2e/run-folder.ts",
  testDir: "../packages/web/e2e/screens",
  testMatch: "take.ts",
  outputDir: "../test-results/screens",
  retries: 0,
  workers: 1,
  reporter: [["list"]],
  projects: [{ name: "chromium", use: wholeChromium }],
  use: { ...base.use, actionTimeout: 20_000 },
};
