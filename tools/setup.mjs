/**
 * Set-up that every command does first, so that a fresh clone needs Node and npm and nothing else.
 * Plain Node without packages: it runs before there are any.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithNpm } from "./end-with-npm.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** A reason to stop that the person can act on; printed without a stack. */
export class SetupError extends Error {}

/** Runs `main` and turns what it throws into a message and exit code 1. */
export async function asCommand(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exit(1);
  }
}

/** Installs packages when there are none or the lock file is newer; then makes sure that Bun runs. */
export function ensureInstalled() {
  const fault = nodeFault(process.versions.node);
  if (fault !== undefined) throw new SetupError(fault);
  if (!isInstalled()) {
    const command = existsSync(join(root, "package-lock.json")) ? "ci" : "install";
    console.log(`Installing packages (npm ${command}) …`);
    // Vite and Bun are development dependencies, so NODE_ENV=production must not leave them out.
    const { status } = npm([command, "--include=dev", "--no-audit", "--no-fund"]);
    if (status !== 0) throw new SetupError("npm could not install the packages; its message stands above.");
  }
  ensureBun();
}

/**
 * Why this project does not run on a Node of this version, in one sentence; Vite, Oxlint and Knip need these
 * (`engines`).
 */
export function nodeFault(version) {
  const [major, minor] = version.split(".").map(Number);
  const isNew = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return isNew
    ? undefined
    : `Node ${version} is too old: this needs Node 20.19 or newer, or of Node 22 at least 22.12.`;
}

function isInstalled() {
  const written = modifiedMs("node_modules/.package-lock.json"); // npm writes it last.
  return written !== undefined && written >= (modifiedMs("package-lock.json") ?? 0);
}

function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}

/** npm as it was started, else as the PATH has it. */
function npm(args) {
  const started = process.env.npm_execpath;
  const options = { cwd: root, stdio: "inherit" };
  if (started?.endsWith(".js")) return spawnSync(process.execPath, [started, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

export const bunPath = join(root, "node_modules", "bun", "bin", "bun.exe"); // So named on every system.

/** npm may have been told not to run scripts, and then Bun's own install step has not run. */
function ensureBun() {
  if (bunRuns()) return;
  spawnSync(process.execPath, [join(root, "node_modules", "bun", "install.js")], {
    cwd: join(root, "node_modules", "bun"),
    stdio: "inherit",
  });
  if (!bunRuns()) {
    throw new SetupError(
      "Bun does not run on this machine. It needs Linux, macOS, FreeBSD or Windows on x64 or arm64; " +
        "remove node_modules and try again if it was installed for another one.",
    );
  }
}

function bunRuns() {
  const { status } = spawnSync(bunPath, ["--version"], { stdio: "ignore" });
  return status === 0;
}

/** This Node; from a tool that runs on Bun, the one on the PATH, which npm itself runs on. */
export const nodePath = process.versions.bun === undefined ? process.execPath : "node";

/** The script behind a package's command, to be run by this Node. */
export function binOf(name, file) {
  return join(root, "node_modules", name, file);
}

/**
 * Hands the terminal to another program until it ends, passes signals on to it, and ends as it did.
 */
export function become(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // The terminal sends SIGINT to the whole group; a second one would end a clean stop early.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  endWithNpm(() => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
