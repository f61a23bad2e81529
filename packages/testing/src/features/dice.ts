/** Dice 骰子. A die names nobody and holds no words: nothing of it could be a secret. */
import { testFeature } from "../feature.ts";

export const dice = testFeature({
  corpus: ({ ann, group }) => ann.api.rollDie(group),
});
