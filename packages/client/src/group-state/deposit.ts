/**
 * Deposit: notes to single addresses, each posted at the home that has it or that hands it on (docs/spec/delivery.md
 * DS11; docs/spec/homes.md HM68).
 */
import { encodeParts, type Part } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";

/** What was lost is not said again: a note is repeated by whoever waits for what follows from it. */
export async function deposit({ link, before }: Engine, parts: readonly Part[]): Promise<void> {
  const here: Part[] = [];
  const there: Part[] = [];
  for (const part of parts) {
    const { target } = part;
    if (target.kind === "far" && link.isBefore(target.server))
      there.push({ ...part, target: { kind: "address", address: target.address } });
    else here.push(part);
  }
  await Promise.all([
    here.length === 0 ? undefined : link.post({ mode: "deposit" }, encodeParts(here)),
    there.length === 0 ? undefined : link.post({ mode: "deposit" }, encodeParts(there), before.server),
  ]);
}
