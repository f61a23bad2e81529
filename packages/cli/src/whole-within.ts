/** The body of what another program answers, or asks: no longer than was asked for. */
import type { AnswerBounds } from "@yanshu/client";

/** Rejects once the body is longer than its bounds allow, and the transfer ends. */
export async function wholeWithin(
  answer: Pick<Response, "arrayBuffer" | "body">,
  bounds: Pick<AnswerBounds, "bytesMax"> | undefined,
): Promise<Uint8Array> {
  if (bounds === undefined || answer.body === null) return new Uint8Array(await answer.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body) {
    length += piece.length;
    // Leaving the loop ends the transfer. @checks CH86
    if (length > bounds.bytesMax) throw new RangeError("the answer is longer than was asked for");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
