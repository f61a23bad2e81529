/**
 * Deposit: posts notes to single addresses, at the server that has the address or relays to it (docs/spec/delivery.md
 * DS11; docs/spec/homes.md HM68).
 */
import { encodeParts, type Part } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";

/** A lost note is not repeated here: the sender repeats its request until something follows. */
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
