/**
 * `npm run release:key -- NAME --out FILE`: makes a key that signs releases. Its secret half goes into a file that this
 * person alone can read, outside of the tree, so that nobody commits it; what it prints is for
 * `packages/release/src/pinned.ts` (docs/spec/release.md RE6).
 */
import { randomBytes } from "node:crypto";
import { realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { keyPair } from "@yanshu/release";
import { asCommand, root, SetupError } from "./setup.mjs";

/** @returns what is pinned. @throws SetupError where the file would stand in the tree, or is there already. */
export function makeKey(name: string, out: string): string {
  const place = join(realpathSync(dirname(resolve(out))), basename(out));
  // @checks RE6
  if (!relative(realpathSync(root), place).startsWith(".."))
    throw new SetupError("A secret key stands outside of the tree");
  const { secret, verifier } = keyPair(name, randomBytes(32));
  writeFileSync(place, `${secret}\n`, { mode: 0o600, flag: "wx" });
  return verifier;
}

if (import.meta.main) {
  await asCommand(() => {
    const [name, flag, out] = process.argv.slice(2);
    if (name === undefined || flag !== "--out" || out === undefined)
      throw new SetupError("npm run release:key -- NAME --out FILE");
    console.log(makeKey(name, out));
  });
}
