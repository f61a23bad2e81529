/** Capabilities without end: what was given and taken back takes no more room than what a device may have. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bytes, limits } from "@yanshu/wire";
import { defaultConfig } from "../core/config.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

test("[DS5] who gives links and takes them back without end fills no disk", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-capabilities-"));
  const path = join(folder, "yanshu.db");
  const home = new TestServer({ path });
  const phone = await (await home.person("ann")).phone.signIn(home);
  for (let round = 0; round < 40; round++) {
    const add = Array.from({ length: limits.capabilitiesPerCallMax }, (_, i) =>
      new Uint8Array(32).fill(round).fill(i, 1, 2),
    );
    await phone.call("capabilities", { add, remove: [] });
    await phone.call("capabilities", { add: [], remove: add });
  }
  const [[rows]] = new Database(path, { readonly: true }).query("SELECT count(*) FROM capabilities").values() as [
    [number],
  ];
  expect(rows).toBeGreaterThan(defaultConfig.capabilitiesPerDevice - 1);
  expect(rows).toBeLessThanOrEqual(defaultConfig.capabilitiesPerDevice + limits.capabilitiesPerCallMax);
  home.server.stop();
  home.log.close();
  rmSync(folder, { recursive: true });
});

test("[DS5] a device has so many capabilities, and no more until it takes some back", async () => {
  const home = new TestServer({ config: { capabilitiesPerDevice: 2 } });
  const phone = await (await home.person("ann")).phone.signIn(home);
  const [one, two, three] = [1, 2, 3].map((value) => new Uint8Array(32).fill(value)) as [Bytes, Bytes, Bytes];
  await phone.call("capabilities", { add: [one, two], remove: [] });
  expect(await refusal(phone.call("capabilities", { add: [three], remove: [] }))).toBe("too-large");
});
