/**
 * Keys of a group call (docs/spec/calls.md CA93): each device seals what it sends under a base key of its own (RFC 9605
 * §5.1), and boxes it to the ephemeral keys of those who are in the call. Nobody else has it: neither home, nor members
 * of the group who are not in the call.
 */
import type { CallSay } from "@yanshu/content";
import { type Bytes, concat, type DeviceId, fromHex, toHex, utf8 } from "@yanshu/wire";
import type { Hex, RoomCrypto } from "../../feature.ts";
import type { Here } from "./group-roster.ts";

export type BaseKey = { readonly generation: number; readonly step: number; readonly base: Bytes };
type KeysSay = Extract<CallSay, { kind: "keys" }>;

const generationMax = 0xfff;
const stepMax = 15;
const baseBytes = 32;

/** `KID = seat · 2¹⁶ + generation · 2⁴ + step` */
export function kidOf(seat: number, { generation, step }: BaseKey): number {
  return seat * 0x1_0000 + generation * 16 + step;
}

export class OwnKeys {
  /** What newcomers are given, and what frames are sealed with a moment later. */
  giving: BaseKey;
  /** What frames are sealed with now. */
  sending: BaseKey;
  readonly pair: { readonly privateKey: Bytes; readonly publicKey: Bytes };
  private readonly crypto: RoomCrypto;

  constructor(crypto: RoomCrypto, pair: OwnKeys["pair"]) {
    this.crypto = crypto;
    this.pair = pair;
    this.giving = { generation: 0, step: 0, base: crypto.random(baseBytes) };
    this.sending = this.giving;
  }

  /**
   * Somebody came: they are to open what follows, and nothing that was said before. Returns false where a new
   * generation is due instead.
   */
  ratchet(): boolean {
    const { generation, step, base } = this.giving;
    if (step >= stepMax || this.giving !== this.sending) return false;
    this.giving = { generation, step: step + 1, base: this.crypto.derive(base, "SFrame 1.0 Ratchet", baseBytes) };
    this.sending = this.giving;
    return true;
  }

  /** Somebody went, or has another key: a base that nobody was given yet. Nothing is sent with it by this alone. */
  next(): void {
    const generation = this.giving.generation >= generationMax ? 0 : this.giving.generation + 1;
    this.giving = { generation, step: 0, base: this.crypto.random(baseBytes) };
  }

  async boxed(room: Bytes, own: DeviceId, to: readonly Here[]): Promise<KeysSay> {
    const { generation, step, base } = this.giving;
    const boxes: KeysSay["boxes"][number][] = [];
    for (const { device, key } of to) {
      const receiver = fromHex(device) as DeviceId;
      try {
        const { enc, ciphertext } = await this.crypto.hpkeSeal(fromHex(key), infoOf(room, own, receiver), base);
        boxes.push({ to: receiver, enc, box: ciphertext });
      } catch {
        // No key to agree with: who gave it hears nothing.
      }
    }
    return { kind: "keys", generation, step, boxes };
  }
}

/** What another device gave to this one. Undefined where nothing is for it, or it does not open. */
export async function openKeys(
  crypto: RoomCrypto,
  room: Bytes,
  { pair }: OwnKeys,
  { by, own }: { readonly by: Hex; readonly own: DeviceId },
  { generation, step, boxes }: KeysSay,
): Promise<BaseKey | undefined> {
  const box = boxes.find(({ to }) => toHex(to) === toHex(own));
  if (box === undefined) return undefined;
  const info = infoOf(room, fromHex(by) as DeviceId, own);
  const base = await crypto.hpkeOpen(pair.privateKey, info, box.enc, box.box);
  return base?.length === baseBytes ? { generation, step, base } : undefined;
}

/** Binds a box to its call, its giver and its receiver. */
function infoOf(room: Bytes, by: DeviceId, to: DeviceId): Bytes {
  return concat(utf8("yanshu call keys v1\0"), room, by, to);
}
