/**
 * SFrame (RFC 9605), suite 4 (AES_128_GCM_SHA256_128), over WebCrypto: what seals frames of group calls between encoder
 * and packets, and opens them before the decoder (docs/spec/calls.md CA92, CA93). It fails closed: what has no key,
 * does not open, or was here before is not handed on.
 */
import { type Bytes, concat, equalBytes, utf8 } from "@yanshu/wire";

const suite = 4;
const keyBytes = 16;
const saltBytes = 12;
const tagBytes = 16;
const ratchetBytes = 32;
/** Numbers of one key: a frame older than this against the newest is refused. */
const windowSize = 4_096;
/** Steps that a receiver takes at once; RFC 9605 §5.1 counts them in the lowest bits of the KID. */
const stepsMax = 15;
/** A key that was followed by another generation still opens what is on its way. */
export const oldKeyMs = 5_000;

/** `KID = seat · 2¹⁶ + generation · 2⁴ + step` */
export type FrameKid = { readonly seat: number; readonly generation: number; readonly step: number };

export function kidOf({ seat, generation, step }: FrameKid): number {
  return seat * 0x1_0000 + generation * 16 + step;
}

export function readKid(kid: number): FrameKid {
  const low = kid % 0x1_0000;
  return { seat: Math.floor(kid / 0x1_0000), generation: low >> 4, step: low & 15 };
}

export type FrameKey = { readonly kid: number; readonly key: CryptoKey; readonly salt: Bytes };

/** RFC 9605 §4.4.2 */
export async function frameKey(baseKey: Bytes, kid: number): Promise<FrameKey> {
  const secret = await hmac(new Uint8Array(32), baseKey);
  const expand = async (label: string, length: number) => {
    const info = concat(utf8(label), bigEndian(kid, 8), bigEndian(suite, 2), Uint8Array.of(1));
    return (await hmac(secret, info)).slice(0, length);
  };
  const raw = await expand("SFrame 1.0 Secret key ", keyBytes);
  const key = await crypto.subtle.importKey("raw", own(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
  return { kid, key, salt: await expand("SFrame 1.0 Secret salt ", saltBytes) };
}

/** The base key of the next step (RFC 9605 §5.1); nobody who has it learns the one before. */
export async function ratchet(baseKey: Bytes): Promise<Bytes> {
  const secret = await hmac(new Uint8Array(32), baseKey);
  return (await hmac(secret, concat(utf8("SFrame 1.0 Ratchet"), Uint8Array.of(1)))).slice(0, ratchetBytes);
}

/** RFC 9605 §4.3 */
export function encodeHeader(kid: number, counter: number): Bytes {
  const kidField = kid < 8 ? new Uint8Array() : shortest(kid);
  const counterField = counter < 8 ? new Uint8Array() : shortest(counter);
  const high = kid < 8 ? kid << 4 : 0x80 | ((kidField.length - 1) << 4);
  const low = counter < 8 ? counter : 8 | (counterField.length - 1);
  return concat(Uint8Array.of(high | low), kidField, counterField);
}

export type FrameHeader = { readonly kid: number; readonly counter: number; readonly bytes: number };

/** Undefined where it is cut off, or names numbers above 2⁵³. */
export function readHeader(bytes: Bytes): FrameHeader | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  let at = 1;
  const number = (length: number): number => {
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + (bytes[at++] ?? Number.NaN);
    return value;
  };
  const kid = (first & 0x80) === 0 ? (first >> 4) & 7 : number(((first >> 4) & 7) + 1);
  const counter = (first & 8) === 0 ? first & 7 : number((first & 7) + 1);
  return Number.isSafeInteger(kid) && Number.isSafeInteger(counter) ? { kid, counter, bytes: at } : undefined;
}

/**
 * @param clear is left readable, and is authenticated: it is the metadata of RFC 9605 §4.4.3. Returns header and
 * ciphertext.
 */
export async function sealFrame(key: FrameKey, counter: number, clear: Bytes, plain: Bytes): Promise<Bytes> {
  const header = encodeHeader(key.kid, counter);
  const algorithm = { name: "AES-GCM", iv: own(nonceOf(key, counter)), additionalData: own(concat(header, clear)) };
  return concat(header, new Uint8Array(await crypto.subtle.encrypt(algorithm, key.key, own(plain))));
}

/** Undefined where it does not open under this key. */
export async function openFrame(
  key: FrameKey,
  { counter, bytes }: FrameHeader,
  clear: Bytes,
  sealed: Bytes,
): Promise<Bytes | undefined> {
  const additionalData = own(concat(sealed.slice(0, bytes), clear));
  const algorithm = { name: "AES-GCM", iv: own(nonceOf(key, counter)), additionalData };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key.key, own(sealed.slice(bytes))));
  } catch {
    return undefined;
  }
}

/** Whether a counter was here before, of the last 4,096 under one key. */
export class ReplayWindow {
  private readonly seen = new Uint8Array(windowSize);
  private top: number;

  /** @param top the highest number that was opened before this window was made: it, and all below, count as seen. */
  constructor(top = -1) {
    this.top = top;
    if (top >= 0) this.seen.fill(1);
  }

  get highest(): number {
    return this.top;
  }

  /** Whether it may be taken: to be asked before it is opened, and marked after. */
  isFresh(counter: number): boolean {
    if (counter > this.top) return true;
    return counter > this.top - windowSize && this.seen[counter % windowSize] === 0;
  }

  mark(counter: number): void {
    const from = Math.max(this.top + 1, counter - windowSize + 1);
    for (let at = from; at <= counter; at++) this.seen[at % windowSize] = 0;
    this.seen[counter % windowSize] = 1;
    this.top = Math.max(this.top, counter);
  }
}

/**
 * What this device sends, all of it under one counter, which goes on from key to key: so no nonce comes twice under a
 * key, however often and in whatever order keys are told.
 */
export class FrameSealer {
  private key: FrameKey | undefined;
  private told: { readonly kid: number; readonly base: Bytes } | undefined;
  private ready: Promise<void> = Promise.resolve();
  private counter = 0;

  /** From now on frames are sealed by this key. Resolves when it is ready; `seal` waits for it by itself. */
  use(kid: number, baseKey: Bytes): Promise<void> {
    if (this.told?.kid === kid && equalBytes(this.told.base, baseKey)) return this.ready;
    this.told = { kid, base: baseKey };
    // One after the other: the last that was told stays.
    const ready = this.ready
      .catch(() => undefined) // Told to who waited for that one.
      .then(async () => {
        this.key = undefined; // Should it fail, nothing leaves by the key before.
        this.key = await frameKey(baseKey, kid);
      });
    ready.catch(() => {
      if (this.ready === ready) this.told = undefined; // To be tried again.
    });
    this.ready = ready;
    return ready;
  }

  /** @param clearBytes of the beginning that stay readable. Undefined where there is no key: then nothing may leave. */
  async seal(frame: Bytes, clearBytes: number, isVoice: boolean): Promise<Bytes | undefined> {
    await this.ready;
    const { key } = this;
    if (key === undefined) return undefined;
    const counter = this.counter++;
    const clear = frame.slice(0, clearBytes);
    const body = frame.slice(clearBytes);
    return concat(clear, await sealFrame(key, counter, clear, isVoice ? padVoice(body) : body));
  }
}

type Known = {
  readonly generation: number;
  /** Of the highest step that was given or reached. */
  step: number;
  base: Bytes;
  readonly byStep: Map<number, { readonly key: FrameKey; readonly window: ReplayWindow }>;
  /** Until when it opens, once another generation came. */
  untilMs: number;
};

/** `no-key`: of nobody who gave one. `replayed`: it was here before. `refused`: it does not open. */
export type Opened = { readonly frame: Bytes; readonly seat: number } | "no-key" | "replayed" | "refused";

/**
 * What others send, by the seat that the key belongs to. Of a key that is dropped the highest number that it opened is
 * kept for as long as the opener lives, by its KID and salt: given again, it opens nothing of before.
 */
export class FrameOpener {
  private readonly bySeat = new Map<number, Known[]>();
  private readonly spent = new Map<string, number>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** The seat's device gave this base key; of an older generation than the last one it opens for five seconds more. */
  give({ seat, generation, step }: FrameKid, base: Bytes): void {
    const all = this.bySeat.get(seat) ?? [];
    const known = all.find((one) => one.generation === generation);
    // Another base under the same name is that of another device, which sits there now (CA229).
    if (known !== undefined && equalBytes(known.base, base)) return;
    for (const one of all) one.untilMs = Math.min(one.untilMs, this.nowMs() + oldKeyMs);
    const kept = all.filter((one) => one.generation !== generation && one.untilMs > this.nowMs());
    for (const one of all) if (!kept.includes(one)) this.spend(one);
    kept.push({ generation, step, base, byStep: new Map(), untilMs: Number.POSITIVE_INFINITY });
    this.bySeat.set(seat, kept);
  }

  /** Only these seats are in the call. */
  keep(seats: ReadonlySet<number>): void {
    for (const [seat, all] of this.bySeat) {
      if (seats.has(seat)) continue;
      for (const one of all) this.spend(one);
      this.bySeat.delete(seat);
    }
  }

  private spend({ byStep }: Known): void {
    for (const { key, window } of byStep.values()) {
      if (window.highest < 0) continue;
      const named = nameOf(key);
      this.spent.set(named, Math.max(window.highest, this.spent.get(named) ?? -1));
    }
  }

  async open(sealed: Bytes, clearBytes: number, isVoice: boolean): Promise<Opened> {
    const clear = sealed.slice(0, clearBytes);
    const rest = sealed.slice(clearBytes);
    const header = readHeader(rest);
    if (header === undefined || rest.length < header.bytes + tagBytes) return "refused";
    const kid = readKid(header.kid);
    const found = await this.find(kid);
    if (found === undefined) return "no-key";
    if (!found.window.isFresh(header.counter)) return "replayed";
    const opened = await openFrame(found.key, header, clear, rest);
    if (opened === undefined) return "refused";
    // Its key was dropped meanwhile, and with it this window.
    if (!this.isHeld(kid, found.window)) return "no-key";
    // Two of the same may be opening at once: the second is refused here.
    if (!found.window.isFresh(header.counter)) return "replayed";
    const body = isVoice ? unpadVoice(opened) : opened;
    if (body === undefined) return "refused";
    found.window.mark(header.counter);
    return { frame: concat(clear, body), seat: kid.seat };
  }

  private isHeld({ seat, generation, step }: FrameKid, window: ReplayWindow): boolean {
    const known = this.bySeat.get(seat)?.find((one) => one.generation === generation);
    return known?.byStep.get(step)?.window === window;
  }

  private async find({ seat, generation, step }: FrameKid) {
    const known = this.bySeat.get(seat)?.find((one) => one.generation === generation && one.untilMs > this.nowMs());
    if (known === undefined || step > stepsMax) return undefined;
    const found = known.byStep.get(step);
    if (found !== undefined) return found;
    if (step < known.step) return undefined; // Before this device was given anything.
    let { base } = known;
    for (let at = known.step; at < step; at++) base = await ratchet(base);
    const key = await frameKey(base, kidOf({ seat, generation, step }));
    const made = known.byStep.get(step) ?? { key, window: new ReplayWindow(this.spent.get(nameOf(key))) };
    known.byStep.set(step, made);
    return made;
  }
}

/**
 * Voice in steps of 32 bytes: its size says nothing of what is spoken, also where an encoder does not keep to one. The
 * last byte counts what was added.
 */
const voiceStep = 32;

function padVoice(frame: Bytes): Bytes {
  const added = voiceStep - (frame.length % voiceStep);
  const padded = new Uint8Array(frame.length + added);
  padded.set(frame);
  padded[padded.length - 1] = added;
  return padded;
}

function unpadVoice(padded: Bytes): Bytes | undefined {
  const added = padded[padded.length - 1] ?? 0;
  return added >= 1 && added <= voiceStep && added <= padded.length
    ? padded.slice(0, padded.length - added)
    : undefined;
}

function nameOf({ kid, salt }: FrameKey): string {
  return `${kid} ${salt.join()}`;
}

function nonceOf({ salt }: FrameKey, counter: number): Bytes {
  const nonce = bigEndian(counter, saltBytes);
  for (let at = 0; at < saltBytes; at++) nonce[at] = (nonce[at] as number) ^ (salt[at] as number);
  return nonce;
}

function bigEndian(value: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0 && rest > 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function shortest(value: number): Bytes {
  let length = 1;
  while (length < 8 && value >= 256 ** length) length++;
  return bigEndian(value, length);
}

async function hmac(key: Bytes, data: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", own(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, own(data)));
}

/** WebCrypto's types ask for memory that is not shared; ours never is. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
