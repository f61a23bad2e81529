/** `npm run scale`: writes docs/SCALE.md anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChannelCosts, channelCostsOf } from "./channels.ts";
import { clusterPage, figuresOf } from "./figures.ts";
import { type Costs, costsOf } from "./model.ts";
import { pageText } from "./page.ts";

const root = join(import.meta.dirname, "../..");
export const scalePage = join(root, "docs", "SCALE.md");

export function measuredCosts(): Costs {
  const read = (path: string) => figuresOf(readFileSync(path, "utf8"));
  return costsOf(read(join(root, "bench", "RESULTS.md")), read(clusterPage));
}

export const measuredChannelCosts = (): ChannelCosts =>
  channelCostsOf(figuresOf(readFileSync(join(root, "bench", "RESULTS.md"), "utf8")));

if (import.meta.main) {
  writeFileSync(scalePage, pageText(measuredCosts(), measuredChannelCosts()));
  console.log("docs/SCALE.md");
}
