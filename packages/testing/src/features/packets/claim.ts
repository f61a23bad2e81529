/** U9: a packet is reckoned alike by every member's device, from the record alone (docs/spec/packets.md RP8). */
import { createHash } from "node:crypto";
import type { PacketItem, PacketProof } from "@yanshu/client";
import { commitment } from "@yanshu/client/split";
import { type Bytes, equalBytes, fromHex } from "@yanshu/wire";
import { allOf, type Check } from "../../feature.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";

const names = ["Ann", "Ben", "Cat", "Dan", "Eve"] as const;
const total = 8_800;

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());

/** @param isTrue for the test of the evidence: false, and one device holds another secret than was shown. */
export async function playedPacket(isTrue = true): Promise<Check> {
  const world = new World({ seed: 2_590 });
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  const [ann, ...others] = people as [Person, ...Person[]];
  const group = await world.group(ann, others, "一家人");
  const terms = { of: "points", currency: "", total, shares: names.length, mode: "lucky", wish: "平安" } as const;
  const id = await ann.api.sendPacket(group, terms);
  const ref = { author: ann.account, id };
  const itemOf = (person: Person): PacketItem | undefined => {
    const body = person.items(group).find((one) => one.id === id)?.body;
    return body?.kind === "packet" ? body : undefined;
  };
  await world.until("all see it", () => people.every((one) => itemOf(one) !== undefined));
  await Promise.all(people.map((one) => one.api.takePacket(group, ref)));
  await world.until("all has been shown", () => people.every((one) => itemOf(one)?.isDone === true));
  if (!isTrue) ann.disk.run("DELETE FROM marks WHERE kind = 'packetShow'");

  const proofs = people.flatMap((one) => one.view("packetProof", group, ref) ?? []);
  const lotsOf = ({ item }: PacketProof) =>
    item.lots.map(({ person, amount, isFinal }) => `${person.account} ${amount} ${isFinal}`).join(" | ");
  const lots = new Set(proofs.map(lotsOf));
  const cuts = new Set(proofs.map(({ pots }) => JSON.stringify(pots.map(({ secrets, draw }) => ({ secrets, draw })))));
  const sums = proofs.map(({ item }) => item.lots.reduce((sum, { amount }) => sum + amount, 0));
  const checked = proofs.flatMap(({ pots }) =>
    pots.flatMap(({ first, second, commitments, secrets }) =>
      (
        [
          [first.account, "right", 0],
          [second.account, "left", 1],
        ] as const
      ).map(([account, side, at]) => {
        const secret = secrets[at];
        if (secret === undefined) return false;
        const made = commitment(sha256, fromHex(id), fromHex(account), side, fromHex(secret));
        return equalBytes(made, fromHex(commitments[at]));
      }),
    ),
  );
  return allOf(
    "P3.packet",
    "what each one gets of a red packet follows from what its openers showed, alike on every device",
    {
      "each member's device has the same lots": proofs.length === names.length && lots.size === 1,
      "and the same secrets and cuts": cuts.size === 1,
      "nothing is lost or made": sums.every((sum) => sum === total),
      "every secret is the one that was committed to": checked.every(Boolean),
    },
    proofs.length > 0 && checked.length > 0,
    `${proofs.length} devices, ${checked.length} secrets against what was committed to, ${lots.size} result`,
  );
}
