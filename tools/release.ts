/**
 * `npm run release [-- --out DIR]`: what a small machine is given instead of a build, which needs 800 MiB: for each
 * kind of machine one archive with the program and deploy/, the web app as `npm start` would have built it, and their
 * sums.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buildBinary, type Target } from "./build-binary.ts";
import { asCommand, root, SetupError } from "./setup.mjs";
import { ensureWebBuilt, stampPath, webDist } from "./web-build.mjs";

const machines: readonly (readonly [name: string, target: Target])[] = [
  ["linux-x64", "bun-linux-x64-baseline"],
  ["linux-arm64", "bun-linux-arm64"],
];

/** @return the names of the files, in `out`. */
export async function release(
  out: string,
  wanted: readonly string[] = machines.map(([name]) => name),
): Promise<readonly string[]> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "yanshu-release-"));
  try {
    for (const [name, target] of machines.filter(([machine]) => wanted.includes(machine))) {
      const folder = `yanshu-${version}-${name}`;
      const into = join(work, folder);
      mkdirSync(into);
      await buildBinary(
        join(root, "packages", "server", "src", "main.ts"),
        webDist,
        join(into, "yanshu-server"),
        target,
      );
      cpSync(join(root, "deploy"), join(into, "deploy"), { recursive: true });
      cpSync(join(root, "LICENSE"), join(into, "LICENSE"));
      tar(join(out, `${folder}.tar.gz`), work, folder);
      rmSync(into, { recursive: true });
    }
    tar(join(out, `yanshu-web-${version}.tar.gz`), root, relative(root, webDist), relative(root, stampPath));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const files = readdirSync(out).toSorted();
  const sums = files.map(
    (file) =>
      `${createHash("sha256")
        .update(readFileSync(join(out, file)))
        .digest("hex")}  ${file}\n`,
  );
  writeFileSync(join(out, "SHA256SUMS.part"), sums.join(""));
  renameSync(join(out, "SHA256SUMS.part"), join(out, "SHA256SUMS"));
  return [...files, "SHA256SUMS"];
}

function tar(file: string, from: string, ...paths: readonly string[]): void {
  const done = Bun.spawnSync(["tar", "--owner=0", "--group=0", "--numeric-owner", "-czf", file, "-C", from, ...paths]);
  if (!done.success) throw new SetupError(`${file} could not be made: ${done.stderr.toString()}`);
}

if (import.meta.main) {
  await asCommand(async () => {
    const at = process.argv.indexOf("--out");
    const out = at === -1 ? join(root, "dist", "release") : (process.argv[at + 1] ?? "");
    if (out === "") throw new SetupError("--out needs a folder");
    ensureWebBuilt();
    for (const file of await release(out)) console.log(join(out, file));
  });
}
