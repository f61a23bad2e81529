/**
 * Older: the server's program as it was at a commit, for an evening in which it is upgraded. It is built in a work tree
 * of its own, by that commit's own tools, over the packages that are installed here where both name the same, and is
 * gone from git afterwards.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bunPath, root, SetupError } from "../setup.mjs";

/** @param commit as git names it. @throws SetupError where there is none, or it does not build. */
export function programAt(commit: string, out: string): void {
  const tree = mkdtempSync(join(tmpdir(), "yanshu-older-"));
  run(root, "git", "worktree", "add", "--force", "--detach", tree, commit);
  try {
    install(tree, commit);
    // Nobody opens its pages here: so the app is not built.
    const web = join(tree, "web");
    mkdirSync(web);
    writeFileSync(join(web, "index.html"), "<!doctype html><title>雁</title>".padEnd(4_000));
    const entry = join(tree, "tools", "older-entry.ts");
    writeFileSync(
      entry,
      `import { buildBinary } from "./build-binary.ts";
await buildBinary(${JSON.stringify(join(tree, "packages/server/src/main.ts"))}, ${JSON.stringify(web)}, ${JSON.stringify(out)});
`,
    );
    run(tree, bunPath, entry);
  } finally {
    run(root, "git", "worktree", "remove", "--force", tree);
    rmSync(tree, { recursive: true, force: true });
  }
}

function install(tree: string, commit: string): void {
  const isSame = spawnSync("git", ["diff", "--quiet", commit, "--", "package-lock.json"], { cwd: root }).status === 0;
  if (!isSame) {
    run(tree, "npm", "ci", "--no-audit", "--no-fund");
    return;
  }
  const modules = join(tree, "node_modules");
  mkdirSync(join(modules, "@yanshu"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@yanshu") symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of readdirSync(join(tree, "packages")))
    symlinkSync(join(tree, "packages", name), join(modules, "@yanshu", name));
}

function run(folder: string, program: string, ...args: string[]): void {
  const { status, stderr, stdout } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new SetupError(`${program} ${args.slice(0, 2).join(" ")}: ${stderr || stdout}`);
}
