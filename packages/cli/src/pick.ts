/**
 * Pick: which chat or person is meant by a title, a place in the list that was printed, or the
 * beginning of an id. What fits several is refused, for the wrong reader cannot be taken back.
 */
import { Fault } from "./fault.ts";
import { plain, short } from "./line.ts";

export type Candidate = { readonly id: string; readonly name: string };

const prefixMin = 4;

/**
 * The first of these that fits anything decides: the whole name; the place in the list, from 1; the
 * beginning of the id; the beginning of the name.
 *
 * @param argument as the command's usage names it.
 * @throws Fault when nothing or more than one fits.
 */
export function pick<C extends Candidate>(argument: string, query: string, candidates: readonly C[]): C {
  const wanted = folded(query);
  const named = candidates.filter(({ name }) => folded(name) === wanted);
  const place = /^[1-9]\d{0,4}$/.test(query) ? candidates[Number(query) - 1] : undefined;
  const byId = new RegExp(`^[0-9a-f]{${prefixMin},}$`).test(wanted)
    ? candidates.filter(({ id }) => id.startsWith(wanted))
    : [];
  const begun = wanted === "" ? [] : candidates.filter(({ name }) => folded(name).startsWith(wanted));
  const fitting = [named, place === undefined ? [] : [place], byId, begun].find((found) => found.length > 0) ?? [];
  const [only, ...others] = fitting;
  if (only === undefined) throw new Fault("fault.none", { argument, query: plain(query) });
  if (others.length > 0)
    throw new Fault("fault.many", {
      argument,
      query: plain(query),
      candidates: fitting
        .map((one) => `${candidates.indexOf(one) + 1} ${plain(one.name)} (${short(one.id)})`)
        .join(", "),
    });
  return only;
}

function folded(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}
