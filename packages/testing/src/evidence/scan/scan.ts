/** Scan: one place, everything that is looked for in it, plain and packed. */
import { announced, unannounced } from "./compressed.ts";
import { framingsIn } from "./framing.ts";
import type { Matcher } from "./matcher.ts";
import type { Piece } from "./places.ts";

export type Found = { readonly name: string; readonly form: string; readonly where: string };

export type Scan = {
  readonly bytes: number;
  readonly found: readonly Found[];
  readonly framings: readonly string[];
};

export type ScanOptions = {
  /** The pieces are small streams: what does not announce itself as packed is tried too. */
  readonly small?: boolean;
  /** Groups whose framing was leaked on purpose. */
  readonly leakedGroups?: readonly Uint8Array[];
  /** MLS framing is looked for by its shape; not in memory, where any program's tables look like it. */
  readonly framing?: boolean;
};

export function scan(matcher: Matcher, pieces: Iterable<Piece>, options: ScanOptions = {}): Scan {
  const found = new Map<string, Found>();
  const framings: string[] = [];
  let total = 0;
  const look = (where: string, bytes: Uint8Array, packed: string) => {
    for (const { needle } of matcher(bytes)) {
      const form = packed === "" ? needle.form : `${needle.form}, ${packed}`;
      found.set(`${needle.name} ${form} ${where}`, { name: needle.name, form, where });
    }
  };
  for (const { name, bytes } of pieces) {
    total += bytes.length;
    look(name, bytes, "");
    for (const opened of announced(bytes)) look(name, opened, "compressed");
    if (options.small === true) for (const opened of unannounced(bytes)) look(name, opened, "compressed");
    if (options.framing === true)
      for (const { kind } of framingsIn(bytes, options.leakedGroups)) framings.push(`${kind} in ${name}`);
  }
  return { bytes: total, found: [...found.values()], framings };
}

/** One scan over several. */
export function together(scans: readonly Scan[]): Scan {
  return {
    bytes: scans.reduce((sum, { bytes }) => sum + bytes, 0),
    found: scans.flatMap(({ found }) => found),
    framings: scans.flatMap(({ framings }) => framings),
  };
}
