/**
 * `npm run tried -- FOLDER [PAGES]`: a mini program of somebody else's, as it lies in a folder, is packed and each of
 * its pages opened in a browser (packages/web/e2e/tried.spec.ts). PAGES is a part of the paths to open.
 */
import { resolve } from "node:path";
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  const [folder, pages = ""] = process.argv.slice(2);
  if (folder === undefined) throw new Error("npm run tried -- FOLDER [PAGES]");
  ensureWebBuilt();
  process.env["YANSHU_TRIED"] = resolve(folder);
  process.env["YANSHU_TRIED_PAGES"] = pages;
  become(nodePath, [binOf("@playwright/test", "cli.js"), "test", "--workers=1", "--retries=0", "tried.spec"]);
});
