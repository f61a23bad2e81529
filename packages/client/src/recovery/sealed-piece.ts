/**
 * Sealed pieces: a helper's share of the secret that brings an account back (docs/spec/identity.md ID36, ID37). It is
 * sealed when its message leaves the outbox, to each device of the helper that is in the group then. The helper's
 * device opens it before the message is applied.
 */
import { type Body, type BodyOf, decodeMessage, encodeMessage, familyLimits, type Message } from "@yanshu/content";
import { type Group, type Member, openSealed, sealTo } from "@yanshu/mls";
import { readAddress } from "@yanshu/store";
import { equalBytes, limits, MalformedError } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { sealedIn, sealedWithin } from "../messages/seals.ts";

/** Seals the piece of a message for the helper's devices. The device that sends it cannot open it again. */
export async function sealPiece(engine: Engine, group: Group, body: BodyOf<"familyPiece">): Promise<Body> {
  const { piece, ...rest } = body;
  if (piece === undefined) return body;
  const own = ownOf(engine).account;
  const context = sealedWithin("family piece", group, ownOf(engine).device);
  const readers = group.members.filter(({ account }) => !equalBytes(account, own)).slice(0, limits.devicesMax);
  const sealed = await Promise.all(
    readers.map(async ({ device, sealKey }) => ({
      reader: device,
      sealed: await sealTo(engine.ports.crypto, sealKey, context, piece),
    })),
  );
  return { ...rest, sealed };
}

/**
 * Whether a message holds a piece, itself or in a message that it sends again. `openPiece` comes before it is applied.
 */
export function bringsPiece({ body }: Message): boolean {
  return body.kind === "familyPiece" || (body.kind === "resend" && innerOf(body)?.body.kind === "familyPiece");
}

/** The message with its piece opened, if one is sealed to this device. Any other message comes back as it is. */
export async function openPiece(
  engine: Engine,
  group: Group,
  sender: Pick<Member, "device">,
  message: Message,
): Promise<Message> {
  const { body } = message;
  if (body.kind === "familyPiece") return { ...message, body: await opened(engine, group, sender, message, body) };
  const inner = body.kind === "resend" ? innerOf(body) : undefined;
  if (body.kind !== "resend" || inner?.body.kind !== "familyPiece") return message;
  const said = encodeMessage({ ...inner, body: await opened(engine, group, sender, inner, inner.body) });
  return { ...message, body: { ...body, message: said } };
}

async function opened(
  engine: Engine,
  group: Group,
  sender: Pick<Member, "device">,
  message: Message,
  body: BodyOf<"familyPiece">,
): Promise<BodyOf<"familyPiece">> {
  const { device } = ownOf(engine);
  const mine = body.sealed.find(({ reader }) => equalBytes(reader, device));
  const context = sealedIn("family piece", group, sender.device, message);
  const row = mine && readAddress(engine.db, ownAddress(group));
  const piece = row && mine && (await openSealed(engine.ports.crypto, row.seal_private, context, mine.sealed));
  const { piece: _, ...rest } = body; // A piece that was sent unsealed does not count.
  // @checks ID37
  const isPiece = piece?.length === familyLimits.pieceBytes;
  return isPiece ? { ...rest, piece } : rest;
}

/** The message that is sent again. Undefined when it cannot be decoded. */
function innerOf({ message }: BodyOf<"resend">): Message | undefined {
  try {
    return decodeMessage(message);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
