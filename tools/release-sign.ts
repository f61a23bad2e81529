/**
 * `npm run release:sign -- --key FILE [--note FILE]`: a holder of a key signs what they built themselves. The note of
 * those who signed before is added to, and has to say the same to the byte (docs/spec/release.md RE9). `--test-keys`
 * signs with two keys that everybody has, for a checkout: the app says that this proves nothing.
 *
 * Writes `release.note` beside the web app, from where home, `npm run release` and `yanshu app` take it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkRelease, noteFile, pinned, readNote, signNote, verifierOf } from "@yanshu/release";
import { testKeys } from "@yanshu/release/testing";
import { releaseText } from "./build-release.ts";
import { asCommand, root, SetupError } from "./setup.mjs";
import { webDist } from "./web-build.mjs";

/**
 * @param body what this machine built. @param note what others signed before.
 * @throws SetupError where they signed something else, or a key is none of the pinned ones.
 */
export function signed(
  body: string,
  note: string | undefined,
  secrets: readonly string[],
  verifiers: readonly string[] = pinned.verifiers,
): string {
  // @checks RE9
  if (note !== undefined && readNote(note)?.text !== body)
    throw new SetupError("What the others signed is not what was built here: compare the two before anybody signs");
  // @checks RE9
  if (secrets.some((secret) => !verifiers.includes(verifierOf(secret))))
    throw new SetupError("This key is none of those in packages/release/src/pinned.ts");
  return secrets.reduce(signNote, note ?? body);
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

if (import.meta.main) {
  await asCommand(() => {
    const key = flag("key");
    const isTest = process.argv.includes("--test-keys");
    if ((key === undefined) === !isTest) throw new SetupError("npm run release:sign -- --key FILE [--note FILE]");
    const secrets =
      key === undefined ? testKeys.slice(0, 2).map(({ secret }) => secret) : [readFileSync(key, "utf8").trim()];
    const [from, previous] = [flag("note"), flag("previous")];
    const { body } = releaseText(previous === undefined ? undefined : readFileSync(previous, "utf8"));
    const note = signed(body, from === undefined ? undefined : readFileSync(from, "utf8"), secrets);
    const out = join(webDist, noteFile);
    writeFileSync(out, note);
    console.log(`${out}: ${sayOf(note)}`);
    console.log("Once enough have signed: npm run release:log");
    if (!existsSync(join(root, "dist", "release-to-sign"))) console.log("Its parts: npm run build:release");
  });
}

function sayOf(note: string): string {
  const verdict = checkRelease(note, pinned);
  if (verdict.kind === "released") return `release ${verdict.release.version}, signed by ${verdict.signers.join(", ")}`;
  return verdict.kind === "too-few" ? `signed by ${verdict.signers.join(", ")}; another has to` : verdict.kind;
}
