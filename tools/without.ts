/**
 * Without: a copy of the tree without one feature (docs/spec/packets.md RP35), to see that the rest stands without it
 * and to build from. `npm run without -- packets [--to FOLDER | --whole]`: with a folder the copy is left there; else
 * its types are checked, its rooms tested, its app built, and all goes. `--whole` plays every other test but those in a
 * browser.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withoutFeature } from "./without-feature.ts";

const root = join(import.meta.dirname, "..");
const [name = "", flag, to] = process.argv.slice(2);
const isToFolder = flag === "--to" && to !== undefined;
const isWhole = flag === "--whole";
if (!/^[a-z-]+$/.test(name) || (flag !== undefined && !isToFolder && !isWhole)) {
  console.error("npm run without -- FEATURE [--to FOLDER | --whole]");
  process.exit(2);
}
/** What tells of it in what is built: names of its kinds and words on its screens. */
const signs: Readonly<Record<string, readonly string[]>> = { packets: ["packetTake", "手气", "Red packet", "群收款"] };

/** What is installed, but for our own packages: by their names the copy finds its own, and not those of the tree. */
function linkModules(): void {
  const [from, into] = [join(root, "node_modules"), join(folder, "node_modules")];
  mkdirSync(join(into, "@yanshu"), { recursive: true });
  for (const one of readdirSync(from)) if (one !== "@yanshu") symlinkSync(join(from, one), join(into, one));
  for (const one of readdirSync(join(from, "@yanshu")))
    symlinkSync(join(folder, "packages", one), join(into, "@yanshu", one));
}

/** Files of a built app that tell of the feature. */
function tellingOf(dist: string): readonly string[] {
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((one) => /\.(?:js|css|html)$/.test(one))
    .filter((one) => {
      const text = readFileSync(join(dist, one), "utf8");
      return (signs[name] ?? [name]).some((sign) => text.includes(sign));
    });
}

/** With a second try, as `npm test` gives to what the machine's whole load made late. @throws Error when one fails. */
async function tested(rooms: readonly string[]): Promise<void> {
  const command = [
    process.execPath,
    "test",
    "--timeout",
    "240000",
    "--retry=1",
    ...rooms.map((one) => `./packages/${one}/`),
  ];
  const child = Bun.spawn(command, { cwd: folder, stdin: "ignore", stdout: "inherit", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`tests of ${rooms.join(", ")} failed`);
}

const folder = to ?? mkdtempSync(join(tmpdir(), "yanshu-without-"));
const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, stdio: "inherit" });
try {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  const ownFolder = new RegExp(`^packages/[^/]+/src/features/${name}(?:/|\\.)`);
  const ownTest = new RegExp(`^(?:packages/(?:web/e2e|testing/src/world)|vectors|bench/scenarios)/${name}\\.`);
  for (const file of files.filter((one) => !ownFolder.test(one) && !ownTest.test(one))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    if (/^(?:packages\/[^/]+\/src\/features|bench\/scenarios)\/index\.ts$/.test(file))
      writeFileSync(join(folder, file), withoutFeature(readFileSync(join(root, file), "utf8"), name));
    else cpSync(join(root, file), join(folder, file));
  }
  if (to === undefined) {
    linkModules();
    run("npx", "tsc", "--noEmit", "-p", ".");
    run("npx", "vite", "build", "packages/web");
    const left = tellingOf(join(folder, "packages/web/dist"));
    if (left.length > 0) throw new Error(`the built app still tells of ${name}: ${left.join(", ")}`);
    const few = ["wire", "content", "store", "client"];
    const most = ["mls", "release", "mini", "server", "cli", "web/src"];
    const ends = await Promise.allSettled((isWhole ? [[...few, ...most], ["testing/src"]] : [few]).map(tested));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    console.info(`without ${name}: types, rooms and app stand, none of its words`);
  }
} finally {
  if (to === undefined) rmSync(folder, { recursive: true, force: true });
}
