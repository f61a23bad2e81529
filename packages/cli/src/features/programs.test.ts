/** `yanshu program`: a folder becomes one file, which is checked against the sources in it. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPackage } from "@yanshu/mini";
import { orchard } from "@yanshu/mini/testkit";
import { Terminal } from "../testkit/terminal.ts";

setDefaultTimeout(60_000);
const ann = new Terminal();
const folder = mkdtempSync(join(tmpdir(), "yanshu-program-"));
afterAll(() => {
  ann.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("[TE30] a folder is packed under its project's name, and verify compiles its sources again", async () => {
  for (const [path, content] of orchard()) {
    mkdirSync(dirname(join(folder, "src", path)), { recursive: true });
    writeFileSync(join(folder, "src", path), content);
  }
  writeFileSync(join(folder, "project.config.json"), JSON.stringify({ miniprogramRoot: "src/", projectname: "果园" }));
  const file = join(folder, "orchard.ymp");
  expect(await ann.says("program", "pack", folder, file)).toContain("果园, 3 pages");
  const read = readPackage(new Uint8Array(readFileSync(file)));
  expect("program" in read && read.program.manifest.name).toBe("果园");
  expect(await ann.says("program", "verify", file)).toContain("the code is what its sources compile to");
  await expect(ann.says("program", "pack", join(folder, "nothing"), file)).rejects.toThrow();
  writeFileSync(file, "no package");
  await expect(ann.says("program", "verify", file)).rejects.toThrow();
});
