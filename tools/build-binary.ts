/**
 * `npm run build:binary [-- --out FILE]`: the server as one file that needs neither Node nor npm,
 * with the web app inside. A generated entry carries each file of the build, unpacks them where
 * only this user can write, and then runs the server's own `main.ts`.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { asCommand, root, SetupError } from "./setup.mjs";
import { ensureWebBuilt, webDist } from "./web-build.mjs";

/** The module of a thread of its own is one of the entries; `bun-bridge.ts` finds it by this path. */
const postgresThread = ["packages", "server", "src", "log", "postgres", "bun-worker.ts"];

/** @param server the entry of the server. @param web the folder of the built web app. */
export async function buildBinary(server: string, web: string, out: string): Promise<void> {
  const folder = join(root, ".cache");
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, "binary-entry.ts");
  writeFileSync(entry, entrySource(server, web));
  const built = await Bun.build({
    entrypoints: [entry, join(root, ...postgresThread)],
    compile: { outfile: out },
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
  const files = filesUnder(web);
  const text = (value: string): string => JSON.stringify(value);
  const imports = files.map((file, n) => `import file${n} from ${text(join(web, file))} with { type: "file" };`);
  const list = files.map((file, n) => `  [${text(file)}, file${n}],`);
  return `${imports.join("\n")}
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

if (process.env.YANSHU_ASSETS === undefined) {
  const web = mkdtempSync(join(tmpdir(), "yanshu-web-"));
  process.on("exit", () => rmSync(web, { recursive: true, force: true }));
  for (const [name, packed] of [
${list.join("\n")}
  ]) {
    const path = join(web, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, new Uint8Array(await Bun.file(packed).arrayBuffer()));
  }
  process.env.YANSHU_ASSETS = web;
}
await import(${text(server)});
`;
}

if (import.meta.main) {
  await asCommand(async () => {
    const outFlag = process.argv.indexOf("--out");
    const out = outFlag === -1 ? join(root, "dist", "yanshu-server") : (process.argv[outFlag + 1] ?? "");
    if (out === "") throw new SetupError("--out needs the path of the file to write");
    ensureWebBuilt();
    await buildBinary(join(root, "packages", "server", "src", "main.ts"), webDist, out);
    console.log(`${out}: ${(statSync(out).size / 2 ** 20).toFixed(0)} MB`);
  });
}
