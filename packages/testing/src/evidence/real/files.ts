/** Files on the server: whether any two of them have a block of 16 bytes in common (docs/spec/media.md ME5). */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { countBlocks } from "../../world/blocks.ts";
import { allOf, type Check } from "../check.ts";

export function checkFiles(dataFolder: string): Check {
  const folder = join(dataFolder, "blobs");
  const files = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /^[0-9a-f]{2}.[0-9a-f]{32}$/.test(name) && statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name)));
  const { blocks, repeated } = countBlocks(files);
  return allOf(
    "P1.files",
    "five files that two people send twice each share no block of 16 bytes on the server",
    { "no block twice": repeated === 0 },
    files.length >= 20,
    `${files.length} files, ${blocks} blocks, ${repeated} of them twice`,
  );
}
