/** Reads what the Worker says: one text of JSON each time (docs/spec/programs.md PR60). */
import { type FromLogic, measuresAtOnce } from "../logic/ops.ts";
import { tooMuch } from "../logic/outlet.ts";

/**
 * Our code in the Worker says these alone, but the program shares its realm.
 *
 * @returns nothing where it is none of them. @checks PR60
 */
export function readText(data: unknown): FromLogic | typeof tooMuch | undefined {
  if (typeof data !== "string") return undefined;
  if (data === tooMuch) return tooMuch;
  try {
    const said: unknown = JSON.parse(data);
    return isKnown(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

/** @checks PR60 */
function isKnown(said: unknown): said is FromLogic {
  // not a check: what is no object has no kind, and null throws, which is caught above.
  if (typeof said !== "object" || said === null) return false;
  const { kind, ops, of } = said as { readonly kind?: unknown; readonly ops?: unknown; readonly of?: unknown };
  if (kind === "ops") return Array.isArray(ops) && ops.every(Array.isArray);
  if (kind === "measure") return Array.isArray(of) && of.length <= measuresAtOnce && of.every(Array.isArray);
  return kind === "app";
}
