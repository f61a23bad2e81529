/**
 * SFrame (RFC 9605), suite 4 (AES_128_GCM_SHA256_128), over WebCrypto. It encrypts the encoded frames of group calls
 * and decrypts them before the decoder (docs/spec/calls.md CA92, CA93). It fails closed: a frame without a key, with a
 * wrong tag, or with a counter that was seen before is dropped.
 */
import { type Bytes, concat, equalBytes, utf8 } from "@yanshu/wire";

const suite = 4;
const keyBytes = 16;
const saltBytes = 12;
const tagBytes = 16;
const ratchetBytes = 32;
/** Counters of one key: a frame this far below the highest counter is refused. */
const windowSize = 4_096;
/** The highest ratchet step of a generation; RFC 9605 §5.1 puts it in the lowest bits of the KID. */
const stepsMax = 15;
/** How long an old key still opens frames in transit, after its seat gave another. */
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

/** Derives the base key of the next step (RFC 9605 §5.1). The previous one cannot be derived from it. */
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

/** Returns undefined if the header is cut off, or has a number of 2⁵³ or more. `bytes`: the header's length. */
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
 * Returns header and ciphertext.
 *
 * @param clear authenticated and not encrypted: the metadata of RFC 9605 §4.4.3. The result does not contain it.
 */
export async function sealFrame(key: FrameKey, counter: number, clear: Bytes, plain: Bytes): Promise<Bytes> {
  const header = encodeHeader(key.kid, counter);
  const algorithm = { name: "AES-GCM", iv: own(nonceOf(key, counter)), additionalData: own(concat(header, clear)) };
  return concat(header, new Uint8Array(await crypto.subtle.encrypt(algorithm, key.key, own(plain))));
}

/** Returns undefined if the tag does not match. */
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

/** Records which of the last 4,096 counters under one key were seen. */
export class ReplayWindow {
  private readonly seen = new Uint8Array(windowSize);
  private top: number;

  /** @param top the highest counter opened before this window existed: it and all lower ones count as seen. */
  constructor(top = -1) {
    this.top = top;
    if (top >= 0) this.seen.fill(1);
  }

  get highest(): number {
    return this.top;
  }

  /** Call this before decrypting, and `mark` after. */
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
 * Encrypts what this device sends. One counter runs on across all keys, so no nonce repeats under a key, whatever the
 * order in which keys are set.
 */
export class FrameSealer {
  private key: FrameKey | undefined;
  private told: { readonly kid: number; readonly base: Bytes } | undefined;
  private ready: Promise<void> = Promise.resolve();
  private counter = 0;

  /** Sets the key for the next frames. Resolves when the key is derived; `seal` waits for that by itself. */
  use(kid: number, baseKey: Bytes): Promise<void> {
    if (this.told?.kid === kid && equalBytes(this.told.base, baseKey)) return this.ready;
    this.told = { kid, base: baseKey };
    // Keys are derived in the order of the calls, so that the last call wins.
    const ready = this.ready
      .catch(() => undefined) // That call's own promise reports the error.
      .then(async () => {
        this.key = undefined; // If derivation fails, no frame is sent under the old key.
        this.key = await frameKey(baseKey, kid);
      });
    ready.catch(() => {
      if (this.ready === ready) this.told = undefined; // The same key may be set again.
    });
    this.ready = ready;
    return ready;
  }

  /**
   * Returns undefined without a key: then the caller must send nothing.
   *
   * @param clearBytes length of the frame's beginning that is authenticated and not encrypted
   */
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
  /** The step of `base`, as it was given. */
  step: number;
  base: Bytes;
  readonly byStep: Map<number, { readonly key: FrameKey; readonly window: ReplayWindow }>;
  /** End of its use, which is set when the seat gives another key. */
  untilMs: number;
};

/** `no-key`: no key for the KID is held. `replayed`: the counter was seen. `refused`: malformed or with a wrong tag. */
export type Opened = { readonly frame: Bytes; readonly seat: number } | "no-key" | "replayed" | "refused";

/**
 * Decrypts what others send; keys are held by seat. When a key is dropped, its highest opened counter is kept under KID
 * and salt while this object lives: if the key is given again, it opens no frame a second time.
 */
export class FrameOpener {
  private readonly bySeat = new Map<number, Known[]>();
  private readonly spent = new Map<string, number>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Takes a base key from the seat's device. The seat's other keys open frames for five seconds more. */
  give({ seat, generation, step }: FrameKid, base: Bytes): void {
    const all = this.bySeat.get(seat) ?? [];
    const known = all.find((one) => one.generation === generation);
    // Another base key for the same generation is that of a later step, or of another device on the seat (CA229).
    if (known !== undefined && equalBytes(known.base, base)) return;
    for (const one of all) one.untilMs = Math.min(one.untilMs, this.nowMs() + oldKeyMs);
    const kept = all.filter((one) => one.generation !== generation && one.untilMs > this.nowMs());
    for (const one of all) if (!kept.includes(one)) this.spend(one);
    kept.push({ generation, step, base, byStep: new Map(), untilMs: Number.POSITIVE_INFINITY });
    this.bySeat.set(seat, kept);
  }

  /** Drops the keys of all other seats. */
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
    // The key and its window were dropped during decryption.
    if (!this.isHeld(kid, found.window)) return "no-key";
    // Two copies may be decrypted at once: the second is refused here.
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
    if (step < known.step) return undefined; // A step from before the given one cannot be derived.
    let { base } = known;
    for (let at = known.step; at < step; at++) base = await ratchet(base);
    const key = await frameKey(base, kidOf({ seat, generation, step }));
    const made = known.byStep.get(step) ?? { key, window: new ReplayWindow(this.spent.get(nameOf(key))) };
    known.byStep.set(step, made);
    return made;
  }
}

/**
 * Voice frames are padded to multiples of 32 bytes, so that their size reveals nothing of the speech even if the
 * encoder's bit rate varies. The last byte is the number of added bytes.
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

/** WebCrypto's types exclude SharedArrayBuffer, which this package never uses. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
