/** `yanshu update`: a later release from any server or folder, believed for its signatures alone. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNote } from "@yanshu/release";
import { loggedByTestKey } from "@yanshu/release/testing";
import { build, releasedFiles } from "../../testkit/released.ts";
import { Terminal, until } from "../../testkit/terminal.ts";

setDefaultTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "yanshu-update-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Answer = (path: string) => Response | undefined;

/** A server of files that does what it likes. */
async function handing<T>(from: string, work: (origin: string) => Promise<T>, answer: Answer = () => undefined) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      const { pathname } = new URL(url);
      const path = join(from, pathname);
      return (
        answer(pathname) ?? (existsSync(path) ? new Response(readFileSync(path)) : new Response("", { status: 404 }))
      );
    },
  });
  try {
    return await work(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.stop(true);
  }
}

/** @param after the name of the release before, whose log this one continues. */
const released = (
  name: string,
  version: string,
  {
    signers = 2,
    change = {},
    commit = "ab",
    after,
  }: { signers?: number; change?: Readonly<Record<string, string>>; commit?: string; after?: string } = {},
) =>
  build(join(folder, name), signers, change, {
    version,
    commit,
    ...(after === undefined ? {} : { after: join(folder, after) }),
  });

test("[HM79] a release is taken from a server that is not home, and from a folder, and served from then on", async () => {
  const ann = new Terminal();
  const said = await handing(released("two", "1.3.0"), (origin) => ann.says("update", origin));
  expect(said).toContain("Release 1.3.0, signed by test-1.yanshu.example, test-2.yanshu.example");
  expect(await ann.says("update", released("stick", "1.4.0", { after: "two" }))).toContain("Release 1.4.0");
  expect(readdirSync(join(ann.folder, "app")).toSorted()).toEqual(["newest.json", "web-1.4.0"]);
  const running = ann.start(["app", "http://127.0.0.1:9", "--port", "7719"]);
  await until("the address is said", () => running.out().includes("/start#"));
  expect(running.out()).toContain("release 1.4.0");
  const host = { host: "yanshu.localhost:7719" };
  const file = await fetch("http://127.0.0.1:7719/assets/main-AbCd1234.js", { headers: host });
  expect(await file.text()).toBe(releasedFiles["assets/main-AbCd1234.js"]);
  running.interrupt();
  expect((await running.done).code).toBe(0);
  ann.remove();
});

test("[HM79] what nobody signed, or one alone, what is older, another, less, endless or elsewhere is not taken, and what was there stays", async () => {
  const ann = new Terminal();
  await ann.says("update", released("good", "1.3.0"));
  const refused = async (from: string, answer?: Answer) =>
    (await handing(from, (origin) => ann.run(["update", origin]), answer)).err;
  expect(await refused(released("unsigned", "1.5.0", { signers: 0 }))).toContain("nobody signed it");
  expect(await refused(released("one", "1.5.0", { signers: 1 }))).toContain("too few people signed it");
  const known = readFileSync(join(folder, "good", "release.proof"), "utf8");
  expect(
    await refused(released("old", "1.2.9"), (path) => (path === "/release.proof" ? new Response(known) : undefined)),
  ).toContain("it is older");
  const other = { "assets/main-AbCd1234.js": "2" };
  expect(await refused(released("changed", "1.5.0", { change: other, after: "good" }))).toContain(
    "other files: assets/main-AbCd1234.js",
  );
  const good = released("later", "1.5.0", { after: "good" });
  const main = (path: string) => path.endsWith(".js");
  const gone = new Response("", { status: 404 });
  expect(await refused(good, (path) => (main(path) ? gone.clone() : undefined))).toContain("other files: assets/main");
  const away = () => Response.redirect("http://127.0.0.1:9/", 302);
  expect(await refused(good, (path) => (main(path) ? away() : undefined))).toContain("other files: assets/main");
  const endless = () =>
    new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1 << 20)) }), { status: 200 });
  expect(await refused(good, (path) => (main(path) ? endless() : undefined))).toContain("more than an app has");
  expect(await refused(good, (path) => (path === "/release.note" ? endless() : undefined))).toContain(
    "hands out no app",
  );
  expect((await ann.run(["update", "http://127.0.0.1:9"])).err).toContain("hands out no app");
  expect((await ann.run(["update", "http://yan.example"])).err).toContain("without encryption");
  expect((await ann.run(["update", released("own", "1.6.0", { signers: 0 })])).err).toContain("nobody signed it");
  expect(readdirSync(join(ann.folder, "app")).toSorted()).toEqual(["newest.json", "web-1.3.0"]);
  // The same one once more is no harm; and it is taken at last.
  expect(await handing(good, (origin) => ann.says("update", origin))).toContain("Release 1.5.0");
  expect(await handing(good, (origin) => ann.says("update", origin))).toContain("Release 1.5.0");
  expect(readdirSync(join(ann.folder, "app")).toSorted()).toEqual(["newest.json", "web-1.5.0"]);
  ann.remove();
});

test("[HM79] [RE17] [RE18] what is in no log, or in another than the one before, is not taken, and the heads of both are kept", async () => {
  const ann = new Terminal();
  await ann.says("update", released("logged", "1.3.0"));
  const next = released("next", "1.4.0", { after: "logged" });
  const refused = async (answer: Answer) => (await handing(next, (origin) => ann.run(["update", origin]), answer)).err;
  const proof = (text: string) => (path: string) => (path === "/release.proof" ? new Response(text) : undefined);
  const notLogged = "it is not in the log of releases that everybody sees";
  // A home that withholds the log, and others' proofs.
  expect(
    await refused((path) => (path === "/release.proof" ? new Response("", { status: 404 }) : undefined)),
  ).toContain(notLogged);
  expect(await refused(proof("hello"))).toContain(notLogged);
  expect(await refused(proof(readFileSync(join(folder, "logged", "release.proof"), "utf8")))).toContain(notLogged);
  expect(await refused(proof("x".repeat(300_000)))).toContain("more than an app has");
  expect(existsSync(join(ann.folder, "app", "two-logs.txt"))).toBe(false);
  // One of the version that is here, and an older one, in a log of their own.
  for (const version of ["1.3.0", "1.2.0"]) {
    const other = released(`other-${version}`, version, { commit: "cd" });
    expect((await handing(other, (origin) => ann.run(["update", origin]))).err).toContain("two-logs.txt");
    rmSync(join(ann.folder, "app", "two-logs.txt"));
  }
  const forked = released("forked", "1.4.0");
  expect(await refused(proof(readFileSync(join(forked, "release.proof"), "utf8")))).toContain("two-logs.txt");
  expect(readdirSync(join(ann.folder, "app")).toSorted()).toEqual(["newest.json", "two-logs.txt", "web-1.3.0"]);
  const heads = readFileSync(join(ann.folder, "app", "two-logs.txt"), "utf8");
  expect(heads.match(/^— test-log\.yanshu\.example /gm)).toHaveLength(2);
  expect(await handing(next, (origin) => ann.says("update", origin))).toContain("Release 1.4.0");
  ann.remove();
});

test("[RE21] an update whose log already names a later release says which", async () => {
  const ann = new Terminal();
  const held = released("held", "1.3.0");
  const text = readNote(readFileSync(join(held, "release.note"), "utf8"))?.text ?? "";
  writeFileSync(join(held, "release.proof"), loggedByTestKey(text, [], [`1.4.0 ${"04".repeat(32)}`]));
  expect(await ann.says("update", held)).toContain("already names a later release, 1.4.0");
  ann.remove();
});
