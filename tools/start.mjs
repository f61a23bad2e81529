/**
 * `node tools/start.mjs [--port N --data DIR …]`: installs, builds the web app, and serves everything on one port. The
 * flags are the server's own; it says which it knows when one is wrong. With `--prepare` alone it serves nothing:
 * `npm start` has the server follow it in its place, so that nothing waits beside the server but npm.
 */
import { join } from "node:path";
import { asCommand, become, bunPath, ensureInstalled, root } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

await asCommand(() => {
  ensureInstalled();
  ensureWebBuilt();
  if (process.argv[2] === "--prepare") return;
  const server = join(root, "packages", "server", "src", "main.ts");
  become(bunPath, [server, ...process.argv.slice(2)], { YANSHU_ASSETS: process.env.YANSHU_ASSETS ?? webDist });
});
