/** An operator's evening, with the program as it is built. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBinary } from "./build-binary.ts";
import { evening } from "./evening/evening.ts";
import { root } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "yanshu-evening-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform !== "linux")(
  "[DS151] an operator's evening: installed, two hundred invited, one suspended, a code changed, backed up, moved and upgraded @long",
  async () => {
    const web = join(folder, "web");
    mkdirSync(web);
    writeFileSync(join(web, "index.html"), "<!doctype html><title>雁</title>".padEnd(4_000));
    const program = join(folder, "yanshu-server");
    await buildBinary(join(root, "packages/server/src/main.ts"), web, program);
    const steps: string[] = [];
    await evening(program, program, (step) => steps.push(step.split(":")[0] as string));
    expect(steps).toEqual([
      "installed",
      "invited",
      "came in",
      "seen",
      "suspended",
      "rotated",
      "backed up",
      "moved",
      "upgraded",
      "looked after",
    ]);
  },
  240_000,
);
