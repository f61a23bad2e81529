/** What a folder may be, and what it may not: without any server. */

import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Terminal } from "./testkit/terminal.ts";

const terminals: Terminal[] = [];
afterAll(() => {
  for (const terminal of terminals) terminal.remove();
});

function terminal(): Terminal {
  const made = new Terminal();
  terminals.push(made);
  return made;
}

test("[TE4] looking about leaves no folder behind, and says how to begin", async () => {
  const words = [["chats"], ["link"], ["tail"], ["send", "Ann", "hello"], ["approve", "x"], ["diagnostics"]];
  for (const command of words) {
    const nobody = terminal();
    expect(await nobody.run(command)).toMatchObject({ code: 1, out: "" });
    expect((await nobody.run(command, { env: { LANG: "zh_CN" } })).err).toContain("这里还没有人");
    expect(existsSync(nobody.folder)).toBe(false);
  }
});

test("[TE2] a wrong argument opens nothing", async () => {
  const nobody = terminal();
  expect((await nobody.run(["create", "--name", "Ann"])).err).toBe(
    "yanshu: LINK is missing: yanshu create LINK --name NAME\n",
  );
  expect((await nobody.run(["create", "--name", "Ann", "no link"])).err).toBe(
    "yanshu: This link can’t be read. Ask for it again\n",
  );
  expect((await nobody.run(["link-device", "two words"])).err).toContain(
    "neither the address of a server nor a link of one",
  );
  expect(existsSync(nobody.folder)).toBe(false);
});

test("[TE1] help says all, or one command, and is no failure", async () => {
  const nobody = terminal();
  const { code, out, err } = await nobody.run([]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("send CHAT [TEXT…]");
  expect(out).toContain("--insecure");
  expect((await nobody.run(["help", "read"])).out).toContain("--last K");
  expect((await nobody.run(["read", "--help", "--lang", "zh"])).out).toContain("多少条");
  expect(await nobody.run(["help", "fly"])).toMatchObject({ code: 1, out: "" });
});

test("[TE1] a folder that cannot be used is named, with why", async () => {
  const nobody = terminal();
  writeFileSync(nobody.folder, "a file");
  const link = ["link-device", "localhost:1", "--wait", "1"];
  expect((await nobody.run(link)).err).toContain(`The folder ${nobody.folder} can’t be used`);
  const damaged = terminal();
  mkdirSync(damaged.folder);
  writeFileSync(
    join(damaged.folder, "yanshu.db"),
    "this is no database, but long enough to be taken for one".repeat(20),
  );
  expect(await damaged.run(["chats"])).toMatchObject({ code: 1, out: "" });
  expect((await damaged.run(["chats"])).err).toContain(`The folder ${damaged.folder} can’t be used`);
});

test("[ST8] a folder that a newer Yanshu wrote is refused in words, and left as it is", async () => {
  const newer = terminal();
  mkdirSync(newer.folder);
  const path = join(newer.folder, "yanshu.db");
  const database = new Database(path);
  database.exec("PRAGMA user_version = 999");
  database.close();
  for (let i = 0; i < 2; i++) expect((await newer.run(["chats"])).err).toContain("was written by a newer Yanshu");
  const after = new Database(path);
  expect(after.query("PRAGMA user_version").get()).toEqual({ user_version: 999 });
  after.close();
});

test("[TE6] a home that is not there is said, and no account is made", async () => {
  const nobody = terminal();
  // Nothing listens on port 1.
  expect((await nobody.run(["link-device", "http://127.0.0.1:1"])).err).toBe(
    "yanshu: Can’t reach the server right now. Try again soon\n",
  );
  expect((await nobody.run(["chats"])).err).toContain("Nobody lives here yet");
}, 20_000);
