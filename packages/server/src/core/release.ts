/**
 * Release: gives back the memory of bytes that nobody needs any more, at once (docs/spec/delivery.md DS171). Left to
 * the garbage collector, what a flood of large frames and files brought would stand for as much again as all that is
 * needed.
 */

/** @param bytes of which nobody holds any, in a buffer that is all theirs; others are left alone. */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && bytes.byteLength >= worthwhile)
    buffer.transfer(0);
}

/** What is smaller stands in the collector's own heap, or is not worth the call. */
const worthwhile = 4_096;
