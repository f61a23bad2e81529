/** Dice 骰子 (packages/web/src/features/dice/README.md): rolled here once, and the same for all. */
import { clientFeature, type FeatureContext, type Hex } from "../feature.ts";

const sides = 6;
/** Bytes from here on would make the low points likelier. */
const fairBelow = 256 - (256 % sides);

type DieItemBody = {
  readonly kind: "die";
  /** 1–6. */
  readonly points: number;
};

type DiceApi = {
  /** Resolves with the id of the message. Rejects with `unknown-conversation`, `not-allowed`. */
  readonly rollDie: (conversation: Hex) => Promise<Hex>;
};

function rolled(random: FeatureContext["random"]): number {
  for (;;) {
    const [byte = 0] = random(1);
    if (byte < fairBelow) return byte % sides;
  }
}

export const dice = clientFeature({
  kinds: ["die"],

  show: { die: (_, { face }): DieItemBody => ({ kind: "die", points: face + 1 }) },

  api: ({ writable, say, random }): DiceApi => ({
    rollDie: async (conversation) => say(writable(conversation), { kind: "die", face: rolled(random) }),
  }),
});
