/** `yanshu verify`: a real server hands out an app, and a person looks at it from outside. */
import { afterAll, afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyOf, readNote, securityHeaders } from "@yanshu/release";
import { loggedByTestKey, signedByTestKeys } from "@yanshu/release/testing";
import { TestServer } from "../../testkit/server.ts";
import { Terminal } from "../../testkit/terminal.ts";

setDefaultTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "yanshu-verify-"));
const ann = new Terminal();
let assets = "";
let server: TestServer;

const app = {
  "index.html": '<!doctype html><title>雁书</title><script type="module" src="/assets/main-AbCd1234.js"></script>',
  "assets/main-AbCd1234.js": "console.log('hello');".repeat(100),
  "manifest.webmanifest": "{}",
  // It has a policy of its own, which is the one that Yanshu's servers send (PR10).
  "mini/host.html": "<!doctype html><title>小程序</title>",
};

beforeEach(() => {
  assets = mkdtempSync(join(folder, "app-"));
  for (const name of ["assets", "mini"]) mkdirSync(join(assets, name));
  for (const [path, text] of Object.entries(app)) writeFileSync(join(assets, path), text);
  server = new TestServer("--assets", assets);
});
afterEach(() => server.remove());
afterAll(() => {
  ann.remove();
  rmSync(folder, { recursive: true });
});

/** Of the app, signed by as many of the keys. */
function noteOf(keys: number, { version = "1.2.0", files = app as Readonly<Record<string, string>> } = {}): string {
  const hashes = Object.entries(files).map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]);
  const body = bodyOf({
    version,
    commit: "ab".repeat(20),
    previous: null,
    sbom: "00".repeat(32),
    files: Object.fromEntries(hashes),
  });
  return signedByTestKeys(body, keys);
}

const put = (path: string, text: string) => writeFileSync(join(assets, path), text);

/** What home hands out beside its files. @param before the entries of the log ahead of this release. */
function puts(note: string, before?: readonly string[]): void {
  put("release.note", note);
  put("release.proof", loggedByTestKey(readNote(note)?.text ?? "", before));
}

function fileOf(text: string, name = "own.note"): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function verify(...more: readonly string[]) {
  await server.start();
  return ann.run(["verify", server.origin, ...more]);
}

test("[TE18] a home that hands out the released code is told so in plain words, with version, commit and who signed", async () => {
  puts(noteOf(2));
  const { code, out, err } = await verify();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("hands out the released code: version 1.2.0");
  expect(out).toContain("ab".repeat(20));
  expect(out).toContain("test-1.yanshu.example, test-2.yanshu.example");
  expect(out).toContain("the signatures prove nothing"); // While the test keys are the pinned ones.
  const said = JSON.parse((await ann.run(["verify", server.origin, "--json"])).out);
  expect(said).toMatchObject({ finding: "same", version: "1.2.0", differences: [], isTest: true });
  expect((await ann.run(["verify", server.origin, "--lang", "zh"])).out).toContain(
    "给出的就是发布的那份代码：1.2.0 版",
  );
  // Looking about leaves no folder behind.
  expect(readdirSync(join(ann.folder, ".."))).toEqual([]);
});

test("[TE18] a person's own release counts where home hands out none, and where it hands out a later one", async () => {
  const own = fileOf(noteOf(3));
  expect(await verify("--release", own)).toMatchObject({ code: 1, out: expect.stringContaining("not in the log") });
  const log = fileOf(loggedByTestKey(readNote(noteOf(3))?.text ?? ""), "own.proof");
  expect(await ann.run(["verify", server.origin, "--release", own, "--log", log])).toMatchObject({ code: 0, err: "" });
  await server.kill();
  puts(noteOf(2, { version: "1.3.0" }));
  const { code, out } = await verify("--release", own);
  expect([code, out]).toEqual([0, expect.stringContaining("version 1.3.0")]);
});

test("[TE19] [RE5] a file that was swapped, one that is gone and a program of another name are named, and nothing else is", async () => {
  puts(noteOf(2));
  put("assets/main-AbCd1234.js", "fetch('https://evil.example')");
  rmSync(join(assets, "manifest.webmanifest"));
  put("sw.js", "self.skipWaiting()");
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(out).toContain("does NOT hand out the released code");
  expect(out.split("\n").filter((line) => line.startsWith("  "))).toEqual([
    "  assets/main-AbCd1234.js is another file",
    "  manifest.webmanifest is missing",
    "  sw.js belongs to no release",
  ]);
});

test("[TE19] [RE3] unsigned code, one key's, a changed note and what is no note are refused", async () => {
  await server.start();
  const refuses = async (note: string | undefined, words: string) => {
    await server.kill();
    if (note !== undefined) puts(note);
    const { code, out } = await verify();
    expect([code, out]).toEqual([1, expect.stringContaining(words)]);
  };
  await refuses(undefined, "Nobody signed the code");
  await refuses(noteOf(1), "Only test-1.yanshu.example signed");
  await refuses(noteOf(3).replace("1.2.0", "1.2.1"), "changed after it was signed");
  await refuses("<!doctype html>", "changed after it was signed");
});

test("[TE19] [RE4] an older release than the person's own is refused, and so is another one of the same version", async () => {
  const own = fileOf(noteOf(2));
  puts(noteOf(2, { version: "1.1.9" }));
  expect(await verify("--release", own)).toMatchObject({
    code: 1,
    out: expect.stringContaining("older than the 1.2.0"),
  });
  await server.kill();
  puts(noteOf(2, { files: { "index.html": "another" } }));
  expect(await verify("--release", own)).toMatchObject({ code: 1, out: expect.stringContaining("made for somebody") });
  for (const [note, words] of [
    [noteOf(1), "Too few signed the file that you gave"],
    [
      bodyOf({ version: "1.0.0", commit: "ab".repeat(20), previous: null, sbom: "00".repeat(32), files: {} }),
      "is no release",
    ],
  ] as const)
    expect(await ann.run(["verify", server.origin, "--release", fileOf(note)])).toMatchObject({
      code: 1,
      out: expect.stringContaining(words),
    });
  const { code, err } = await ann.run(["verify", server.origin, "--release", join(folder, "none")]);
  expect([code, err]).toEqual([1, expect.stringContaining("can’t be read")]);
});

test("[RE17] [RE18] a release that is in no log, in a shorter one or in another than the person's own is refused", async () => {
  const [first, other] = [`1.0.0 ${"01".repeat(32)}`, `1.0.0 ${"02".repeat(32)}`];
  const text = readNote(noteOf(2))?.text ?? "";
  const own = fileOf(loggedByTestKey(text, [first]), "own.proof");
  puts(noteOf(2), [first]);
  const { code, out } = await verify("--log", own);
  expect([code, out]).toEqual([0, expect.stringContaining("In the log of releases: 2 of them, head ")]);
  const refuses = async (words: string, ...more: readonly string[]) => {
    await server.kill();
    expect(await verify(...more)).toMatchObject({ code: 1, out: expect.stringContaining(words) });
  };
  puts(noteOf(2), [other]);
  await refuses("was made for some people alone: tell others", "--log", own);
  const { out: told } = await ann.run(["verify", server.origin, "--log", own, "--json"]);
  expect(JSON.parse(told)).toMatchObject({
    why: "split",
    ours: expect.stringContaining("— test-log"),
    theirs: expect.stringContaining("— test-log"),
  });
  // Alone nobody sees it: of each it is a log.
  await server.kill();
  expect((await verify()).code).toBe(0);
  puts(noteOf(2));
  const longer = fileOf(
    loggedByTestKey(text.replace("1.2.0", "1.3.0"), [`1.2.0 ${createHash("sha256").update(text).digest("hex")}`]),
    "longer.proof",
  );
  await refuses("is shorter than the one that you have", "--log", longer);
  put("release.proof", "hello");
  await refuses("not in the log of releases");
  rmSync(join(assets, "release.proof"));
  await refuses("not in the log of releases");
  // An own file that is no proof compares nothing, so it is no comparison that went well.
  puts(noteOf(2));
  await refuses("no proof of the log of releases", "--log", fileOf("hello", "no.proof"));
});

test("[RE21] a home that hands out a release of before, in a log that names a later one, is told of", async () => {
  const text = readNote(noteOf(2))?.text ?? "";
  const later = `1.3.0 ${"03".repeat(32)}`;
  put("release.note", noteOf(2));
  put("release.proof", loggedByTestKey(text, [], [later]));
  const { code, out } = await verify();
  expect([code, out]).toEqual([0, expect.stringContaining("already names a later release, 1.3.0")]);
});

test("[TE19] what stands beside a file counts too: another page at a path, a way elsewhere, more to load, no policy", async () => {
  puts(noteOf(2));
  const policy = "default-src 'none'; script-src 'self'";
  await server.start();
  const { code, out } = await verifyThrough({
    "/chats": new Response("<p>evil", { headers: { "content-security-policy": policy } }),
    "/": {
      refresh: "0; url=https://evil.example",
      "content-security-policy": "script-src 'self' https://evil.example",
    },
    "/manifest.webmanifest": { "clear-site-data": '"storage"' },
    "/me/settings": Response.redirect("https://evil.example/", 302),
    "/assets/main-AbCd1234.js": { link: "<https://evil.example/a.js>; rel=modulepreload" },
  });
  expect(code).toBe(1);
  expect(namedIn(out)).toEqual([
    "/ comes without the rule that keeps other programs out",
    "/ leads to another address",
    "/chats comes without the rule that keeps other programs out",
    "/chats is another file",
    "/me/settings is missing",
    "/me/settings leads to another address",
    "assets/main-AbCd1234.js has the browser load something besides",
    "manifest.webmanifest has the browser erase what it keeps",
  ]);
});

test("[TE23] another policy than Yanshu's is named, of a page and of a program, whatever it looks like", async () => {
  puts(noteOf(2));
  const own = securityHeaders["content-security-policy"] ?? "";
  const policies: readonly (string | undefined)[] = [
    undefined,
    "",
    "script-src 'self' 'wasm-unsafe-eval'",
    own.replace("script-src 'self'", "script-src 'self' evil.example"),
    `${own}; script-src-elem * 'unsafe-inline'`,
    `script-src-elem *; ${own}`,
    own.replace("default-src 'none'; ", ""),
    own.replace("worker-src 'self'", "worker-src 'self' blob:"),
  ];
  await server.start();
  for (const policy of policies) {
    const said = { "content-security-policy": policy };
    const { code, out } = await verifyThrough({ "/": said, "/assets/main-AbCd1234.js": said });
    const lacks = "comes without the rule that keeps other programs out";
    expect([policy, code, namedIn(out)]).toEqual([policy, 1, [`/ ${lacks}`, `assets/main-AbCd1234.js ${lacks}`]]);
  }
});

test("[TE23] what a home says beside a file is named unless it is known to change no code; what proxies add is none", async () => {
  puts(noteOf(2));
  await server.start();
  const says = async (path: string, header: string, value = "x") =>
    namedIn((await verifyThrough({ [path]: { [header]: value } })).out);
  const main = "/assets/main-AbCd1234.js";
  expect(await says("/", "speculation-rules", '"/rules.json"')).toEqual(["/ has the browser load something besides"]);
  for (const header of ["service-worker-allowed", "x-sourcemap", "document-policy", "set-cookie"])
    expect(await says(main, header)).toEqual([
      `assets/main-AbCd1234.js comes with something that no server of Yanshu says: ${header}`,
    ]);
  expect(await says("/", "cross-origin-opener-policy", "unsafe-none")).toEqual([
    "/ comes with something that no server of Yanshu says: cross-origin-opener-policy",
  ]);
  // Beside the note, and where there is no file.
  expect(await says("/release.note", "clear-site-data", '"*"')).toEqual([
    "release.note has the browser erase what it keeps",
  ]);
  expect(await says("/sw.js", "clear-site-data", '"*"')).toEqual(["sw.js has the browser erase what it keeps"]);
  const proxies = {
    "strict-transport-security": "max-age=1",
    via: "1.1 Caddy",
    "alt-svc": 'h3=":443"',
    server: "Caddy",
  };
  expect(await verifyThrough({ "/": proxies, [main]: proxies })).toMatchObject({ code: 0 });
});

type Said = Readonly<Record<string, string | undefined>>;

/** Of a home that sends, at some paths, other headers or another answer; undefined: without that header. */
async function verifyThrough(tricks: Readonly<Record<string, Response | Said>>) {
  const evil = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch({ url }) {
      const { pathname } = new URL(url);
      const trick = tricks[pathname];
      if (trick instanceof Response) return trick.clone();
      const { body, headers, status } = await fetch(`${server.origin}${pathname}`);
      const sent = new Headers(headers);
      sent.delete("content-encoding");
      for (const [name, value] of Object.entries(trick ?? {}))
        if (value === undefined) sent.delete(name);
        else sent.set(name, value);
      return new Response(body, { status, headers: sent });
    },
  });
  try {
    return await ann.run(["verify", `http://127.0.0.1:${evil.port}`]);
  } finally {
    await evil.stop(true);
  }
}

function namedIn(out: string): readonly string[] {
  const lines = out.split("\n").filter((line) => line.startsWith("  "));
  return lines.map((line) => line.trim()).toSorted();
}

test("[TE18] a home that is away, or is none, is one sentence", async () => {
  const { code, out, err } = await ann.run(["verify", "http://127.0.0.1:9"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("can’t be reached");
  expect((await ann.run(["verify", "http://yan.example"])).err).toContain("without encryption");
});
