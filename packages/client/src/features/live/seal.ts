/** What is said and shown in the room of a Live, sealed and signed (docs/spec/live.md CA161, CA167, CA168). */
import {
  decodeLiveSaid,
  decodeSignedLive,
  encodeLiveSaid,
  encodeSignedLive,
  type LiveSaid,
  type SignedLive,
} from "@yanshu/content";
import { type AccountId, type Bytes, ByteWriter, concat, type DeviceId, utf8 } from "@yanshu/wire";
import type { RoomCrypto } from "../../feature.ts";

const nonceBytes = 12;
const generationBytes = 2;
const roomBytes = 16;

export type LiveKey = { readonly generation: number; readonly key: Bytes };

export function liveRoom(crypto: Pick<RoomCrypto, "sha256">, showSecret: Bytes): Bytes {
  return crypto.sha256(concat(utf8("yanshu show v1\0"), showSecret)).slice(0, roomBytes);
}

/** The key of generation 0. */
export function firstLiveKey(crypto: Pick<RoomCrypto, "derive">, secret: Bytes): LiveKey {
  return { generation: 0, key: crypto.derive(secret, "yanshu live key v1", 32) };
}

/** Older than this by home's clock is not shown as now. */
const lateMsMax = 30_000;

/** `n` rises, and is the time of home's clock in milliseconds, so that what was recorded is known as old (CA179). */
export const nextLiveN = (before: number, homeMs: number): number => Math.max(before + 1, homeMs);

export const isLateLive = (n: number, homeMs: number): boolean => homeMs - n > lateMsMax;

/** Further ahead of home's clock than this is nobody's time (CA216). */
const aheadMsMax = 90_000;

export const isAheadLive = (n: number, homeMs: number): boolean => n - homeMs > aheadMsMax;

export async function signLive(
  crypto: RoomCrypto,
  room: Bytes,
  by: { readonly device: DeviceId; readonly n: number },
  said: LiveSaid,
): Promise<SignedLive> {
  const body = encodeLiveSaid(said);
  return { ...by, body, signature: await crypto.sign(signedBytes(crypto, room, by.n, body)) };
}

export async function sealLive(
  crypto: RoomCrypto,
  room: Bytes,
  { generation, key }: LiveKey,
  signed: SignedLive,
): Promise<Bytes> {
  const head = Uint8Array.of(generation >>> 8, generation & 255);
  const nonce = crypto.random(nonceBytes);
  return concat(head, nonce, await crypto.seal(key, nonce, concat(room, head), encodeSignedLive(signed)));
}

/** Undefined for what does not open. @param keyOf the key of a generation; undefined where it is not known. */
export async function openLive(
  crypto: RoomCrypto,
  room: Bytes,
  sealed: Bytes,
  keyOf: (generation: number) => Bytes | undefined,
): Promise<SignedLive | undefined> {
  if (sealed.length <= generationBytes + nonceBytes) return undefined;
  const head = sealed.slice(0, generationBytes);
  const key = keyOf(((head[0] as number) << 8) | (head[1] as number));
  if (key === undefined) return undefined;
  const nonce = sealed.slice(generationBytes, generationBytes + nonceBytes);
  const opened = await crypto.open(key, nonce, concat(room, head), sealed.slice(generationBytes + nonceBytes));
  return opened && decodeSignedLive(opened);
}

export type HeardLive = {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly n: number;
  readonly said: LiveSaid;
};

/**
 * @param memberOf the key of a device that is in the conversation now and is listed; undefined for any other.
 * @returns undefined for what no such device signed, or what this version does not know.
 */
export async function provenLive(
  crypto: RoomCrypto,
  room: Bytes,
  { device, n, body, signature }: SignedLive,
  memberOf: (device: DeviceId) => { readonly account: AccountId; readonly key: Bytes } | undefined,
): Promise<HeardLive | undefined> {
  const member = memberOf(device);
  if (member === undefined) return undefined;
  if (!(await crypto.verify(member.key, signedBytes(crypto, room, n, body), signature))) return undefined;
  const said = decodeLiveSaid(body);
  return said && { account: member.account, device, n, said };
}

function signedBytes(crypto: Pick<RoomCrypto, "sha256">, room: Bytes, n: number, body: Bytes): Bytes {
  return concat(utf8("yanshu live v1\0"), room, new ByteWriter(8).u53(n).finish(), crypto.sha256(body));
}
