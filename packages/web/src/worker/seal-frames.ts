/**
 * SFrame encryption in the sealing worker of a group call (docs/spec/calls.md CA92, CA101): seals outgoing frames,
 * opens incoming ones, and records whose key opened each slot last. A slot's number alone proves nothing, because the
 * server decides what it sends there.
 */
import type { FrameKeysView } from "@yanshu/client";
import { FrameOpener, FrameSealer, readKid } from "@yanshu/mls/sframe";
import type { FromSeal, SealOptions } from "../shared/seal-messages.ts";

export type Frame = { data: ArrayBuffer; readonly type?: string };
type Owner = { readonly seat: number; readonly kind: SealOptions["kind"] };

/** Bytes of a VP8 frame left in clear (RFC 6386 §9.1): the first has the key frame bit; a key frame's ten its size. */
const clearBytes = { delta: 1, key: 10 } as const;

export class SealFrames {
  readonly counts = { sealed: 0, opened: 0, refused: 0, replayed: 0, noKey: 0 };
  private readonly sealer = new FrameSealer();
  private readonly opener: FrameOpener;
  private readonly tell: (message: FromSeal) => void;
  private readonly owners = new Map<number, Owner>();
  /** Frames that wait until the page shows the owners reported last. */
  private waiting: (() => void)[] = [];

  constructor(nowMs: () => number, tell: (message: FromSeal) => void) {
    this.opener = new FrameOpener(nowMs);
    this.tell = tell;
  }

  use({ own, others }: FrameKeysView): void {
    // On failure nothing is sealed, and so nothing is sent.
    if (own !== undefined) this.sealer.use(own.kid, own.key).catch(() => undefined);
    for (const { kid, key } of others) this.opener.give(readKid(kid), key);
    this.opener.keep(new Set(others.map(({ seat }) => seat)));
  }

  /** A new receiver has this slot: nobody's frame was opened there yet. */
  begin({ index }: SealOptions): void {
    this.owners.delete(index);
  }

  /** The page shows each slot under the owner reported last. */
  shown(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  /** Seals the frame in place. Returns false when it must not be sent. */
  async seal(frame: Frame, options: SealOptions): Promise<boolean> {
    const bytes = new Uint8Array(frame.data);
    const sealed = await this.sealer.seal(bytes, clearOf(frame, options, bytes.length), options.kind === "voice");
    if (sealed === undefined) return false;
    frame.data = sealed.buffer as ArrayBuffer;
    this.counts.sealed++;
    return true;
  }

  /** Opens the frame in place. Returns false when it must not be played. */
  async open(frame: Frame, options: SealOptions): Promise<boolean> {
    const bytes = new Uint8Array(frame.data);
    const opened = await this.opener.open(bytes, clearOf(frame, options, bytes.length), options.kind === "voice");
    if (typeof opened === "string") {
      this.counts[opened === "no-key" ? "noKey" : opened]++;
      return false;
    }
    frame.data = opened.frame.buffer as ArrayBuffer;
    this.counts.opened++;
    await this.owned(options, opened.seat);
    return true;
  }

  private async owned({ index, kind }: SealOptions, seat: number): Promise<void> {
    const before = this.owners.get(index);
    if (before?.seat === seat) return;
    // A seat has one picture and one voice, so it has moved here from another slot.
    for (const [other, owner] of this.owners) if (owner.kind === kind && owner.seat === seat) this.owners.delete(other);
    this.owners.set(index, { seat, kind });
    this.tell({ kind: "owners", seats: [...this.owners].map(([slot, owner]) => [slot, owner.seat]) });
    // A slot that changes its owner holds its frames until the page shows the new name, not the old.
    if (kind === "picture" && before !== undefined) await new Promise<void>((go) => this.waiting.push(go));
  }
}

function clearOf({ type }: Frame, { kind }: SealOptions, length: number): number {
  if (kind === "voice") return 0;
  return Math.min(length, type === "key" ? clearBytes.key : clearBytes.delta);
}
