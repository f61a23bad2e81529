/** Versions of the protocol (docs/spec/wire.md WI1). */
import { accept, type Outcome, refuse } from "../core/outcome.ts";

const protocolVersion = 1;

/** The version that both sides speak. */
export function commonVersion(offered: readonly number[]): Outcome<number> {
  return offered.includes(protocolVersion) ? accept(protocolVersion) : refuse("unsupported-version");
}
