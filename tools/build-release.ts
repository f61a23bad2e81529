/**
 * `npm run build:release`: what the holders of the keys sign. Builds the web app from exactly what the commit holds,
 * and writes `dist/release-to-sign/`: `release.json`, the text that is signed, and `sbom.json`. Whoever builds the same
 * commit anywhere has the same bytes (docs/spec/release.md RE7–RE9).
 *
 * `-- --previous NOTE` names the release before it. `-- --compare` builds once more, in another folder and other
 * surroundings, and says in how many files the two differ.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bodyOf, compareVersions, readNote, releaseIn, sha256Hex } from "@yanshu/release";
import { type Lock, sbomOf } from "./sbom.ts";
import { asCommand, root, SetupError } from "./setup.mjs";
import { buildWeb, ensureWebBuilt, webDist } from "./web-build.mjs";
import { hashesIn } from "./web-files.ts";

type Hashes = Readonly<Record<string, string>>;
const folder = join(root, "dist", "release-to-sign");

/** @param previous the signed note of the release before this one. @returns the text that is signed. */
export function toSign(
  { version, commit, files, sbom }: { version: string; commit: string; files: Hashes; sbom: string },
  previous: string | undefined,
): string {
  const before = previous === undefined ? undefined : textIn(previous);
  const held = before === undefined ? undefined : releaseIn(before);
  if (before !== undefined && held === undefined) throw new SetupError("--previous is no release");
  if (held !== undefined && compareVersions(version, held.version) <= 0)
    throw new SetupError(`${version} is no later version than ${held.version}: raise it in package.json`);
  const body = bodyOf({
    version,
    commit,
    previous: before === undefined ? null : sha256Hex(before),
    sbom: sha256Hex(sbom),
    files,
  });
  if (releaseIn(body) === undefined) throw new SetupError("the build holds what no release can name");
  return body;
}

function textIn(note: string): string {
  const held = readNote(note);
  if (held === undefined) throw new SetupError("--previous is no signed note");
  return held.text;
}

/** What a release says that is built here and now. @throws SetupError where something is not in the commit. */
export function releaseText(previous: string | undefined): { readonly body: string; readonly sbom: string } {
  const changed = git("status", "--porcelain");
  if (changed !== "") throw new SetupError(`A release is built from a commit; this is in none:\n${changed}`);
  ensureWebBuilt();
  const sbom = sbomOf(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  return {
    body: toSign({ version, commit: git("rev-parse", "HEAD"), files: hashesIn(webDist), sbom }, previous),
    sbom,
  };
}

function git(...args: readonly string[]): string {
  const done = spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new SetupError(`git ${args[0]} failed: ${done.stderr}`);
  return done.stdout.trim();
}

/** As another machine would have it: where it stands, which time and tongue it has, and who it calls itself. */
const elsewhere = {
  place: "another folder/二",
  env: {
    TZ: "Asia/Shanghai",
    LANG: "tr_TR.UTF-8",
    LC_ALL: "C",
    HOME: "/nonexistent",
    USER: "somebody",
    FORCE_COLOR: "1",
    UV_THREADPOOL_SIZE: "1",
  },
};

/** The sources of this tree, built in another folder; and, as a control, once more with one letter changed. */
function builtElsewhere(): { readonly build: Hashes; readonly control: Hashes } {
  mkdirSync(join(root, ".cache"), { recursive: true });
  // Beside the tree's own packages, which are linked and not copied: 800 MB.
  const work = mkdtempSync(join(root, ".cache", "rebuilt-"));
  try {
    const copy = join(work, elsewhere.place);
    copyTree(copy);
    const build = hashesIn(buildWeb(copy, elsewhere.env));
    const page = join(copy, "packages", "web", "index.html");
    writeFileSync(page, readFileSync(page, "utf8").replace("<title>", "<title>!"));
    return { build, control: hashesIn(buildWeb(copy, {})) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copyTree(copy: string): void {
  mkdirSync(copy, { recursive: true });
  for (const name of ["packages", "package.json", "package-lock.json", "tsconfig.json"])
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !/\/(?:dist|node_modules|\.cache|test-results)(?:\/|$)/.test(path.slice(root.length - 1)),
    });
  const linked = spawnSync("cp", ["-al", join(root, "node_modules"), join(copy, "node_modules")], { encoding: "utf8" });
  if (linked.status !== 0) throw new SetupError(`the packages could not be linked: ${linked.stderr}`);
}

/** In how many files two builds differ. */
export function countDifferent(one: Hashes, other: Hashes): number {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((path) => one[path] !== other[path]).length;
}

if (import.meta.main) {
  await asCommand(() => {
    if (process.argv.includes("--compare")) return compare();
    const at = process.argv.indexOf("--previous");
    const previous = at === -1 ? undefined : readFileSync(process.argv[at + 1] ?? "", "utf8");
    const { body, sbom } = releaseText(previous);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "release.json"), body);
    writeFileSync(join(folder, "sbom.json"), sbom);
    console.log(`${join(folder, "release.json")}: ${sha256Hex(body)}`);
    console.log("Compare this with the other holders of the keys; then: npm run release:sign -- --key FILE");
  });
}

/** What the evidence reads (packages/testing/src/evidence/claims/rebuilt.ts). */
function compare(): void {
  ensureWebBuilt();
  const here = hashesIn(webDist);
  const { build, control } = builtElsewhere();
  const different = countDifferent(here, build);
  console.log(
    `R5.4 builds 2 files ${Object.keys(here).length} differ ${different} control ${countDifferent(here, control)}`,
  );
  if (different > 0) process.exitCode = 1;
}
