/** Answers to requests of `fetch`, whole. */
import type { AnswerBounds } from "@yanshu/client";
import { joined } from "../shared/pieces.ts";

/** The body of an answer. Rejects once it is longer than its bounds allow, and the transfer ends. */
export async function wholeWithin(
  answer: Response,
  bounds: AnswerBounds | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bounds === undefined || answer.body === null) return new Uint8Array(await answer.arrayBuffer());
  const reader = answer.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    // @checks CH86
    if (length > bounds.bytesMax) {
      await reader.cancel();
      throw new RangeError("the answer is longer than was asked for");
    }
    pieces.push(next.value);
  }
  return joined(pieces);
}
