/** The blurred placeholder of a picture as a data URL, from the ThumbHash in its message. */
import { thumbHashToDataURL } from "thumbhash";

/** By content, for a view that is read again carries copies; the least recently used first. */
const shadows = new Map<string, string>();
const shadowsMax = 1_000;

export function shadowOf(placeholder: Uint8Array): string {
  const name = String.fromCharCode(...placeholder.subarray(0, 64)); // One has 25 bytes at most.
  const shadow = shadows.get(name) ?? made(placeholder);
  shadows.delete(name);
  shadows.set(name, shadow);
  const oldest = shadows.keys().next().value;
  if (shadows.size > shadowsMax && oldest !== undefined) shadows.delete(oldest);
  return shadow;
}

function made(placeholder: Uint8Array): string {
  try {
    return thumbHashToDataURL(placeholder);
  } catch {
    // The ThumbHash came from another device and may be invalid.
    return "data:,";
  }
}
