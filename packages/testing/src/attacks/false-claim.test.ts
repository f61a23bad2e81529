/**
 * What a home may answer to who draws somebody's key packages, and is believed nothing of (docs/spec/identity.md ID19).
 */
import { expect, test } from "bun:test";
import { createMls } from "@yanshu/mls";
import { type Bytes, type CallResult, fromHex, historyOf } from "@yanshu/wire";
import { crypto, ghostOf } from "../evidence/evil/ghost.ts";
import { answerClaims } from "../evidence/evil/operator.ts";
import { type Person, World, worldDomain } from "../index.ts";
import { entryBy, keyOn, listAt } from "./accounts.ts";

type Claim = CallResult<"claim">;

/** Ann asks Ben by his link, and home answers her claim as it likes. */
async function claimed(
  seed: number,
  change: (answer: Claim, ben: Person, cat: Person, world: World) => Promise<Claim>,
) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const link = await world.during(ben.api.myLink());
  // What is answered is known before it is asked: a meddler answers at once.
  const changed = await change(await claimOf(world, ben), ben, cat, world);
  const answered = answerClaims(world, ann, () => changed);
  const asked = world.during(ann.api.requestContact({ link, greeting: "hello", scanned: true }));
  const outcome = await asked.then(
    () => "asked",
    (error: { code: string }) => error.code,
  );
  await world.pass(10_000);
  expect(answered()).toBeGreaterThan(0);
  return { ann, ben, outcome };
}

async function claimOf(world: World, person: Person): Promise<Claim> {
  const bytes = person.disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = 0")?.bytes;
  const device = fromHex(person.view("status").me?.device ?? "");
  if (bytes === undefined) throw new Error("no package");
  const account = fromHex(person.account);
  return { account, history: historyOf(await listAt(world, person.account)), packages: [{ device, package: bytes }] };
}

/** A package that `by` signed, and that says that it is `of`'s. */
async function packageBy(world: World, by: Person, of: { account: Bytes; device: Bytes }): Promise<Bytes> {
  const seal = await crypto.sealKeyPair();
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const made = await mls.keyPackage(
    { credential: { ...of, n: 0, entryHash: new Uint8Array(32) }, deviceKey: await keyOn(by) },
    {
      server: worldDomain,
      address: crypto.random(16),
      sealKey: seal.publicKey,
      claimCap: crypto.random(16),
      features: [],
    },
    world.clock.nowMs() + 86_400_000,
  );
  return made.bytes;
}

const lists: readonly (readonly [string, Parameters<typeof claimed>[1]])[] = [
  ["another account's name", async (answer, _ben, cat) => ({ ...answer, account: fromHex(cat.account) })],
  [
    "another account's list and packages",
    async (answer, _ben, cat, world) => ({ ...(await claimOf(world, cat)), account: answer.account }),
  ],
  [
    "an entry that no device signed",
    async (answer, ben, cat, world) => {
      const entry = await entryBy(await listAt(world, ben.account), await keyOn(cat));
      return { ...answer, history: { ...answer.history, entries: [...answer.history.entries, entry] } };
    },
  ],
];

for (const [i, [what, change]] of lists.entries())
  test(`[ID19] ${what} in the answer ends the claim, and is told`, async () => {
    const { ann, ben, outcome } = await claimed(9601 + i, change);
    expect(outcome).not.toBe("asked");
    expect(ann.client.diagnostics()["list-refused"]).toBe(1);
    expect(ben.view("requests")).toEqual([]);
  });

test("[ID19] [ID20] nothing is drawn of an account whose list goes two ways", async () => {
  const { ann, ben, outcome } = await claimed(9611, async (answer, ben, cat, world) => {
    const [list, key] = [await listAt(world, ben.account), await keyOn(ben)];
    const other = (await keyOn(cat)).publicKey;
    const ways = [await entryBy(list, key), await entryBy(list, key, [key.publicKey, other])];
    return { ...answer, history: { ...answer.history, entries: [...answer.history.entries, ...ways] } };
  });
  expect(outcome).toBe("refused");
  expect(ann.client.diagnostics()["list-refused"]).toBeUndefined();
  expect(ann.view("chats")).toEqual([]);
  expect(ben.view("requests")).toEqual([]);
});

const packages: readonly (readonly [string, Parameters<typeof claimed>[1]])[] = [
  [
    "of another account",
    async (answer, _ben, cat, world) => ({
      ...answer,
      packages: [...answer.packages, ...(await claimOf(world, cat)).packages],
    }),
  ],
  [
    "of a device that the list does not name",
    async (answer, ben, _cat, world) => {
      const ghost = await ghostOf(world, ben);
      return { ...answer, packages: [...answer.packages, { device: ghost.device, package: ghost.keyPackage }] };
    },
  ],
  [
    "that names a listed device, and is signed by another's key",
    async (answer, _ben, cat, world) => {
      const [drawn] = answer.packages;
      if (drawn === undefined) throw new Error("one was drawn");
      const bytes = await packageBy(world, cat, { account: answer.account, device: drawn.device });
      // Before the honest one, so that it would be taken in its place.
      return { ...answer, packages: [{ device: drawn.device, package: bytes }, ...answer.packages] };
    },
  ],
  [
    "that says another account, for a device that is listed",
    async (answer, ben, cat, world) => {
      const [drawn] = answer.packages;
      if (drawn === undefined) throw new Error("one was drawn");
      const bytes = await packageBy(world, ben, { account: fromHex(cat.account), device: drawn.device });
      return { ...answer, packages: [{ device: drawn.device, package: bytes }, ...answer.packages] };
    },
  ],
  ["that comes twice", async (answer) => ({ ...answer, packages: [...answer.packages, ...answer.packages] })],
];

for (const [i, [what, change]] of packages.entries())
  test(`[ID19] a package ${what} is refused and told, and the honest one is used`, async () => {
    const { ann, ben, outcome } = await claimed(9621 + i, change);
    expect(outcome).toBe("asked");
    expect(ann.client.diagnostics()["device-refused"]).toBe(1);
    expect(ben.view("requests")).toHaveLength(1);
  });
