/**
 * Dice 骰子 (packages/web/src/features/dice/README.md): the sender's device rolls one die and sends the result, so that
 * all see the same. A changed client can choose the result: this is a game among friends, not a lottery.
 */
import { struct, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";

const words = (points: number) => `🎲 骰子 Dice ${points}`;

export const dice = contentFeature({
  bodies: {
    die: body({
      /** The points on top, minus one. */
      schema: struct({ face: uint(5) }),
      disposition: "message",
      text: ({ face }) => words(face + 1),
      summary: ({ face }) => `${face + 1}`,
      /** As words, because a forwarded die would look like one that was rolled in the other chat. */
      forward: "text",
      isSharedWithNewcomers: true,
      fallback: ({ face }) => words(face + 1),
    }),
  },
});
