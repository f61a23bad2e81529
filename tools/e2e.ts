/**
 * `npm run e2e [-- ARG…]`: builds the web app if it changed, then runs the browser tests on Node,
 * under which alone Playwright is dependable. Arguments are Playwright's.
 */
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  ensureWebBuilt();
  become(nodePath, [binOf("@playwright/test", "cli.js"), "test", ...process.argv.slice(2)]);
});
