/** R2.8: an account is deleted, and a day later nothing of it is in home's files (docs/spec/delivery.md DS56, DS57). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { type Check, noneOf } from "../check.ts";
import { needlesOfBytes } from "../scan/canary.ts";
import { createMatcher } from "../scan/matcher.ts";

const hourMs = 3_600_000;

/** @param isDeleted for the test of the evidence: false, and the account stays. */
export async function deletedAccount(isDeleted = true): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-gone-"));
  try {
    return await seek(folder, isDeleted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seek(folder: string, isDeleted: boolean): Promise<Check> {
  const world = new World({ seed: 609, files: true, logPath: join(folder, "home.db") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.sendFile(chat, { source: new Blob(["一页".repeat(9_000)]), name: "页.txt", type: "text/plain" });
  await world.until("the file is at home", () => world.blobs?.files.size === 1 && ann.view("status").unsent === 0);
  await world.pass(60_000); // The vault has it.
  ben.crash(); // Away, so that messages to him wait.
  await ann.say(chat, "再见");
  await world.pass(5_000);
  const ids = [...idsOf(ann), ...idsOf(tablet)];
  const matcher = createMatcher(ids.flatMap((id, i) => needlesOfBytes(`id ${i}`, id)));
  const found = () => {
    const hits = readdirSync(folder).flatMap((name) => matcher(readFileSync(join(folder, name))));
    return new Set(hits.map(({ needle }) => needle.name)).size;
  };
  const before = found();
  if (isDeleted) {
    await world.during(ann.api.deleteAccount());
    await world.until("the device is wiped", () => ann.view("status").phase === "new", 120_000);
  }
  await world.pass(24 * hourMs);
  const after = found();
  const blobs = world.blobs?.files.size ?? 0;
  return noneOf(
    "P2.deleted",
    "a day after an account was deleted, none of its ids, keys and addresses is in home's files, and no file of its",
    {
      hits: after + blobs,
      figure: `${after} of ${ids.length} ids, keys and addresses left after 24 hours, of which ${before} stood there before; ${blobs} files`,
      unit: "left",
    },
    before > 10,
  );
}

/** Every id, key and address of a device's account that home may know. */
function idsOf(person: Person): readonly Uint8Array[] {
  const column = (sql: string, ...of: Uint8Array[]) =>
    person.disk.all<{ it: Uint8Array }>(sql, ...of).map(({ it }) => it);
  const account = fromHex(person.account);
  return [
    account,
    ...column("SELECT address AS it FROM addresses"),
    ...column("SELECT id AS it FROM own_blobs"),
    ...column("SELECT value AS it FROM meta WHERE key = 'inception'"),
    ...column("SELECT bytes AS it FROM account_entries WHERE account = ?", account),
  ];
}
