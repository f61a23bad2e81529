/**
 * What all tests of one run share lies in a folder of the run, which goes with it. Playwright calls this before them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const name = "YANSHU_RUN_FOLDER";

export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-run-"));
  process.env[name] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

export function runFolder(): string {
  const folder = process.env[name];
  if (folder === undefined) throw new Error("the run has no folder: its configuration names no globalSetup");
  return folder;
}
