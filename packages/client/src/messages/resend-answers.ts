/**
 * Resend answers: what this device answers to a device that asks for a missing message (docs/spec/sync.md SY9). Answers
 * are `resend` (for all), `sealedResend` (sealed to the device that asked) or `unavailable`. An answer is chosen when
 * it leaves the outbox, since until then somebody may join, or the stored message may expire.
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

/** The largest message that is sealed, in bytes: with its padding it still fits into one message (GR8.3). */
const sealableMax = 400 * 1024;
const nothing = new Uint8Array();

/** The answer as it waits in the outbox: it names the device that asked, and holds no message yet. */
export function answerFor({ device }: Pick<BodyOf<"resendRequest">, "device">, seq: number): Body {
  return { kind: "sealedResend", seq, reader: device, sealed: nothing };
}

/**
 * The answer as it is sent. `resend` if all members of today were in the group when the message was sent. Else
 * `sealedResend` if the account that asked was. Else `unavailable`, also when the message is not stored any more or is
 * too large to be sealed.
 */
export async function answerNow(engine: Engine, group: Group, { seq, reader }: BodyOf<"sealedResend">): Promise<Body> {
  const sent = readSent(engine.db, group.state.conversation, seq);
  if (sent === undefined || sent.message.length === 0) return { kind: "unavailable", seqs: [seq] };
  const { message, roster } = sent;
  if (!somebodyJoined(roster, accountsOf(group.members))) return { kind: "resend", seq, message };
  const asker = group.members.find(({ device }) => equalBytes(device, reader));
  const isForThem = asker !== undefined && !somebodyJoined(roster, [asker.account]);
  if (!isForThem || message.length > sealableMax) return { kind: "unavailable", seqs: [seq] };
  const context = sealedWithin("answer", group, ownOf(engine).device);
  return {
    kind: "sealedResend",
    seq,
    reader,
    sealed: await sealTo(engine.ports.crypto, asker.sealKey, context, message),
  };
}

/** Whether a message is an answer that is sealed to this device. */
export function isSealedForUs(engine: Engine, { body }: Message): boolean {
  return body.kind === "sealedResend" && equalBytes(body.reader, ownOf(engine).device);
}

/**
 * Opens a `sealedResend` for this device, as a `resend`. Returns any other message, and one that does not open, as it
 * is.
 */
export async function unsealed(
  engine: Engine,
  group: Group,
  sender: Pick<Member, "device">,
  message: Message,
): Promise<Message> {
  const { body } = message;
  if (body.kind !== "sealedResend" || !isSealedForUs(engine, message)) return message;
  const row = readAddress(engine.db, ownAddress(group));
  const context = sealedIn("answer", group, sender.device, message);
  const said = row && (await openSealed(engine.ports.crypto, row.seal_private, context, body.sealed));
  return said === undefined ? message : { ...message, body: { kind: "resend", seq: body.seq, message: said } };
}
