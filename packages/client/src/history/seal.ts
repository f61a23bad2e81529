/**
 * Seals the pointer to a part for the devices that the new account has when the message is sent (docs/spec/groups.md
 * GR32.4).
 */
import type { Body, BodyOf } from "@yanshu/content";
import { type Group, sealTo } from "@yanshu/mls";
import { readHandoverPart } from "@yanshu/store";
import { equalBytes, limits } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { sealedWithin } from "../messages/seals.ts";

/** Makes the body as it is sent; in the outbox it only names the part. */
export async function handNow(engine: Engine, group: Group, { account, place }: BodyOf<"handed">): Promise<Body> {
  const part = readHandoverPart(engine.db, group.state.conversation, account, place);
  const readers = group.members.filter((member) => equalBytes(member.account, account)).slice(0, limits.devicesMax);
  if (part === undefined || readers.length === 0) return { kind: "unavailable", seqs: [] };
  const context = sealedWithin("history", group, ownOf(engine).device);
  const sealed = await Promise.all(
    readers.map(async ({ device, sealKey }) => ({
      reader: device,
      sealed: await sealTo(engine.ports.crypto, sealKey, context, part.pointer),
    })),
  );
  return { kind: "handed", account, place, sealed };
}
