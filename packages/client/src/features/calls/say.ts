/**
 * A call's room as its devices see it: the name and the key of its secret, and says, sealed by the one and signed by a
 * device (docs/spec/calls.md CA20, CA24). Who has not the secret opens none; who has it, and is no device of the
 * conversation, makes none.
 */
import {
  type CallSay,
  decodeCallSay,
  decodeSignedSay,
  encodeCallSay,
  encodeSignedSay,
  type SignedSay,
} from "@yanshu/content";
import { type AccountId, type Bytes, ByteWriter, concat, type DeviceId, utf8 } from "@yanshu/wire";
import type { RoomCrypto } from "../../feature.ts";

const nonceBytes = 12;
/** By which a device knows that a say was made for it as it is now (CA120). */
export const roomNonceBytes = 8;
const roomNameBytes = 16;

export type RoomKeys = { readonly name: Bytes; readonly key: Bytes };

/** By what home knows a room: 16 bytes. Its secret does not follow from it. */
export function roomName(crypto: Pick<RoomCrypto, "sha256">, secret: Bytes): Bytes {
  return crypto.sha256(concat(utf8("yanshu room v1\0"), secret)).slice(0, roomNameBytes);
}

export function roomKeys(crypto: Pick<RoomCrypto, "sha256" | "derive">, secret: Bytes): RoomKeys {
  return { name: roomName(crypto, secret), key: crypto.derive(secret, "yanshu room key v1", 32) };
}

/** `nonce` is this device's own in this room, `heard` those of the others. */
export type Speaker = Pick<SignedSay, "device" | "n" | "nonce" | "heard">;

export async function sealSay(crypto: RoomCrypto, { name, key }: RoomKeys, by: Speaker, say: CallSay): Promise<Bytes> {
  const body = encodeCallSay(say);
  const signature = await crypto.sign(signedBytes(crypto, name, by, body));
  const nonce = crypto.random(nonceBytes);
  return concat(nonce, await crypto.seal(key, nonce, name, encodeSignedSay({ ...by, body, signature })));
}

export type HeardSay = Speaker & { readonly account: AccountId; readonly say: CallSay };

/**
 * @param keyOf the key of a device that is in the conversation now, is listed and not stale; undefined for any other.
 * @returns undefined for what does not open, is not signed by such a device, or is of a kind that this version does not
 * know.
 */
export async function openSay(
  crypto: RoomCrypto,
  { name, key }: RoomKeys,
  sealed: Bytes,
  keyOf: (device: DeviceId) => { readonly account: AccountId; readonly key: Bytes } | undefined,
): Promise<HeardSay | undefined> {
  if (sealed.length <= nonceBytes) return undefined;
  const opened = await crypto.open(key, sealed.slice(0, nonceBytes), name, sealed.slice(nonceBytes));
  const signed = opened && decodeSignedSay(opened);
  const member = signed && keyOf(signed.device);
  if (signed === undefined || member === undefined) return undefined;
  const { device, n, nonce, heard, body, signature } = signed;
  const by = { device, n, nonce, heard };
  if (!(await crypto.verify(member.key, signedBytes(crypto, name, by, body), signature))) return undefined;
  const say = decodeCallSay(body);
  return say && { ...by, account: member.account, say };
}

function signedBytes(
  crypto: Pick<RoomCrypto, "sha256">,
  room: Bytes,
  { n, nonce, heard }: Omit<Speaker, "device">,
  body: Bytes,
): Bytes {
  const counted = new ByteWriter(8).u53(n).finish();
  return concat(utf8("yanshu call v1\0"), room, counted, nonce, crypto.sha256(concat(...heard)), crypto.sha256(body));
}
