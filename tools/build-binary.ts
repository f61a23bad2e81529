/**
 * `npm run build:binary [-- --out FILE]`: the server as one file that needs neither Node nor npm,
 * with the web app inside. A generated entry carries each file of the build, gives them to the server
 * (`gateway/embedded.ts`), and then runs its own `main.ts`: nothing is unpacked to disk.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { asCommand, root, SetupError } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

/** The module of a thread of its own is one of the entries; who starts it finds it by this path. */
const threads = [
  ["packages", "server", "src", "log", "postgres", "bun-worker.ts"],
  ["packages", "server", "src", "log", "sqlite", "bun-upkeep-worker.ts"],
  ["packages", "server", "src", "features", "calls", "bun-relay-worker.ts"],
  ["packages", "server", "src", "gateway", "bun-front-worker.ts"],
];

/**
 * The machines that a file can be made for; without one, for this one. Bun fetches another's runtime from npm's
 * registry, once.
 */
export const targets = ["bun-linux-x64", "bun-linux-x64-baseline", "bun-linux-arm64"] as const;
export type Target = (typeof targets)[number];

/** @param server the entry of the server. @param web the folder of the built web app. */
export async function buildBinary(server: string, web: string, out: string, target?: Target): Promise<void> {
  const folder = join(root, ".cache");
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, "binary-entry.ts");
  writeFileSync(entry, entrySource(server, web));
  const built = await Bun.build({
    entrypoints: [entry, ...threads.map((path) => join(root, ...path))],
    compile: { outfile: out, ...(target === undefined ? {} : { target }) },
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    throw: false,
  });
  if (!built.success)
    throw new SetupError(`The binary could not be built:\n${built.logs.map(({ message }) => message).join("\n")}`);
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function entrySource(server: string, web: string): string {
  const all = new Set(filesUnder(web));
  // Of what is compressed beside it the server keeps nothing else.
  const files = [...all].filter((file) => !(all.has(`${file}.br`) && all.has(`${file}.gz`)));
  const text = (value: string): string => JSON.stringify(value);
  const imports = files.map((file, n) => `import file${n} from ${text(join(web, file))} with { type: "file" };`);
  const list = files.map((file, n) => `  [${text(`/${file.split(sep).join("/")}`)}, file${n}],`);
  return `${imports.join("\n")}
import { embedded } from ${text(join(root, "packages", "server", "src", "gateway", "embedded.ts"))};

for (const [path, packed] of [
${list.join("\n")}
]) embedded.set(path, new Uint8Array(await Bun.file(packed).arrayBuffer()));
await import(${text(server)});
`;
}

/** @throws SetupError */
function flagOf(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  if (at === -1) return undefined;
  const value = process.argv[at + 1];
  if (value === undefined || value === "") throw new SetupError(`--${name} needs a value`);
  return value;
}

if (import.meta.main) {
  await asCommand(async () => {
    const out = flagOf("out") ?? join(root, "dist", "yanshu-server");
    const wanted = flagOf("target");
    const target = targets.find((known) => known === wanted);
    if (wanted !== undefined && target === undefined)
      throw new SetupError(`--target is one of ${targets.join(", ")}, not ${wanted}`);
    ensureWebBuilt();
    await buildBinary(join(root, "packages", "server", "src", "main.ts"), webDist, out, target);
    console.log(`${out}: ${(statSync(out).size / 2 ** 20).toFixed(0)} MB`);
  });
}
