/**
 * What a row of `messages` holds of something too new to read (docs/spec/sync.md SY50): what it says in its sender's
 * words.
 */
import { contentLimits } from "@yanshu/content";
import type { MessageRow } from "@yanshu/store";
import { type Bytes, fromUtf8, plain, utf8 } from "@yanshu/wire";

/** A character of UTF-16 takes three bytes at most. */
const bytesMax = contentLimits.fallbackMax * 3;

export function encodeFallback(fallback: string | undefined): Bytes {
  return utf8(plain(fallback ?? ""));
}

/** Empty where nothing was said, or what stands there is no text. */
export function decodeFallback(stored: Bytes): string {
  if (stored.length > bytesMax) return "";
  try {
    return fromUtf8(stored);
  } catch {
    return "";
  }
}

/** A line that stands for what is too new to read is its author's. */
export function isNotice({ kind, body }: Pick<MessageRow, "kind" | "body">): boolean {
  return kind === "system" && (JSON.parse(fromUtf8(body)) as { readonly kind: string }).kind === "notice";
}
