/**
 * Vite's development server for the web app, on Node; requests for the server's socket and data go
 * to the server at the address in YANSHU_DEV_SERVER. Started by dev.ts.
 */
import { join } from "node:path";
import { createServer } from "vite";
import { root } from "./setup.mjs";

const target = process.env.YANSHU_DEV_SERVER;
const web = join(root, "packages", "web");
const server = await createServer({
  root: web,
  configFile: join(web, "vite.config.ts"),
  // The database brings its own wasm beside its module; bundling it ahead would part them.
  optimizeDeps: { exclude: ["@sqlite.org/sqlite-wasm"] },
  server: { port: 5173, strictPort: true, proxy: { "/ws": { target, ws: true }, "/blobs": { target } } },
});
await server.listen();
server.printUrls();
