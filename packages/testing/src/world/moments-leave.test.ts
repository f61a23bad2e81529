/** An account that uses Moments is deleted (docs/spec/moments.md MO56, HO11): nothing of it stays at home. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { toHex } from "@yanshu/wire";
import { World } from "../index.ts";
import { looked, OpenHome, picture, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

test("[MO56] [HO11] who deletes the account leaves no hole and no file at home, of another own device neither", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 976, files: true, logPath: home.path });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  await world.befriend(ann, ben);
  await world.befriend(ann, cleo);
  const bens = await ben.api.postMoment(words("of Ben"));
  await looked(world, ben);
  const names = () => home.db.query("SELECT hole FROM holes").all() as { hole: Uint8Array }[];
  const others = new Set(names().map(({ hole }) => toHex(hole)));
  expect(others.size).toBeGreaterThan(64);
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet, cleo);
  await world.during(ann.api.postMoment({ ...words("one"), pictures: [picture()] }));
  await looked(world, ann, tablet);
  for (const text of ["two", "three"]) await tablet.api.postMoment(words(text));
  await tablet.api.commentMoment(bens, "from the tablet");
  await ann.api.commentMoment(bens, "from the phone");
  await ann.api.setStatus({ icon: "busy", text: "", audience: { who: "all" } });
  await looked(world, ann, tablet, cleo);
  // The way to Cleo is another from now on, and so is that of Ann.
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await ann.api.postMoment(words("four"));
  await looked(world, ann, ben, cleo);
  expect(texts(cleo)).toEqual(["four", "three", "two", "one"]);
  expect([names().length > 500, world.blobs?.files.size]).toEqual([true, 1]);
  // Ben's and Cleo's devices said nothing since.
  await world.during(ann.api.deleteAccount());
  await world.until(
    "it is done",
    () => ann.view("status").phase !== "ready" && ann.disk.all("SELECT 1 FROM moments").length === 0,
    600_000,
  );
  expect(names().filter(({ hole }) => !others.has(toHex(hole)))).toEqual([]);
  expect(world.blobs?.files.size).toBe(0);
  // What is kept on others' devices stays with them.
  expect(texts(ben)).toContain("four");
  expect(world.bugs()).toEqual([]);
  home.end();
});
