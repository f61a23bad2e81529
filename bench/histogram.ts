/**
 * Histogram: many latencies in little memory. Buckets grow by 2 %, so a quantile is off by no more.
 */

const growth = Math.log(1.02);
const smallestMs = 0.001;
const buckets = 1_200; // The last one begins above five hours.

export class Histogram {
  private readonly counts = new Uint32Array(buckets);
  private total = 0;

  add(ms: number): void {
    const bucket = ms <= smallestMs ? 0 : Math.floor(Math.log(ms / smallestMs) / growth);
    const at = Math.min(bucket, buckets - 1);
    this.counts[at] = (this.counts[at] as number) + 1;
    this.total++;
  }

  /** The upper edge of the bucket that holds the quantile, or NaN when nothing was added. */
  quantileMs(share: number): number {
    const wanted = Math.ceil(this.total * share);
    let seen = 0;
    for (let i = 0; i < buckets && this.total > 0; i++) {
      seen += this.counts[i] as number;
      if (seen >= wanted) return smallestMs * Math.exp(growth * (i + 1));
    }
    return Number.NaN;
  }
}
