/** A backup that is made while people write, and a server that goes on from it after its disk died. */
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment } from "../evidence/real/deployment.ts";
import { until } from "../evidence/real/device.ts";

const mainFile = join(import.meta.dir, "../../../server/src/main.ts");

test("[DS54] [DS55] the disk dies under load, a backup made under load is put back, and all that was said is read by all @long", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-put-back-"));
  const deployment = await Deployment.start();
  try {
    const [ann, ben] = [await deployment.person("Ann"), await deployment.person("Ben")];
    const chat = await deployment.befriend(ann, ben);
    await deployment.settled();
    const said: string[] = [];
    const writing = (async () => {
      for (let n = 0; n < 150; n++) {
        const by = n % 2 === 0 ? ann : ben;
        said.push(`${n} of ${by.name}`);
        await by.api.sendText(chat, `${n} of ${by.name}`);
        await Bun.sleep(12);
      }
    })();
    const copy = join(folder, "copy");
    const backup = Bun.spawn([process.execPath, mainFile, "backup", "--data", deployment.server.folder, "--to", copy], {
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(await backup.exited).toBe(0);
    expect(await new Response(backup.stdout).text()).toContain("Backed up: the database");
    await until("some more is said", () => said.length > 100);
    await deployment.server.killAndStart((data) => {
      for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
      const args = ["restore", "--from", copy, "--data", data];
      expect(Bun.spawnSync([process.execPath, mainFile, ...args], { stderr: "inherit" }).exitCode).toBe(0);
    });
    await writing;
    await deployment.reconnect();
    // What was on its way to somebody when the disk died shows as missing at the next word, and is asked for.
    for (const one of [ann, ben]) await one.api.sendText(chat, `back, says ${one.name}`);
    said.push("back, says Ann", "back, says Ben");
    const isRead = () => [ann, ben].every((one) => said.every((text) => one.has(chat, text)));
    await until("all of it is read by both", isRead, 150_000); // One after the other, on a busy machine.
    for (const one of [ann, ben]) expect(new Set(one.reads(chat)).size).toBe(one.reads(chat).length);
    expect([...ann.bugs, ...ben.bugs]).toEqual([]);
  } finally {
    await deployment.end();
    rmSync(folder, { recursive: true, force: true });
  }
}, 200_000);
