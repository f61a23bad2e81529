/**
 * Release: frees the memory of bytes that nobody needs any more, at once (docs/spec/delivery.md DS171). If it were left
 * to the garbage collector, a flood of large frames and files would double the memory in use.
 */

/** @param bytes that nobody uses any more. Nothing happens if they share their buffer with others, or are few. */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && bytes.byteLength >= worthwhile)
    buffer.transfer(0);
}

/** Smaller arrays are in the collector's own heap, or are not worth the call. */
const worthwhile = 4_096;
