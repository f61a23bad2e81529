/** Bytes that are at hand, as what is to be sent. */
import type { Bytes } from "@yanshu/wire";
import type { Source } from "../api/media.ts";

export function sourceOf(bytes: Bytes): Source {
  return {
    size: bytes.length,
    slice: (start, end) => ({ arrayBuffer: async () => bytes.slice(start, end).buffer as ArrayBuffer }),
  };
}
