/**
 * `npm run screens [-- ARG…]`: builds the web app if it changed, then takes the pictures into dist/screens. Arguments
 * are Playwright's.
 */
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  ensureWebBuilt();
  const playwright = binOf("@playwright/test", "cli.js");
  become(nodePath, [playwright, "test", "--config", "tools/screens.config.ts", ...process.argv.slice(2)]);
});
