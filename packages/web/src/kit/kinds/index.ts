/** The kinds of conversation that screens know: one line each. */
import { direct } from "./direct.ts";
import { group } from "./group.ts";
import type { ScreenKind } from "./kind.ts";
import { own } from "./own.ts";

const all: readonly ScreenKind[] = [group, direct, own];

/** One that a later version wrote: its title and who is in it are shown, and nothing is offered. */
const unknown: ScreenKind = { ...group, name: "", hasCalls: false, hasGroupCalls: false };

export function screenKind(name: string): ScreenKind {
  return all.find((kind) => kind.name === name) ?? unknown;
}
