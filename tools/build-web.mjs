/**
 * Builds the web app if its sources changed: a step of `npm test` and `npm run e2e`.
 */
import { asCommand, ensureInstalled } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  ensureInstalled();
  ensureWebBuilt();
});
