/**
 * Builds the web app if its sources changed: a step of `npm test`, `npm run e2e` and `npm run evidence`.
 */
import { asCommand, ensureInstalled } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  ensureInstalled();
  ensureWebBuilt();
});
