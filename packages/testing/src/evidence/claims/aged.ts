/**
 * R2.5: a message that nobody fetches is overwritten after thirty days (docs/spec/delivery.md DS23), and is in no copy
 * made from then on.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeClientFrame } from "@yanshu/wire";
import { World } from "../../world/world.ts";
import { type Check, noneOf } from "../check.ts";

const dayMs = 86_400_000;

/** @param days for the test of the evidence: how long is waited. */
export async function agedMessages(days = 31): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-aged-"));
  try {
    return await age(folder, days);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function age(folder: string, days: number): Promise<Check> {
  const world = new World({ seed: 607, logPath: join(folder, "home.db") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(5_000);
  ben.crash();
  const envelopes: Uint8Array[] = [];
  world.network.overhear = (_connection, _owner, frame) => {
    const decoded = decodeClientFrame(frame);
    if (decoded.type === "post") envelopes.push(...decoded.post.parts.map(({ envelope }) => envelope));
  };
  for (let i = 0; i < 20; i++) await ann.say(chat, `信 ${i}`);
  await world.pass(10_000);
  ann.crash();
  await world.pass(10_000);
  const seen = () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    return envelopes.filter((one) => files.some((file) => file.includes(one.subarray(40, 72)))).length;
  };
  const before = seen();
  await world.pass(days * dayMs);
  world.log.tidy();
  const after = seen();
  world.crashServer();
  return noneOf(
    "P2.aged",
    `a message that nobody fetched is overwritten after thirty days: nothing of it is in the database, its log or free pages`,
    {
      hits: after,
      figure: `${after} of ${envelopes.length} left after ${days} days; ${before} stood there before`,
      unit: "envelopes",
    },
    envelopes.length > 0 && before === envelopes.length,
  );
}
