/** Registry: what all features say of one sort, by kind or by name. */
import type { CliFeature } from "./feature.ts";
import { cliFeatures } from "./features/index.ts";

/** Each is given the text that knows the words of all of them. */
const features = cliFeatures as readonly object[] as readonly CliFeature<never>[];

export function tableOf<P extends keyof CliFeature<never>>(part: P): NonNullable<CliFeature<never>[P]> {
  return Object.assign({}, ...features.map((feature) => feature[part]));
}
