/** P3: a device that the operator slips in for somebody. */
import type { Hex } from "@yanshu/client";
import { equalBytes, fromHex, toHex } from "@yanshu/wire";
import { groupDevices } from "../../sim/group-devices.ts";
import type { Person } from "../../world/person.ts";
import type { World } from "../../world/world.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, people, refusalOf, watchedWorld } from "./attack.ts";
import { entryNaming, type Ghost, ghostOf, stolenKey } from "./ghost.ts";
import { addressesPosted, answerClaims, diagnosticsOf, noticed } from "./operator.ts";

/** An unlisted device's key package beside the real ones. */
export const ghostPackage: Attack = async (weakness = {}) => {
  const world = watchedWorld(501, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const ghost = await ghostOf(world, ben);
  const entry = weakness.stolenKey === true ? [await entryNaming(ben, ghost, await stolenKey(ben))] : [];
  const answered = answerClaims(world, ann, (answer) => ({
    ...answer,
    history: { ...answer.history, entries: [...answer.history.entries, ...entry] },
    packages: [...answer.packages, { device: ghost.device, package: ghost.keyPackage }],
  }));
  const link = await world.during(ben.api.myLink());
  const chat = await world.during(ann.api.requestContact({ link, greeting: "hello", scanned: true }));
  const arrives = await comesTrue(world, () => ben.view("requests").length > 0);
  return allOf(
    "P3.ghost-device",
    "a key package of a device that the list does not name: refused, seen, and nothing encrypted to it",
    {
      refused: !(await isInTree(ann, chat, ghost)),
      noticed: noticed(ann, "device-refused") > 0,
      "told in a line": ann.lines(chat).includes("device-refused"),
      "nothing sent to it": isLeftOut(world, ghost),
      "the honest device is reached": arrives,
    },
    answered() > 0,
    diagnosticsOf(ann),
  );
};

/** The ghost's package under the name of the listed device, whose own is kept back. */
export const ghostInPlace: Attack = async (weakness = {}) => {
  const world = watchedWorld(502, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const ghost = await ghostOf(world, ben);
  const answered = answerClaims(world, ann, (answer) => ({
    ...answer,
    packages: answer.packages.map(({ device }) => ({ device, package: ghost.keyPackage })),
  }));
  const link = await world.during(ben.api.myLink());
  const refusal = await refusalOf(world.during(ann.api.requestContact({ link, greeting: "hello", scanned: true })));
  await world.pass(10_000);
  return allOf(
    "P3.ghost-in-place",
    "a listed device's package replaced by a ghost's: refused and seen, the real one counted as withheld",
    {
      "the person is told": refusal !== undefined,
      noticed: noticed(ann, "device-refused") > 0 && noticed(ann, "package-withheld") > 0,
      "nothing sent to it": isLeftOut(world, ghost),
    },
    answered() > 0,
    `${refusal ?? "not refused"}; ${diagnosticsOf(ann)}`,
  );
};

/** A list entry that names the ghost. */
export const ghostEntry: Attack = async (weakness = {}) => {
  const world = watchedWorld(503, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const chat = await world.befriend(ann, ben);
  await world.befriend(ann, cat);
  const group = await world.group(ann, [cat], "Choir");
  const ghost = await ghostOf(world, ben);
  const signer = weakness.stolenKey === true ? await stolenKey(ben) : ghost.deviceKey;
  const entry = await entryNaming(ben, ghost, signer);
  const answered = answerClaims(world, ann, (answer) =>
    equalBytes(answer.account, fromHex(ben.account))
      ? {
          ...answer,
          history: { ...answer.history, entries: [...answer.history.entries, entry] },
          packages: [...answer.packages, { device: ghost.device, package: ghost.keyPackage }],
        }
      : answer,
  );
  // While Ann adds Ben to a group, her device draws his packages again.
  await ann.api.addMembers(group, [ben.account]);
  await world.pass(20_000);
  await ann.say(chat, "are you there?");
  const reads = await comesTrue(world, () => ben.reads(chat).includes("are you there?"));
  const listed = ann.disk.get<{ n: number }>(
    "SELECT max(n) AS n FROM account_entries WHERE account = ?",
    fromHex(ben.account),
  );
  return allOf(
    "P3.ghost-entry",
    "a list entry that no device of the account signed: refused, seen, nothing encrypted to what it names",
    {
      refused: listed?.n === 0 && !(await isInTree(ann, group, ghost)),
      noticed: noticed(ann, "list-refused") > 0,
      "told in a line, once": ann.lines(chat).filter((kind) => kind === "device-refused").length === 1,
      "nothing sent to it": isLeftOut(world, ghost),
      "the old conversation goes on": reads,
    },
    answered() > 0,
    `${answered()} forged answers; ${diagnosticsOf(ann)}`,
  );
};

async function isInTree(person: Person, conversation: Hex, ghost: Ghost): Promise<boolean> {
  const row = person.disk.get<{ group_id: Uint8Array | null }>(
    "SELECT group_id FROM conversations WHERE conversation = ?",
    fromHex(conversation),
  );
  if (row?.group_id == null) return false;
  const devices = await groupDevices(person.disk, row.group_id);
  return devices?.some(({ device }) => device === toHex(ghost.device)) ?? false;
}

function isLeftOut(world: World, ghost: Ghost): boolean {
  return !addressesPosted(world).has(toHex(ghost.address));
}
