/**
 * Loudness of a film after ITU-R BS.1770-4: two filters that weigh as the ear does, the power of blocks of 400 ms, and
 * two gates that leave out silence and what is far below the rest. It is measured piece by piece, so that ten minutes
 * need no memory; and it is played by a gain, never encoded anew. Pure.
 */
const blockSeconds = 0.4;
const hopsInBlock = 4;
const absoluteGate = -70;
const relativeGate = -10;
/** What all films are brought to, in LUFS. */
const targetLufs = -16;
const gainDbMax = 6;
/** Of a film without sound. */
export const silentLufs = -70;

type Filter = { readonly b: readonly [number, number, number]; readonly a: readonly [number, number] };

export class Loudness {
  private readonly filters: readonly [Filter, Filter];
  private readonly hopFrames: number;
  /** Of each channel, two values of each filter. */
  private readonly states: Float64Array[] = [];
  private hop = 0;
  private frames = 0;
  private readonly hops: number[] = [];

  /** @param rate in Hz */
  constructor(rate: number) {
    this.filters = weighing(rate);
    this.hopFrames = Math.round((rate * blockSeconds) / hopsInBlock);
  }

  /** @param channels the same number of samples each, -1 to 1; of one or two channels */
  add(channels: readonly Float32Array[]): void {
    const length = channels[0]?.length ?? 0;
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + this.hopFrames - this.frames);
      channels.forEach((samples, n) => {
        this.hop += this.power(n, samples, at, end);
      });
      this.frames += end - at;
      at = end;
      if (this.frames < this.hopFrames) continue;
      this.hops.push(this.hop / this.hopFrames);
      this.hop = 0;
      this.frames = 0;
    }
  }

  /** Integrated loudness of all that was added, in LUFS. */
  integrated(): number {
    const powers: number[] = [];
    for (let at = hopsInBlock; at <= this.hops.length; at++) powers.push(mean(this.hops.slice(at - hopsInBlock, at)));
    const loud = powers.filter((power) => lufs(power) > absoluteGate);
    if (loud.length === 0) return silentLufs;
    const gate = lufs(mean(loud)) + relativeGate;
    return lufs(mean(loud.filter((power) => lufs(power) > gate)));
  }

  /** The sum of squares of a channel's weighed samples. Filters in direct form II transposed. */
  private power(channel: number, samples: Float32Array, from: number, to: number): number {
    this.states[channel] ??= new Float64Array(4);
    const state = this.states[channel];
    const [shelf, high] = this.filters;
    const [b0, b1, b2] = shelf.b;
    const [a1, a2] = shelf.a;
    const [c1, c2] = high.a;
    let [s1 = 0, s2 = 0, h1 = 0, h2 = 0] = state;
    let sum = 0;
    for (let at = from; at < to; at++) {
      const sample = samples[at] as number;
      const shelved = b0 * sample + s1;
      s1 = b1 * sample - a1 * shelved + s2;
      s2 = b2 * sample - a2 * shelved;
      const weighed = shelved + h1;
      h1 = -2 * shelved - c1 * weighed + h2;
      h2 = shelved - c2 * weighed;
      sum += weighed * weighed;
    }
    state.set([s1, s2, h1, h2]);
    return sum;
  }
}

/**
 * The factor by which a film of this loudness is played. A quiet one is lifted by 6 dB at most, so that it stays clear.
 */
export function gainOf(loudness: number): number {
  if (!Number.isFinite(loudness) || loudness <= silentLufs) return 1;
  return 10 ** (Math.min(gainDbMax, targetLufs - loudness) / 20);
}

/** The filters of BS.1770 for any rate: those of its table for 48 kHz are these by the bilinear transform. */
function weighing(rate: number): readonly [Filter, Filter] {
  const shelf = { f: 1681.974450955533, q: 0.7071752369554196, db: 3.999843853973347 };
  const k = Math.tan((Math.PI * shelf.f) / rate);
  const vh = 10 ** (shelf.db / 20);
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / shelf.q + k * k;
  const high = { f: 38.13547087602444, q: 0.5003270373238773 };
  const l = Math.tan((Math.PI * high.f) / rate);
  const d0 = 1 + l / high.q + l * l;
  return [
    {
      b: [(vh + (vb * k) / shelf.q + k * k) / a0, (2 * (k * k - vh)) / a0, (vh - (vb * k) / shelf.q + k * k) / a0],
      a: [(2 * (k * k - 1)) / a0, (1 - k / shelf.q + k * k) / a0],
    },
    { b: [1, -2, 1], a: [(2 * (l * l - 1)) / d0, (1 - l / high.q + l * l) / d0] },
  ];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const lufs = (power: number) => -0.691 + 10 * Math.log10(power);
