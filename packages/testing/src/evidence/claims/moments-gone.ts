/**
 * R2.5 of Moments: a post is deleted, and a day later nothing of it, nor of what was said on it, is in home's files or
 * on the disks of three friends who came by (docs/spec/moments.md MO10, MO11, MO24).
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headerBytes, wordSizes } from "@yanshu/client/moments";
import { toHex, utf8 } from "@yanshu/wire";
import { looked as lookedAt } from "../../world/moments.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { type Check, noneOf } from "../check.ts";

const dayMs = 86_400_000;
const said = ["饺子下锅了-7f1c", "来一碗-9d2e", "留着呢-4b8a"] as const;
/** Of the picture: no other byte string of the run has it. */
const pixels = Uint8Array.from({ length: 6_000 }, (_, at) => (at * 151 + 17) & 255);

/** @param isDeleted for the test of the evidence: false, and the post stays. */
export async function takenBack(isDeleted = true): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-taken-back-"));
  try {
    return await seek(folder, isDeleted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seek(folder: string, isDeleted: boolean): Promise<Check> {
  const path = join(folder, "home.db");
  const world = new World({ seed: 619, files: true, logPath: path });
  const ann = await world.person("Ann");
  const friends = [await world.person("Ben"), await world.person("Cleo"), await world.person("Dora")];
  for (const [at, friend] of friends.entries())
    for (const other of [ann, ...friends.slice(0, at)]) await world.befriend(other, friend);
  const looked = () => lookedAt(world, ann, ...friends);
  const post = async (text: string) => {
    const picture = { type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
    return ann.api.postMoment({
      text,
      pictures: [{ ...picture, source: new Blob([pixels]) }],
      audience: { who: "all" },
    });
  };
  await post("这条留下");
  await looked();
  const before = holesIn(path);
  const kept = world.blobs?.files.size ?? 0;
  const id = await post(said[0]);
  await looked();
  for (const [at, friend] of friends.slice(0, 2).entries())
    await world.during(friend.api.commentMoment(id, said[at + 1] as string));
  await looked();
  for (const friend of friends)
    for (const { file } of friend.view("moment", id)?.pictures ?? [])
      await world.during(friend.api.readFile(file.handle, 0, file.bytes));
  // What covers others leads to no word, and stays.
  const words = ann.disk.all<{ header: Uint8Array; name: Uint8Array }>("SELECT header, name FROM moment_words");
  const spoken = new Set(words.flatMap(({ header, name }) => [toHex(header), toHex(name)]));
  const isOfIt = (name: string, { length }: Buffer) =>
    !before.has(name) && ((length !== headerBytes && length !== wordSizes[0]) || spoken.has(name));
  const values = [...holesIn(path)].flatMap(([name, value]) => (isOfIt(name, value) ? [value] : []));
  const ofThree = () => friends.reduce((sum, friend) => sum + onDisk(friend), 0);
  const stood = { home: found(folder, values), blobs: (world.blobs?.files.size ?? 0) - kept, friends: ofThree() };
  if (isDeleted) await world.during(ann.api.deleteMoment(id));
  await looked();
  await looked();
  await world.pass(dayMs);
  world.log.tidy();
  const home = found(folder, values);
  const blobs = (world.blobs?.files.size ?? 0) - kept;
  const left = ofThree();
  const reads = [ann, ...friends].every((person) => person.view("moment", id) === undefined);
  return noneOf(
    "P2.taken-back",
    "a day after a post of Moments was deleted, nothing of it or of what was said on it is at home, or on the disks of three friends",
    {
      hits: home + blobs + left + (reads || !isDeleted ? 0 : 1),
      figure:
        `${home} of ${values.length} holes and ${blobs} of ${stood.blobs} files left at home, ${left} of ${stood.friends} ` +
        "texts and pictures on three friends' disks",
      unit: "left",
    },
    stood.home === values.length && values.length > 60 && stood.blobs > 0 && stood.friends >= 3 * said.length,
  );
}

function holesIn(path: string): ReadonlyMap<string, Buffer> {
  const db = new Database(path, { readonly: true });
  const rows = db.query("SELECT hole, value FROM holes").all() as { hole: Uint8Array; value: Uint8Array }[];
  db.close();
  return new Map(rows.map(({ hole, value }) => [Buffer.from(hole).toString("hex"), Buffer.from(value)]));
}

/** How many of these values stand in any file of home's. */
function found(folder: string, values: readonly Buffer[]): number {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return values.filter((value) => files.some((bytes) => bytes.includes(value.subarray(0, 32)))).length;
}

/** Texts of it in the bytes of a device's database, with what it freed, and pictures among its files. */
function onDisk(person: Person): number {
  const bytes = Buffer.from(person.takeSnapshot());
  const texts = said.filter((text) => bytes.includes(utf8(text))).length;
  return texts + (person.files?.size ?? 0);
}
