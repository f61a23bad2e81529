/**
 * `npm run release:log -- --key FILE (--previous PROOF | --first)`: the holder of the log's key adds the signed release
 * beside the web app to the log of all releases, and writes `release.proof` beside it (docs/spec/release.md RE19).
 * `--previous` is the proof of the release before, which holds the whole log. `--test-key` signs with a key that
 * everybody has, for a checkout.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkLogged,
  checkRelease,
  entryOf,
  headOf,
  noteFile,
  type Pinned,
  pinned,
  proofFile,
  proofText,
  signNote,
  verifierOf,
  viewIn,
} from "@yanshu/release";
import { testLogKey } from "@yanshu/release/testing";
import { asCommand, SetupError } from "./setup.mjs";
import { webDist } from "./web-build.mjs";

/**
 * @param previous the proof of the release before; undefined: this one begins the log.
 * @returns the proof of this one. @throws SetupError where it cannot be added.
 */
export function logged(note: string, previous: string | undefined, secret: string, keys: Pinned = pinned): string {
  const verdict = checkRelease(note, keys);
  // @checks RE19
  if (verdict.kind !== "released") throw new SetupError(`What stands beside the app is no release: ${verdict.kind}`);
  // @checks RE19
  if (verifierOf(secret) !== keys.log.verifier)
    throw new SetupError("This key is not the log's in packages/release/src/pinned.ts");
  const before = previous === undefined ? undefined : viewIn(previous, keys.log);
  // @checks RE19
  if (previous !== undefined && before === undefined) throw new SetupError("--previous is no proof of this log");
  const { release, hash } = verdict;
  const entries = [...(before?.entries ?? []), entryOf(release.version, hash)];
  const checkpoint = signNote(headOf(entries, keys.log), secret);
  const proof = proofText({ entries, index: entries.length - 1, checkpoint });
  // @checks RE19
  if (checkLogged(verdict, proof, keys.log).kind !== "released")
    throw new SetupError(`${release.version} is no later version than the log's last one`);
  return proof;
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

if (import.meta.main) {
  await asCommand(() => {
    const [key, previous] = [flag("key"), flag("previous")];
    const [isTest, isFirst] = ["--test-key", "--first"].map((one) => process.argv.includes(one));
    if ((key === undefined) !== isTest || (previous === undefined) !== isFirst)
      throw new SetupError("npm run release:log -- --key FILE (--previous PROOF | --first)");
    const secret = key === undefined ? testLogKey.secret : readFileSync(key, "utf8").trim();
    const before = previous === undefined ? undefined : readFileSync(previous, "utf8");
    const out = join(webDist, proofFile);
    writeFileSync(out, logged(readFileSync(join(webDist, noteFile), "utf8"), before, secret));
    console.log(`${out}: hand it out beside ${noteFile}, and keep it: the next release is added to it`);
  });
}
