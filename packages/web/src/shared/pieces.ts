/** Pieces: so many bytes at a time of what arrives over a network, in whatever pieces it comes. */
export class Pieces {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private buffer = new Uint8Array(0);

  constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
  }

  /** Exactly so many bytes. @throws when it ends before. */
  async next(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const waiting: Uint8Array[] = [this.buffer];
    let here = this.buffer.length;
    while (here < count) {
      const { value, done } = await this.reader.read();
      if (done) throw new Error("it ended early");
      waiting.push(value);
      here += value.length;
    }
    if (waiting.length > 1) this.buffer = joined(waiting);
    const found = this.buffer.slice(0, count);
    this.buffer = this.buffer.subarray(count);
    return found;
  }

  /** The rest is not wanted. */
  end(): void {
    void this.reader.cancel().catch(() => undefined);
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
