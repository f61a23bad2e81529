/** What home says of a member's rights, or of a post, and is not so: its word alone. */
import { decodeClientFrame, decodeServerFrame, encodeError, toHex } from "@yanshu/wire";
import { loadGroup } from "../sim/group-devices.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/** Home says to `device` that it knows none of these rights. Returns how often it did. */
export function denies(world: World, { device }: Person, rights: ReadonlySet<string>): () => number {
  let denied = 0;
  const asked = new Set<number>();
  world.network.overhear = (_connection, owner, bytes) => {
    const frame = decodeClientFrame(bytes);
    if (owner !== device || frame.type !== "call" || frame.name !== "claim") return;
    if (rights.has(toHex((frame.args as { capability: Uint8Array }).capability))) asked.add(frame.request);
  };
  world.network.meddle(device, (bytes) => {
    const frame = decodeServerFrame(bytes);
    if ((frame.type !== "result" && frame.type !== "error") || !asked.delete(frame.request)) return [bytes];
    denied++;
    return [encodeError(frame.request, "bad-capability")];
  });
  return () => denied;
}

/** Every right that somebody holds to draw key packages of another. */
export async function rightsTo(person: Person, whose: Person): Promise<ReadonlySet<string>> {
  const ids = person.disk.all<{ group_id: Uint8Array }>("SELECT group_id FROM groups");
  const groups = await Promise.all(ids.map(({ group_id }) => loadGroup(person.disk, group_id)));
  const leaves = groups.flatMap((group) => group?.members ?? []);
  return new Set(leaves.filter(({ account }) => toHex(account) === whose.account).map((one) => toHex(one.claimCap)));
}

/** Home takes no post of this mode from `device`, and says that it is malformed, until it is told to be honest. */
export function refuses(
  world: World,
  { device }: Person,
  mode: "commit" | "application",
): { count: number; isHonest: boolean } {
  const lies = { count: 0, isHonest: false };
  const asked = new Set<number>();
  world.network.overhear = (_connection, owner, bytes) => {
    const frame = decodeClientFrame(bytes);
    if (lies.isHonest || owner !== device || frame.type !== "post" || frame.post.header.mode !== mode) return;
    asked.add(frame.request);
    bytes[gateAt] = (bytes[gateAt] ?? 0) ^ 1; // To a gate that is none.
  };
  world.network.meddle(device, (bytes) => {
    const frame = decodeServerFrame(bytes);
    if (frame.type !== "error" || !asked.delete(frame.request)) return [bytes];
    lies.count++;
    return [encodeError(frame.request, "malformed")];
  });
  return lies;
}

/** After type, number of the request, and mode. */
const gateAt = 6;
