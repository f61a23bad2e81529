/**
 * `npm run floods [-- NAME…]`: every flood of a hostile mini program and of a hostile app of webxdc, or those that are
 * named, three times each, in Chromium as people have it. A row for each says how long the app's page did not answer at
 * most, by the best of its tries (docs/spec/programs.md PR11). About fourteen minutes, on a machine that does nothing
 * else.
 */
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(() => {
  ensureWebBuilt();
  process.env["YANSHU_PROGRAMS"] = "whole";
  process.env["YANSHU_FLOODS"] = process.argv.slice(2).join(",") || "all";
  const how = ["test", "--workers=1", "--retries=0", "hostile-programs", "-g", "R5.5 floods"];
  become(nodePath, [binOf("@playwright/test", "cli.js"), ...how]);
});
