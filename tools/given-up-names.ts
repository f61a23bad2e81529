/**
 * Names that the code gave up for those of RFC 9420 and of the field do not come back (docs/spec/rooms.md RO22). Run as
 * a program it checks this tree; `given-up-names.test.ts` breaks it in a made-up one.
 */
import { join } from "node:path";
import { root } from "./setup.mjs";
import { treeFiles } from "./tree-files.ts";

/** What each is called now. They are found within names: `readDeeds` and `heal_answers`, too. */
const names: Readonly<Record<string, string>> = {
  "deeds?": "committed changes",
  "heal(?:s|ed|ing)?": "resync",
  "refound(?:s|ed|ing)?": "re-create",
  astray: "out of order",
  "doors?(?!Closed)": "listener, admission, admitter", // But for the picture of that name.
  doorman: "connection limits",
  hearsay: "reported high-water mark",
  "overruled?": "contest a removal",
};
/** No letters of another word stand behind it, nor before it but where its capital begins one: `healthz` is none. */
const givenUp = Object.entries(names).map(([name, now]) => {
  const upper = name.slice(0, 1).toUpperCase() + name.slice(1);
  return { pattern: new RegExp(`(?:(?<![a-z])${name}|${upper})(?![a-z])`), now };
});
/** Words that are rare in what a reader of an RFC writes: where they are more than this together, they came back. */
const idioms = /\bwhoever\b|\bletters?\b/i;
const idiomsMax = 40;
/** What a store called them then, and what shows that it is read; words of the screens. */
const isLeft = (path: string) =>
  /\/migrations\/|\/plain-names\.test\.ts$|\/schema\.ts$|words?\.ts$|\/text\/|\/locales\/|\/stickers\//.test(path);

/** What is wrong, one line a fault. @param files path → text */
export function faultsIn(files: ReadonlyMap<string, string>): readonly string[] {
  const faults: string[] = [];
  let count = 0;
  for (const [path, text] of files) {
    if (isLeft(path)) continue;
    for (const [at, line] of text.split("\n").entries()) {
      if (idioms.test(line)) count++;
      for (const { pattern, now } of givenUp) {
        const found = pattern.exec(line);
        if (found !== null) faults.push(`${path}:${at + 1} says ${found[0]}: it is called ${now}`);
      }
    }
  }
  if (count > idiomsMax) faults.push(`${count} lines say whoever or letter, ${idiomsMax} at most`);
  return faults;
}

if (import.meta.main) {
  const paths = treeFiles("packages/*/src/*.ts", "packages/*/src/*.tsx");
  const files = await Promise.all(paths.map(async (path) => [path, await Bun.file(join(root, path)).text()] as const));
  const faults = faultsIn(new Map(files));
  for (const fault of faults) console.log(fault);
  console.log(`given-up names: ${paths.length} files, ${faults.length} faults`);
  process.exitCode = faults.length === 0 && paths.length > 0 ? 0 : 1;
}
