/**
 * Feature keys: no feature of the client reads or writes a key (docs/spec/rooms.md RO20,
 * docs/decisions/0047-what-stays-core.md). Features have the store, for tables of their own; that they leave the tables
 * and values alone in which keys stand is held here, by their text. Run as a program it checks this tree.
 */
import { Glob } from "bun";
import { featureSources, keylessQueries, keyTables, secretValues } from "./arrows-rules.ts";

const root = `${import.meta.dirname}/..`;

/** Words of an SQL statement after which a table is named. */
const sqlNames = (tables: readonly string[]) =>
  new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\\s+(${tables.join("|")})\\b`, "i");

/**
 * Queries of the store that touch a table with keys, themselves or by another. @param queries text of the store's files
 * by path.
 */
export function keyQueries(queries: ReadonlyMap<string, string>, tables: readonly string[]): ReadonlySet<string> {
  const bodies = new Map<string, string>();
  for (const text of queries.values())
    for (const part of text.split(/^(?=(?:export )?function )/m)) {
      const name = /^(?:export )?function (\w+)/.exec(part)?.[1];
      if (name !== undefined) bodies.set(name, part.slice(0, /^}$/m.exec(part)?.index ?? part.length));
    }
  const touching = new Set([...bodies].flatMap(([name, body]) => (sqlNames(tables).test(body) ? [name] : [])));
  for (let before = -1; before !== touching.size; ) {
    before = touching.size;
    for (const [name, body] of bodies)
      if ([...touching].some((other) => other !== name && new RegExp(`\\b${other}\\(`).test(body))) touching.add(name);
  }
  return touching;
}

export type KeyRule = {
  readonly tables: readonly string[];
  /** Queries over those tables that return no key. */
  readonly keyless: readonly { readonly name: string; readonly why: string }[];
  /** Names of single values in `meta` that are keys, or open something. */
  readonly secrets: readonly string[];
};

/** What is wrong, one line a fault. @param features text of what features are made of, by path. */
export function faultsIn(
  features: ReadonlyMap<string, string>,
  queries: ReadonlyMap<string, string>,
  { tables, keyless, secrets }: KeyRule,
): readonly string[] {
  const faults: string[] = [];
  const refused = keyQueries(queries, tables);
  const met = new Set<string>();
  for (const [path, text] of features) {
    const lineAt = (index: number) => text.slice(0, index).split("\n").length;
    for (const found of text.matchAll(new RegExp(sqlNames(tables), "gi")))
      faults.push(`${path}:${lineAt(found.index)} names the table ${found[1]}, in which keys stand`);
    for (const found of text.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+"@yanshu\/store"/g))
      for (const one of (found[1] as string).split(",")) {
        const name = one
          .trim()
          .replace(/^type\s+/, "")
          .split(/\s+as\s+/)[0] as string;
        if (!refused.has(name)) continue;
        if (keyless.some((query) => query.name === name)) met.add(name);
        else faults.push(`${path}:${lineAt(found.index)} imports ${name}, which touches a table in which keys stand`);
      }
    for (const secret of secrets) {
      const at = text.indexOf(`"${secret}"`);
      if (at !== -1) faults.push(`${path}:${lineAt(at)} names the value ${secret}, which is a key`);
    }
  }
  for (const { name } of keyless)
    if (!met.has(name)) faults.push(`${name} is let be as a query without keys, and no feature asks it`);
  return faults;
}

if (import.meta.main) {
  const read = async (patterns: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const paths = patterns.flatMap((pattern) => [...new Glob(pattern).scanSync(root)]);
    const kept = [...new Set(paths)].filter((path) => !path.endsWith(".test.ts")).sort();
    return new Map(
      await Promise.all(kept.map(async (path) => [path, await Bun.file(`${root}/${path}`).text()] as const)),
    );
  };
  const features = await read(featureSources);
  const queries = await read(["packages/store/src/queries/*.ts"]);
  const faults = faultsIn(features, queries, { tables: keyTables, keyless: keylessQueries, secrets: secretValues });
  for (const fault of faults) console.log(fault);
  console.log(`feature keys: ${features.size} files, ${faults.length} faults`);
  process.exitCode = faults.length === 0 && features.size > 0 ? 0 : 1;
}
