/**
 * `npm run sim:disk [-- MINUTES]`: a server on a small disk that is full, for ten minutes. Needs the right to mount
 * one.
 */
import { join } from "node:path";
import { asCommand, become, bunPath, root, SetupError } from "./setup.mjs";

await asCommand(async () => {
  const minutes = Number(process.argv[2] ?? "10");
  if (!(minutes > 0)) throw new SetupError("npm run sim:disk -- MINUTES");
  const file = join(root, "packages", "server", "src", "full-disk.test.ts");
  become(bunPath, ["test", file, "-t", "minutes after"], { YANSHU_FULL_DISK_MINUTES: `${minutes}` });
});
