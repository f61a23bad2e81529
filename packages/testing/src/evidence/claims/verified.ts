/**
 * R5.3: what `yanshu verify` says of homes that hand out the real web app as it was signed, and otherwise
 * (docs/spec/terminal.md TE18, TE19). The real server and the real command, with the test keys.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf, type Check } from "../check.ts";
import { copyApp, fromServer, hashesIn, noteOf, putRelease } from "../real/signed-app.ts";

const claim =
  "from outside, a home that hands out the released code is told from one with a swapped file, an older release, an unsigned one, or one key's";
const cli = join(import.meta.dir, "../../../../cli/src/main.ts");

/** @param dist the built web app. */
export async function verifiedHome(dist: string): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-verified-"));
  try {
    const assets = join(folder, "app");
    copyApp(dist, assets);
    const files = await hashesIn(assets);
    const release = { version: "2.0.0", files };
    const own = join(folder, "own.note");
    writeFileSync(own, noteOf(release, 2));
    const put = (signers: number, version = release.version) => putRelease(assets, { version, files }, signers);
    const asks = (...more: readonly string[]) => fromServer(assets, (origin) => answerOf("verify", origin, ...more));
    put(2);
    const control = await asks("--release", own);
    const swappedPath = Object.keys(files).find((path) => path.endsWith(".js")) ?? "";
    writeFileSync(join(assets, swappedPath), "self.evil = 1;");
    const swapped = await asks();
    cpSync(join(dist, swappedPath), join(assets, swappedPath));
    put(2, "1.9.9");
    const older = await asks("--release", own);
    put(1);
    const oneKey = await asks();
    rmSync(join(assets, "release.note"));
    const unsigned = await asks();
    return allOf(
      "P5.verified",
      claim,
      {
        "a swapped file is named": swapped.code === 1 && swapped.differences.join() === swappedPath,
        "an older release is refused": older.code === 1 && older.why === "older",
        "one key alone is refused": oneKey.code === 1 && oneKey.why === "too-few",
        "an unsigned one is refused": unsigned.code === 1 && unsigned.why === "unsigned",
      },
      control.code === 0 && control.finding === "same",
      `${Object.keys(files).length} files as released: ${control.finding ?? "none"}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answerOf(...words: readonly string[]) {
  const run = Bun.spawn([process.execPath, cli, ...words, "--json"], { stdout: "pipe", stderr: "ignore" });
  const text = await new Response(run.stdout).text();
  const code = await run.exited;
  const said = (text === "" ? {} : JSON.parse(text)) as {
    readonly finding?: string;
    readonly why?: string;
    readonly differences?: readonly { readonly path: string }[];
  };
  return { ...said, code, differences: (said.differences ?? []).map(({ path }) => path) };
}
