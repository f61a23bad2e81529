/**
 * Thief: who taps a device's line and has a copy of a member's state, and what they read with both (docs/spec/groups.md
 * GR25).
 */
import type { Hex } from "@yanshu/client";
import { decodeMessage } from "@yanshu/content";
import { createMls, type Group, openGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { decodeEnvelope, decodeServerFrame, fromHex, type Push, toHex } from "@yanshu/wire";
import { pushFrame } from "./drops.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

export type Tapped = { readonly push: Push; readonly atMs: number };

/** What comes for somebody, as a tap on the line has it. */
export function tap(world: World, person: Person): readonly Tapped[] {
  const tapped: Tapped[] = [];
  world.network.meddle(person.device, (frame) => {
    const decoded = frame[0] === pushFrame ? decodeServerFrame(frame) : undefined;
    if (decoded?.type === "push") tapped.push({ push: decoded.push, atMs: world.clock.nowMs() });
    return [frame];
  });
  return tapped;
}

export const isCommit = ({ push }: Tapped) => push.mode === "commit";

/** Follows the group as far as a copy of a member's state leads: the texts that it opens. */
export async function readWith(copy: Group, pushes: readonly Push[]): Promise<readonly string[]> {
  const crypto = createBunCrypto();
  const mls = createMls(crypto, { nowMs: () => 0 });
  const texts: string[] = [];
  let group = copy;
  for (const push of pushes) {
    const envelope = decodeEnvelope(push.envelope);
    if (envelope.kind === "sealed" || toHex(envelope.tag) !== toHex(group.keys.tag)) continue;
    const body = await openGroupEnvelope(crypto, { tag: group.keys.tag, key: group.keys.envelopeKey }, push.envelope);
    const received = body && (await mls.receive(group, body.mls, () => "listed"));
    if (received?.kind === "commit") group = received.group;
    if (received?.kind !== "application") continue;
    group = received.group;
    const said = decodeMessage(received.data).body;
    if (said.kind === "text") texts.push(said.text);
  }
  return texts;
}

export function groupOf(
  person: Person,
  conversation: Hex,
): { readonly group_id: Uint8Array; readonly epoch: number; readonly address: Uint8Array } {
  const row = person.disk.get<{ group_id: Uint8Array; epoch: number; address: Uint8Array }>(
    "SELECT group_id, epoch, address FROM groups JOIN conversations USING (group_id) WHERE conversations.conversation = ?",
    fromHex(conversation),
  );
  if (row === undefined) throw new Error("no group");
  return row;
}
