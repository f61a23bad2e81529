/**
 * The web app, built when its sources changed: a fingerprint of everything that goes into it is
 * kept beside the build, for times of change do not survive a clone or a copy.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { nodePath, root, SetupError } from "./setup.mjs";

export const webDist = join(root, "packages", "web", "dist");
export const stampPath = join(root, ".cache", "web-build");

/** The rooms whose code ends in the browser. */
const sources = ["wire", "content", "mls", "store", "client", "release", "mini", "web"].map(
  (room) => `packages/${room}`,
);

/** Builds the web app unless the build that is there was made from exactly these sources. */
export function ensureWebBuilt() {
  const fingerprint = fingerprintOf([...sources, "package-lock.json"]);
  if (existsSync(join(webDist, "index.html")) && readStamp() === fingerprint) return;
  console.log("Building the web app …");
  compress(buildWeb(root, {}, "inherit"));
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(stampPath, fingerprint);
}

/**
 * Builds the app of a tree; returns the folder in which it stands. What the build says goes to standard error, so that
 * a command's own answer stands alone.
 */
export function buildWeb(tree, env, stdio = ["ignore", "ignore", "inherit"]) {
  const { status } = spawnSync(
    nodePath,
    [join(tree, "node_modules", "vite", "bin", "vite.js"), "build", "packages/web"],
    {
      cwd: tree,
      stdio,
      env: { ...process.env, ...env, NODE_ENV: "production" },
    },
  );
  if (status !== 0) throw new SetupError("The web app could not be built; Vite's message stands above.");
  return join(tree, "packages", "web", "dist");
}

const compressible = [".html", ".js", ".mjs", ".css", ".json", ".map", ".webmanifest", ".wasm", ".svg", ".txt"];
const smallBytes = 1_024;

/**
 * Beside each file the forms in which the server sends it, so that it keeps those alone
 * (packages/server/src/gateway/assets.ts).
 */
function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !compressible.includes(extname(path))) continue;
    const bytes = readFileSync(path);
    if (bytes.length < smallBytes) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    writeFileSync(`${path}.gz`, gzipSync(bytes));
  }
}

function readStamp() {
  return existsSync(stampPath) ? readFileSync(stampPath, "utf8") : undefined;
}

function fingerprintOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  };
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !["node_modules", "dist", "e2e"].includes(entry.name)) walk(path);
      else if (entry.isFile() && !entry.name.includes(".test.")) add(path);
    }
  };
  for (const path of paths) {
    if (path.endsWith(".json")) add(path);
    else walk(path);
  }
  return hash.digest("hex");
}
