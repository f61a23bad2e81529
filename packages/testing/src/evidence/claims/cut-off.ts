/**
 * R6.2, R6.3: what is left to somebody whose server is gone for good. The real server and the real commands, each a
 * process that begins anew: the app's next release from a server that is not home, and the way on from the device
 * alone (docs/spec/homes.md HM51, HM79).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf, type Check } from "../check.ts";
import { RealServer } from "../real/server.ts";
import { copyApp, entryOfRelease, fromServer, hashesIn, putRelease } from "../real/signed-app.ts";

const cli = join(import.meta.dir, "../../../../cli/src/main.ts");
const goneSecondsMax = 60;
const words = ["六点吃饭", "我带伞", "到了"];

/** @param dist the built web app. */
export async function updateElsewhere(dist: string): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-cut-off-"));
  const data = join(folder, "device");
  const update = (from: string) => run(data, "update", from);
  try {
    const app = (name: string) => {
      const into = join(folder, name);
      copyApp(dist, into);
      return into;
    };
    const [first, stick] = [app("first"), app("stick")];
    const mirrored = app("mirrored");
    const files = await hashesIn(first);
    // Each stands in the log after those of before.
    const entry = (version: string) => entryOfRelease({ version, files });
    const puts = (into: string, version: string, signers: number, before = [entry("2.0.0")]) =>
      putRelease(into, { version, files }, signers, before);
    puts(first, "2.0.0", 2, []);
    const [origin, before] = await fromServer(first, async (at) => [at, await update(at)] as const);
    const afterwards = await update(origin);

    const mirror = (put: () => void) => {
      put();
      return fromServer(mirrored, update);
    };
    const path = Object.keys(files).find((name) => name.endsWith(".js")) ?? "";
    const swapped = await mirror(() => {
      writeFileSync(join(mirrored, path), "self.evil = 1;");
      puts(mirrored, "2.1.0", 2);
    });
    writeFileSync(join(mirrored, path), readFileSync(join(first, path)));
    const oneKey = await mirror(() => puts(mirrored, "2.1.0", 1));
    const older = await mirror(() => puts(mirrored, "1.9.9", 2, []));
    const taken = await mirror(() => puts(mirrored, "2.1.0", 2));
    puts(stick, "2.2.0", 2, [entry("2.0.0"), entry("2.1.0")]);
    const byHand = await update(stick);
    const others = [swapped.said.includes(path) ? swapped.code : 0, oneKey.code, older.code];
    return judgeUpdated({
      files: Object.keys(files).length,
      before: before.version,
      isGone: afterwards.code === 1,
      mirror: taken.version,
      stick: byHand.version,
      refused: others.filter((code) => code === 1).length,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Versions that were taken: from its own server, and once that was gone from another and from a stick. */
export function judgeUpdated(of: {
  readonly files: number;
  readonly before: string | undefined;
  readonly isGone: boolean;
  readonly mirror: string | undefined;
  readonly stick: string | undefined;
  readonly refused: number;
}): Check {
  const { files, before, isGone, mirror, stick, refused } = of;
  return allOf(
    "P6.updated",
    "the app's next release is had while its own server is gone: from another server or a stick, where two keys signed it and every file is as signed",
    {
      "another server's is taken": mirror === "2.1.0",
      "a stick's is taken": stick === "2.2.0",
      "a swapped file, one key alone and an older release are refused": refused === 3,
    },
    before === "2.0.0" && isGone,
    `${files} files; from its own server ${before ?? "nothing"}, then ${isGone ? "no answer" : "an answer"}; from another ${mirror ?? "nothing"}, from a stick ${stick ?? "nothing"}; ${refused} of 3 others refused`,
  );
}

export async function coldStart(): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-cold-"));
  const [ann, ben] = [join(folder, "ann"), join(folder, "ben")];
  const [home, reserve] = [await RealServer.start(), await RealServer.start()];
  let isUp = true;
  try {
    await run(ann, "create", "--name", "Ann", home.inviteLink);
    const { link = "" } = await run(ann, "link");
    await run(ben, "create", "--name", "Ben", link);
    await run(ben, "add", link, "--greeting", "是我");
    await run(ann, "accept", "1");
    for (const text of words) await run(ann, "send", "Ben", text);
    await run(ann, "reserve", reserve.inviteLink, "--wait", "60");
    // As by kill -9; nothing of its disk is ever read again.
    await home.end();
    isUp = false;
    const isSilent = await fetch(`http://127.0.0.1:${home.port}/`).then(
      () => false,
      () => true,
    );
    const goneMs = performance.now();
    const seconds = () => (performance.now() - goneMs) / 1_000;
    const opened = await run(ann, "read", "Ben", "--last", "10", "--peek", "--wait", "1");
    const readSeconds = seconds();
    const moved = await run(ann, "move", "--wait", "2");
    const there = await run(ann, "status", "--wait", "20");
    const thereSeconds = seconds();
    const isElsewhere = moved.code === 0 && moved.home === reserve.domain && there.network === "online";
    const read = words.filter((word) => opened.said.includes(word)).length;
    return judgeCold({ isSilent, read, readSeconds, isElsewhere, thereSeconds });
  } finally {
    if (isUp) await home.end();
    await reserve.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many of the messages were read, and how long that and being connected elsewhere took. */
export function judgeCold(of: {
  readonly isSilent: boolean;
  readonly read: number;
  readonly readSeconds: number;
  readonly isElsewhere: boolean;
  readonly thereSeconds: number;
}): Check {
  const { isSilent, read, readSeconds, isElsewhere, thereSeconds } = of;
  const there = isElsewhere ? `connected elsewhere after ${thereSeconds.toFixed(1)} s` : "connected nowhere";
  return allOf(
    "P6.cold",
    "who opens the app while its server is gone for good reads all that was said, and is connected elsewhere within a minute",
    {
      "all is read": read === words.length,
      "it is connected elsewhere": isElsewhere,
      [`within ${goneSecondsMax} seconds`]: thereSeconds <= goneSecondsMax,
    },
    isSilent,
    `${read} of ${words.length} messages read ${readSeconds.toFixed(1)} s after a cold start without a server, ${there}`,
  );
}

type Answer = { readonly link?: string; readonly version?: string; readonly home?: string; readonly network?: string };

/** One command of one folder, as a process of its own. */
async function run(data: string, ...of: readonly string[]) {
  const child = Bun.spawn([process.execPath, cli, ...of, "--json", "--data", data], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const code = await child.exited;
  const answer = (code === 0 && out.trim() !== "" ? JSON.parse(out) : {}) as Answer;
  return { ...answer, code, said: `${out}${err}` };
}
