/**
 * R5.3: a release that two keys and the log's key signed for one home alone (docs/spec/release.md RE17, RE18). The real
 * servers hand out the real web app with two logs of one key; the real commands look at them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf, type Check } from "../check.ts";
import { copyApp, entryOfRelease, fromServer, hashesIn, proofOf, putRelease } from "../real/signed-app.ts";

const claim =
  "a release that is in no log, or in a log for some people alone, is not taken; two people who were shown two logs see it, and have the proof";
const cli = join(import.meta.dir, "../../../../cli/src/main.ts");

/** @param dist the built web app. */
export async function splitRelease(dist: string): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-split-release-"));
  const data = join(folder, "device");
  try {
    const assets = join(folder, "app");
    copyApp(dist, assets);
    const files = await hashesIn(assets);
    const [first, next] = ["2.0.0", "2.1.0"].map((version) => ({ version, files })) as [Named, Named];
    /** The same version with one file more, for some people alone. */
    const evil = { version: "2.0.1", files: { ...files, "evil.js": "00".repeat(32) } };
    const ours = [entryOfRelease(first)];
    const theirs = [...ours, entryOfRelease(evil)];
    const friends = join(folder, "friend.proof");
    writeFileSync(friends, proofOf(next, ours));
    const looks = (...more: readonly string[]) => fromServer(assets, (origin) => run("verify", origin, ...more));
    const updates = () => fromServer(assets, (origin) => run("update", origin, "--data", data));

    putRelease(assets, first, 2);
    const begun = await updates();
    putRelease(assets, next, 2, theirs);
    const alone = await looks();
    const compared = await looks("--log", friends);
    // A person whose device took 2.1.0 by our log.
    putRelease(assets, next, 2, ours);
    const control = [await looks("--log", friends), await updates()];
    putRelease(assets, { version: "2.2.0", files }, 2, theirs);
    const forked = await updates();
    putRelease(assets, { version: "2.2.0", files }, 2, [...ours, entryOfRelease(next)]);
    rmSync(join(assets, "release.proof"));
    const unlogged = await updates();
    const heads = join(data, "app", "two-logs.txt");
    const kept = existsSync(heads) ? (readFileSync(heads, "utf8").match(/^— /gm) ?? []).length : 0;
    return judgeSplit({
      begun: begun.code === 0,
      continued: control.every(({ code }) => code === 0),
      alone: alone.code,
      compared: compared.why,
      forked: forked.code,
      unlogged: unlogged.code,
      kept,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Named = { readonly version: string; readonly files: Readonly<Record<string, string>> };

/** The control: one log that goes on is believed, and one person alone, who compares with nobody, sees no fork. */
export function judgeSplit(of: {
  readonly begun: boolean;
  readonly continued: boolean;
  readonly alone: number;
  readonly compared: string | undefined;
  readonly forked: number;
  readonly unlogged: number;
  readonly kept: number;
}): Check {
  const { begun, continued, alone, compared, forked, unlogged, kept } = of;
  return allOf(
    "P5.split-release",
    claim,
    {
      "a friend's log tells it": compared === "split",
      "a device with a log refuses another": forked === 1,
      "a release without its proof is refused": unlogged === 1,
      "both heads are kept": kept === 2,
    },
    begun && continued && alone === 0,
    `two logs of one key: ${compared ?? "not"} seen with a friend's, ${kept} heads kept; 1 of 1 seen as whole by one person alone`,
  );
}

async function run(...words: readonly string[]): Promise<{ readonly code: number; readonly why?: string }> {
  const command = Bun.spawn([process.execPath, cli, ...words, "--json"], { stdout: "pipe", stderr: "ignore" });
  const text = await new Response(command.stdout).text();
  const code = await command.exited;
  return { ...(text === "" ? {} : JSON.parse(text)), code };
}
