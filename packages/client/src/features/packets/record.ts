/** Record: what stands in the store of one packet, read for reckoning (docs/spec/packets.md RP3). */
import { type BodyOf, packetLimits } from "@yanshu/content";
import { type Database, type Mark, type MessageName, readConversationHead, readMarks } from "@yanshu/store";
import { type Bytes, type ConversationId, toHex } from "@yanshu/wire";
import { type FeatureContext, type Said, unpack } from "../../feature.ts";
import { type Sha256, termsHash } from "./split.ts";
import type { PacketRecord, Shown, Stamped, Take } from "./standing.ts";

type Placed = { readonly order?: number };
export type TakeMark = Placed & Pick<Take, "id" | "left" | "right" | "terms">;
export type ShowMark = Placed & Pick<Shown, "side" | "secret" | "first" | "second" | "takes">;
export type SettledMark = Placed & { readonly hash: Bytes };
export type SecretMark = { readonly left: Bytes; readonly right: Bytes };

export type PacketMark = "packetTake" | "packetShow" | "packetOver" | "packetSettled" | "packetSecret";

/** In a chat of two one share is all there is (RP1). */
function sharesOf({ shares }: BodyOf<"packet">, hasPeer: boolean): number {
  return hasPeer ? Math.min(shares, 1) : shares;
}

/** Whether it can be split at all: a hundredth for each share. @checks RP1 */
export function isWhole({ total, shares, of, currency }: BodyOf<"packet">): boolean {
  return shares >= 1 && total >= shares && (of === "points" || currency !== "");
}

export function recordOf(
  sha256: Sha256,
  name: MessageName,
  sentMs: number,
  body: BodyOf<"packet">,
  hasPeer: boolean,
  marks: (kind: PacketMark) => readonly Mark[],
): PacketRecord {
  const { mode, total, forWhom } = body;
  const stamped = ({ value, stamp_ms }: Mark): Stamped => ({ ...unpack<Placed>(value), stampMs: stamp_ms });
  const [over] = marks("packetOver").map(stamped);
  const [settled] = marks("packetSettled").map((one) => ({
    ...stamped(one),
    hash: unpack<SettledMark>(one.value).hash,
  }));
  return {
    packet: { id: name.id, total, shares: sharesOf(body, hasPeer), mode },
    terms: termsHash(sha256, name.id, body),
    author: name.author,
    sentMs,
    hasPeer,
    ...(forWhom === undefined ? {} : { forWhom }),
    takes: marks("packetTake").map(({ by, value }): Take => ({ account: by, ...unpack<TakeMark>(value) })),
    shows: marks("packetShow").map(
      ({ by, value, stamp_ms }): Shown => ({
        account: by,
        ...unpack<ShowMark>(value),
        stampMs: stamp_ms,
      }),
    ),
    ...(over === undefined ? {} : { over }),
    ...(settled === undefined ? {} : { settled }),
  };
}

/** The same from the store, for what a device does by itself. */
export function readRecord(
  { db, kindOf, sha256 }: Pick<FeatureContext, "db" | "kindOf" | "sha256">,
  conversation: ConversationId,
  name: MessageName,
  sentMs: number,
  body: BodyOf<"packet">,
): PacketRecord {
  const { hasPeer } = kindOf(kindName(db, conversation));
  const marks = (kind: PacketMark) => readMarks(db, conversation, name.author, name.id, kind);
  return recordOf(sha256, name, sentMs, body, hasPeer, marks);
}

/** The name of the kind of a conversation, as the table of kinds has it. */
export function kindName(db: Database, conversation: ConversationId): string | undefined {
  return readConversationHead(db, conversation)?.kind;
}

/** By its commitment: a secret is kept before the id of its take is known. */
export function secretKey(left: Bytes): string {
  return toHex(left.subarray(0, 16));
}

/** What this account committed to with a take, where this device knows it. */
export function secretOf(marks: readonly Mark[], left: Bytes): SecretMark | undefined {
  const key = secretKey(left);
  const mark = marks.find((one) => one.key === key);
  return mark && unpack<SecretMark>(mark.value);
}

/** Names a show among others of the same person. */
export function showKey({ side, secret }: Pick<Shown, "side" | "secret">): string {
  return `${side === "left" ? "l" : "r"}${toHex(secret.subarray(0, 8))}`;
}

export const noSecret: Bytes = new Uint8Array(packetLimits.secretBytes);

/** Where it stands in the order of all, as its mark keeps it. */
export const placeOf = ({ order }: Placed): Placed => (order === undefined ? {} : { order });

/** What has no place stands behind all that have one. */
export const orderIn = ({ value }: Pick<Mark, "value">): number =>
  unpack<Placed>(value).order ?? Number.POSITIVE_INFINITY;

export const isPlaced = (mark: Pick<Mark, "value">): boolean => orderIn(mark) < Number.POSITIVE_INFINITY;

/** Who said it, where, and when. */
export type Heard = Pick<Said<"packetTake">, "conversation" | "by" | "sentAtMs">;

/** Inside a transaction. */
export function setHeard(
  context: FeatureContext,
  { conversation, by, sentAtMs }: Heard,
  on: MessageName,
  mark: Pick<Mark, "kind" | "value"> & { readonly key?: string },
): void {
  context.setMark(conversation, on, { key: "", by, stamp_ms: sentAtMs, ...mark });
}
