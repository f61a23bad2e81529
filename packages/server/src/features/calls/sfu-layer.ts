/** Layer: one coding of a track, as the SFU has it: its last packets, what is lacking among them, and its bit rate. */

/** Of each layer, so that they can be repeated. */
export const keptPackets = 512;
const triesMax = 5;
const gapMax = 64;
const askedAtOnceMax = 32;

/** One coding of a track. `ssrc` 0: nothing of it came yet. */
export type Layer = {
  readonly name: string;
  ssrc: number;
  /** Empty before the first packet. */
  readonly kept: (Buffer | undefined)[];
  top: number;
  askedKeyMs: number;
  reportedMs: number;
  bytes: number;
  bitsPerSecond: number;
  /** Numbers that are lacking, and how often each was asked for. */
  readonly missing: Map<number, number>;
};

export function newLayer(name: string, ssrc: number): Layer {
  return {
    name,
    ssrc,
    kept: [],
    top: -1,
    askedKeyMs: Number.NEGATIVE_INFINITY,
    reportedMs: Number.NEGATIVE_INFINITY,
    bytes: 0,
    bitsPerSecond: 0,
    missing: new Map(),
  };
}

/** Its bit rate: the mean of what it was, and of what came in these seconds. */
export function measure(layer: Layer, seconds: number): void {
  const bits = (layer.bytes * 8) / seconds;
  layer.bitsPerSecond = layer.bitsPerSecond === 0 ? bits : (layer.bitsPerSecond + bits) / 2;
  layer.bytes = 0;
}

/** Numbers between the highest so far and this one are lacking; this one is no more. */
export function noteGaps(layer: Layer, number: number): void {
  if (layer.top < 0) {
    layer.top = number;
    return;
  }
  const ahead = (number - layer.top) & 0xffff;
  if (ahead === 0 || ahead >= 0x8000) {
    layer.missing.delete(number);
    return;
  }
  if (ahead >= gapMax || layer.missing.size > keptPackets) layer.missing.clear();
  else for (let step = 1; step < ahead; step++) layer.missing.set((layer.top + step) & 0xffff, 0);
  layer.top = number;
}

/** Of those that are lacking, so many as may be asked for at once; counts that they were. */
export function toAskAgain({ missing }: Layer): readonly number[] {
  const numbers: number[] = [];
  for (const [number, tries] of missing) {
    if (tries >= triesMax) missing.delete(number);
    else {
      missing.set(number, tries + 1);
      numbers.push(number);
    }
    if (numbers.length >= askedAtOnceMax) break;
  }
  return numbers;
}
