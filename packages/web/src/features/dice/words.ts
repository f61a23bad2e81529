/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "plus.dice": "骰子",
  "kind.die": "[骰子]",
  "dice.points": "骰子，{points} 点",
};
export type DiceId = keyof typeof zhHans;

const zhHant: Record<DiceId, string> = {
  "plus.dice": "骰子",
  "kind.die": "[骰子]",
  "dice.points": "骰子，{points} 點",
};

const en: Record<DiceId, string> = {
  "plus.dice": "Dice",
  "kind.die": "[Dice]",
  "dice.points": "A die: {points}",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly DiceId[] = ["kind.die"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<DiceId, string> {}
}
