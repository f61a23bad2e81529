/**
 * Dice 骰子 (packages/web/src/features/dice/README.md): one die, rolled by its sender's device. All see the same, for it
 * is said and not rolled again. A changed client can choose what it rolls: it is a game among friends and no lottery.
 */
import { struct, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";

const words = (points: number) => `🎲 骰子 Dice ${points}`;

export const dice = contentFeature({
  bodies: {
    die: body({
      /** One less than the points that lie on top. */
      schema: struct({ face: uint(5) }),
      disposition: "message",
      text: ({ face }) => words(face + 1),
      summary: ({ face }) => `${face + 1}`,
      /** As words: a die that is carried on would look like one that was rolled there. */
      forward: "text",
      isSharedWithNewcomers: true,
      fallback: ({ face }) => words(face + 1),
    }),
  },
});
