/** What is left of a list of features without one of them (docs/spec/packets.md RP35). */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutFeature } from "./without-feature.ts";

test("[RP35] a list without a feature names it nowhere, and everything else as before", () => {
  const list = `import { dice } from "./dice.ts";
import { packets } from "./packets/index.ts";

export type { One } from "./dice.ts";
export type {
  Lot,
  Packet,
} from "./packets/index.ts";
export { packetLimits } from "./packets.ts";

export const all = [
  dice,
  packets,
] as const;
`;
  expect(withoutFeature(list, "packets")).toBe(`import { dice } from "./dice.ts";

export type { One } from "./dice.ts";

export const all = [
  dice,
] as const;
`);
  for (const room of ["content", "client", "web", "cli", "testing"]) {
    const file = join(import.meta.dirname, "../packages", room, "src/features/index.ts");
    const before = readFileSync(file, "utf8");
    const after = withoutFeature(before, "packets");
    expect(before).toContain("packets");
    expect(after).not.toContain("packet");
    expect(after).toContain("dice");
  }
});
