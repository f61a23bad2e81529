/**
 * That the tests of Moments notice: each of ten rules is broken once on purpose, and the test that proves it must fail
 * (docs/spec/moments.md MO64). `npm run test:graph` breaks all ten, which takes minutes; each `npm test` one.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { broken } from "./moments-broken.ts";

const client = join(import.meta.dir, "../../../client/src/features/moments");
const isLarge = process.env["YANSHU_MOMENTS_GRAPH"] === "large";
const noticed = "an audience that is not looked at";

async function run(at: number): Promise<{ readonly code: number; readonly said: string }> {
  const [file, name] = broken[at]?.test ?? ["", ""];
  const args = [
    "test",
    "--preload",
    join(import.meta.dir, "moments-broken.ts"),
    join(import.meta.dir, file),
    "-t",
    name,
  ];
  const child = Bun.spawn([process.execPath, ...args], {
    env: { ...process.env, YANSHU_MOMENTS_BROKEN: `${at}`, YANSHU_MOMENTS_GRAPH: "" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = (await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])).join("");
  return { code: await child.exited, said };
}

test("[MO64] what is broken stands in the source as it is broken here", () => {
  expect(broken.length).toBe(10);
  for (const { file, from } of broken) expect(readFileSync(join(client, file), "utf8")).toContain(from);
});

for (const [at, { what }] of broken.entries())
  test.if(isLarge || what === noticed)(
    `[MO64] a test notices ${what}`,
    async () => {
      const { code, said } = await run(at);
      expect([code, /\n 0 pass\n/.test(said), /\n 1 fail\n/.test(said)]).toEqual([1, true, true]);
      // It fails for what it looks at, and not since nothing could be loaded.
      expect(said).toMatch(/expect\(|never came true/);
    },
    300_000,
  );
