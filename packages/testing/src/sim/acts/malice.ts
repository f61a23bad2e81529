/**
 * Malice: a member whose device does not keep the rules. It posts with the keys of the epoch, as only a member can,
 * what no client would: an envelope of noise, or a commit of noise that the gate takes, so that the conversation is
 * wedged and must be founded anew; or it says something under the id of another's message.
 */
import { sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  concat,
  encodeCall,
  encodeParts,
  encodePost,
  gateBytes,
  listHashOf,
  type PostHeader,
  postHashOf,
} from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import type { Standing } from "../disk.ts";
import { loadGroup } from "../group-devices.ts";
import type { Town } from "../town.ts";
import { type Act, anywhere, label } from "./act.ts";

const noiseBytes = 200;
/** At most so many a seed: each costs a founding. */
const maliceMax = 2;

export const malice: Act = async (town) => {
  if (town.ledger.malice >= maliceMax) return undefined;
  const at = anywhere(town, ({ kind, state, groupId }) => kind !== "own" && state === "open" && groupId !== null);
  if (at === undefined) return undefined;
  const kind = town.chance.pick(["message", "commit", "id"] as const);
  const did = kind === "id" ? stealsId(at.person, at.standing) : await postsNoise(town, at.person, at.standing, kind);
  if (!did) return undefined;
  town.ledger.malice++;
  return `${at.person.device} slips a false ${kind} into ${label(at.standing.conversation)}`;
};

/** Something unsent takes the id of somebody else's message; both must be read. */
function stealsId({ disk }: Person, { bytes }: Standing): boolean {
  const mine = disk.get<{ id: Uint8Array }>(
    "SELECT id FROM outbox WHERE conversation = ? AND shown = 1 AND seq IS NULL LIMIT 1",
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

async function postsNoise(
  town: Town,
  person: Person,
  { groupId }: Standing,
  kind: "message" | "commit",
): Promise<boolean> {
  const crypto = createBunCrypto({ random: town.chance.bytes });
  const group = groupId === null ? undefined : await loadGroup(person.disk, groupId);
  if (group === undefined) return false;
  const addresses = group.members.map(({ address }) => address);
  const { tag, envelopeKey: key, postToken: token, postKey } = group.keys;
  const envelope =
    kind === "message"
      ? concat(Uint8Array.of(0), tag, town.chance.bytes(noiseBytes))
      : await sealGroupEnvelope(crypto, { tag, key }, { mls: town.chance.bytes(noiseBytes), histories: [] });
  const parts = encodeParts([{ target: { kind: "list", list: listHashOf(crypto.sha256, addresses) }, envelope }]);
  const { gate } = group.state;
  const { epoch } = group;
  let header: PostHeader = { mode: "application", gate, epoch, token };
  if (kind === "commit") {
    const unsigned = {
      mode: "commit" as const,
      gate,
      epoch,
      nextPostKey: town.chance.bytes(32),
      nextTokenHash: town.chance.bytes(32),
      signature: new Uint8Array(64),
    };
    const signature = await crypto.sign(postKey.privateKey, gateBytes(unsigned, postHashOf(crypto.sha256, parts)));
    header = { ...unsigned, signature };
  }
  const socket = town.world.network.connect(`${person.device} in the dark`, {
    open: () => {
      socket.send(encodeCall(1, "hello", { versions: [1] }));
      socket.send(encodeCall(2, "uploadList", { addresses }));
      socket.send(encodePost(3, header, parts));
    },
    message: () => undefined,
    closed: () => undefined,
  });
  return true;
}
