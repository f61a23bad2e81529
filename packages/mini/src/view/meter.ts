/** Meter: how much a program says in a second (docs/spec/programs.md PR11). */
import { frameLimits } from "../frame-messages.ts";

/**
 * Counts messages of a program before anything else looks at them.
 *
 * @param end is called once, when a second held more than the limits.
 * @param now milliseconds.
 * @returns whether the message may be read.
 * @checks PR11
 */
export function meter(end: () => void, now: () => number): (message: unknown) => boolean {
  let [since, messages, size, isEnded] = [now(), 0, 0, false];
  return (message) => {
    if (isEnded) return false;
    const time = now();
    if (time - since > 1_000) [since, messages, size] = [time, 0, 0];
    messages += 1;
    size += sizeOf(message, frameLimits.bytesPerSecondMax);
    if (messages <= frameLimits.messagesPerSecondMax && size <= frameLimits.bytesPerSecondMax) return true;
    isEnded = true;
    end();
    return false;
  };
}

/** What a value takes beside its text, in bytes. */
const valueBytes = 8;

/**
 * Size of what was cloned for the frame, in bytes, about: each value, each character, and each byte of a buffer. It
 * looks no further than beyond `max`.
 */
export function sizeOf(value: unknown, max: number): number {
  const waiting: unknown[] = [value];
  const seen = new Set<object>();
  let size = 0;
  while (waiting.length > 0 && size <= max) {
    const one = waiting.pop();
    size += valueBytes;
    if (typeof one === "string") size += one.length;
    else if (typeof one === "bigint") size += one.toString(16).length / 2;
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    if (one instanceof ArrayBuffer) size += one.byteLength;
    else if (ArrayBuffer.isView(one)) waiting.push(one.buffer);
    else if (one instanceof Blob) size += one.size;
    else if (one instanceof RegExp) size += one.source.length;
    else if (one instanceof Map) for (const [key, held] of one) waiting.push(key, held);
    else if (one instanceof Set) for (const held of one) waiting.push(held);
    else if (one instanceof Error) waiting.push(one.message, one.stack, one.cause);
    else for (const key of Object.keys(one)) waiting.push(key, (one as Record<string, unknown>)[key]);
  }
  return size;
}
