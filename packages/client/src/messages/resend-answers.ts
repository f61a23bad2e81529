/**
 * Answers to who asks for what is missing (docs/spec/sync.md SY9), made when they go out: by then somebody may have
 * come, or the words may be gone.
 */
import type { Body, BodyOf, Message } from "@yanshu/content";
import { type Group, type Member, openSealed, sealTo } from "@yanshu/mls";
import { readAddress, readSent } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { accountsOf } from "../group-state/store-group.ts";
import { somebodyJoined } from "./roster.ts";
import { sealedIn, sealedWithin } from "./seals.ts";

/** So that it fits into a message with its padding (GR8.3). */
const sealableMax = 400 * 1024;
const nothing = new Uint8Array();

/** As it waits in the outbox: whom it is for, without the words. */
export function answerFor({ device }: Pick<BodyOf<"ask">, "device">, seq: number): Body {
  return { kind: "againTo", seq, reader: device, sealed: nothing };
}

/** To all who are here if it was for all of them; else to the device that asked alone, if it was for that. */
export async function answerNow(engine: Engine, group: Group, { seq, reader }: BodyOf<"againTo">): Promise<Body> {
  const sent = readSent(engine.db, group.state.conversation, seq);
  if (sent === undefined) return { kind: "gone", seqs: [seq] };
  const { message, roster } = sent;
  if (!somebodyJoined(roster, accountsOf(group.members))) return { kind: "again", seq, message };
  const asker = group.members.find(({ device }) => equalBytes(device, reader));
  const isForThem = asker !== undefined && !somebodyJoined(roster, [asker.account]);
  if (!isForThem || message.length > sealableMax) return { kind: "gone", seqs: [seq] };
  const context = sealedWithin("answer", group, ownOf(engine).device);
  return { kind: "againTo", seq, reader, sealed: await sealTo(engine.ports.crypto, asker.sealKey, context, message) };
}

export function isSealedForUs(engine: Engine, { body }: Message): boolean {
  return body.kind === "againTo" && equalBytes(body.reader, ownOf(engine).device);
}

/** What was sealed to this device, as if it were said to all. */
export async function unsealed(
  engine: Engine,
  group: Group,
  sender: Pick<Member, "device">,
  message: Message,
): Promise<Message> {
  const { body } = message;
  if (body.kind !== "againTo" || !isSealedForUs(engine, message)) return message;
  const row = readAddress(engine.db, ownAddress(group));
  const context = sealedIn("answer", group, sender.device, message);
  const said = row && (await openSealed(engine.ports.crypto, row.seal_private, context, body.sealed));
  return said === undefined ? message : { ...message, body: { kind: "again", seq: body.seq, message: said } };
}
