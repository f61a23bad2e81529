/**
 * Malice: a member whose device does not keep the rules. It posts with the keys of the epoch, as only a member can,
 * what no client would: an envelope of noise; a commit that the gate takes and that nobody, or not everybody, can
 * follow, so that the conversation must be mended; or it says something under the id of another's message.
 */
import { type Crypto, type Group, type Member, sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { falseRemoval, spoiltPath } from "@yanshu/mls/testing";
import { concat, encodeParts, equalBytes, listHashOf, type PostHeader } from "@yanshu/wire";
import { commitHeader, postInTheDark } from "../../world/dark.ts";
import type { Person } from "../../world/person.ts";
import type { Standing } from "../disk.ts";
import { loadGroup } from "../group-devices.ts";
import type { Simulation } from "../simulation.ts";
import { type Act, anywhere, label } from "./act.ts";

const noiseBytes = 200;
/** At most so many a seed: each costs a founding. */
const maliceMax = 2;

/** What it posts, and with which of the epoch's keys. */
type Post =
  | { readonly mode: "application"; readonly mls: Uint8Array }
  | { readonly mode: "commit"; readonly mls: Uint8Array; readonly next: Group | undefined };
type Misdeed = (sim: Simulation, crypto: Crypto, group: Group) => Post | undefined | Promise<Post | undefined>;

export const malice: Act = async (sim) => {
  if (sim.ledger.malice >= maliceMax) return undefined;
  const at = anywhere(sim, ({ kind, state, groupId }) => kind !== "own" && state === "open" && groupId !== null);
  if (at === undefined) return undefined;
  const kind = sim.chance.pick(kinds);
  const did = kind === "id" ? stealsId(at.person, at.standing) : await posts(sim, at.person, at.standing, kind);
  if (!did) return undefined;
  sim.ledger.malice++;
  return `${at.person.device} slips a false ${kind} into ${label(at.standing.conversation)}`;
};

const misdeeds = {
  /** Noise that the gate takes for somebody's words. */
  message: (sim) => ({ mode: "application", mls: sim.chance.bytes(noiseBytes) }),
  /** Noise that the gate takes for the commit of this epoch. */
  commit: (sim) => ({ mode: "commit", mls: sim.chance.bytes(noiseBytes), next: undefined }),
  /** Fresh keys on a path that some, or all, cannot open: they stop, and the others go on. */
  path: async (sim, crypto, group) => {
    const spoilsAll = sim.chance.next() < 0.3;
    const { commit, next } = await spoiltPath(crypto, group, () => spoilsAll || sim.chance.next() < 0.5);
    return { mode: "commit", mls: commit, next };
  },
  /** A removal that only its victim believes (GR3.7). */
  removal: async (sim, crypto, group) => {
    const { roles, kind } = group.state;
    const roleOf = ({ account }: Member) => roles.find((one) => equalBytes(one.account, account));
    const own = group.members.find(({ leaf }) => leaf === group.ownLeaf);
    const victims = group.members.filter((member) => roleOf(member) === undefined && member.leaf !== group.ownLeaf);
    if (kind !== "group" || own === undefined || roleOf(own) === undefined || victims.length === 0) return undefined;
    const { account } = sim.chance.pick(victims);
    const leaves = victims.filter((member) => equalBytes(member.account, account)).map(({ leaf }) => leaf);
    return { mode: "commit", mls: await falseRemoval(crypto, group, leaves), next: undefined };
  },
} satisfies Record<string, Misdeed>;
const kinds = ["message", "commit", "path", "removal", "id"] as const;

/** Something unsent takes the id of somebody else's message; both must be read. */
function stealsId({ disk }: Person, { bytes }: Standing): boolean {
  // What was edited, recalled or quoted under its id before would be spoken of under a name that nobody has.
  const mine = disk.get<{ id: Uint8Array }>(
    `SELECT id FROM outbox AS o WHERE conversation = ? AND shown = 1 AND seq IS NULL
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = o.conversation AND instr(body, o.id) > 0) LIMIT 1`,
    bytes,
  );
  const other = disk.get<{ id: Uint8Array }>(
    "SELECT id FROM messages WHERE conversation = ? AND kind = 'text' AND id NOT IN (SELECT id FROM outbox) LIMIT 1",
    bytes,
  );
  if (mine === undefined || other === undefined) return false;
  const taken = disk.get(
    "SELECT 1 FROM messages WHERE conversation = ? AND id = ? AND state <> 'sent'",
    bytes,
    other.id,
  );
  if (taken !== undefined) return false;
  return disk.transaction(() => {
    const changed = disk.run(
      "UPDATE OR IGNORE messages SET id = ? WHERE conversation = ? AND id = ?",
      other.id,
      bytes,
      mine.id,
    );
    if (changed > 0) disk.run("UPDATE outbox SET id = ? WHERE id = ?", other.id, mine.id);
    return changed > 0;
  });
}

/** Posts with the keys of the epoch that `person` holds, and tells their device nothing of it. */
export async function posts(
  sim: Simulation,
  person: Person,
  { groupId }: Pick<Standing, "groupId">,
  kind: keyof typeof misdeeds,
): Promise<boolean> {
  const crypto = createBunCrypto({ random: sim.chance.bytes });
  const group = groupId === null ? undefined : await loadGroup(person.disk, groupId);
  const post = group && (await misdeeds[kind](sim, crypto, group));
  if (group === undefined || post === undefined) return false;
  const addresses = group.members.map(({ address }) => address);
  const { tag, envelopeKey: key, postToken: token } = group.keys;
  const envelope =
    post.mode === "application"
      ? concat(Uint8Array.of(0), tag, post.mls)
      : await sealGroupEnvelope(crypto, { tag, key }, { mls: post.mls, histories: [] });
  const parts = encodeParts([{ target: { kind: "list", list: listHashOf(crypto.sha256, addresses) }, envelope }]);
  const { gate } = group.state;
  const { epoch } = group;
  const header: PostHeader =
    post.mode === "application"
      ? { mode: "application", gate, epoch, token }
      : await commitHeader(crypto, group, parts, post.next);
  postInTheDark(sim.world, `${person.device} in the dark`, addresses, [{ header, parts }]);
  return true;
}
