/**
 * `npm run tried -- FOLDER [PAGES]`: a mini program of somebody else's, as it lies in a folder, is packed and each of
 * its pages opened in a browser (packages/web/e2e/tried.spec.ts). PAGES is a part of the paths to open.
 * `npm run tried -- --named FOLDER [ARG…]`: those that packages/web/e2e/named.spec.ts names are played by hand. FOLDER
 * has each by `owner+name`; arguments are Playwright's.
 */
import { resolve } from "node:path";
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  const given = process.argv.slice(2);
  const isNamed = given[0] === "--named";
  const [folder, ...more] = isNamed ? given.slice(1) : given;
  if (folder === undefined) throw new Error("npm run tried -- FOLDER [PAGES], or --named FOLDER");
  ensureWebBuilt();
  process.env[isNamed ? "YANSHU_NAMED" : "YANSHU_TRIED"] = resolve(folder);
  if (!isNamed) process.env["YANSHU_TRIED_PAGES"] = more[0] ?? "";
  const played = isNamed ? ["named.spec", ...more] : ["tried.spec"];
  become(nodePath, [binOf("@playwright/test", "cli.js"), "test", "--workers=1", "--retries=0", ...played]);
});
