/**
 * `npm start [-- --port N --data DIR …]`: installs, builds the web app, and serves everything on one
 * port. The flags are the server's own; it says which it knows when one is wrong.
 */
import { join } from "node:path";
import { asCommand, become, bunPath, ensureInstalled, root } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

await asCommand(() => {
  ensureInstalled();
  ensureWebBuilt();
  const server = join(root, "packages", "server", "src", "main.ts");
  become(bunPath, [server, ...process.argv.slice(2)], { YANSHU_ASSETS: process.env.YANSHU_ASSETS ?? webDist });
});
