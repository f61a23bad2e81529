/**
 * Kinds: a place asks what is so of a conversation, by the name of a property, and not of which kind it is
 * (docs/spec/rooms.md RO16). Run as a program it checks this tree; `kinds.test.ts` breaks it in a made-up one.
 */
import { Glob } from "bun";
import { root } from "./setup.mjs";

/** Where the tables of kinds stand, which alone name them. */
const tables = /^packages\/\w+\/src\/(?:kit\/)?kinds\//;
const notLooked = /\.test\.tsx?$|\/(?:testing|testkit)\/|^packages\/testing\//;

/** Something else whose kind has a name that a conversation's has as well. */
export type Other = { readonly path: string; readonly of: string; readonly why: string };

export const others: readonly Other[] = [
  {
    path: "packages/wire/src/envelope.ts",
    of: "envelope.kind",
    why: "an envelope to a group's list, or a sealed note",
  },
  { path: "packages/mls/src/envelope.ts", of: "read?.kind", why: "an envelope" },
  { path: "packages/client/src/features/invitations/contact-links.ts", of: "read.kind", why: "a link" },
  { path: "packages/client/src/features/invitations/contact-links.ts", of: "read?.kind", why: "a link" },
  { path: "packages/client/src/features/invitations/index.ts", of: "read?.kind", why: "a link" },
  { path: "packages/client/src/features/invitations/views.ts", of: "read?.kind", why: "a link" },
  { path: "packages/client/src/groups/join-ask.ts", of: "read?.kind", why: "a link" },
  { path: "packages/client/src/values/links.ts", of: "read?.kind", why: "a link" },
  { path: "packages/web/src/features/contacts/opened-link.tsx", of: "read.kind", why: "a link" },
  { path: "packages/web/src/screens/welcome.tsx", of: "preview.kind", why: "a link" },
  { path: "packages/client/src/features/requests/learn.ts", of: "via.kind", why: "how somebody came to ask" },
  { path: "packages/client/src/values/contact-notes.ts", of: "source.kind", why: "how somebody came to ask" },
  { path: "packages/client/src/values/contact-notes.ts", of: "via.kind", why: "how somebody came to ask" },
  { path: "packages/client/src/views/source.ts", of: "case", why: "how somebody came to ask" },
  { path: "packages/web/src/kit/source-words.ts", of: "case", why: "how somebody came to ask" },
];

/** The names of the kinds that the table of mls has. */
export function namesIn(files: readonly string[]): readonly string[] {
  return files.flatMap((text) => [...text.matchAll(/\bname: "([\w-]+)"/g)].map(([, name]) => name as string));
}

/** What is wrong, one line a fault. @param files text by path, from the root of the tree. */
export function faultsIn(
  files: ReadonlyMap<string, string>,
  names: readonly string[],
  allowed: readonly Other[],
): readonly string[] {
  const name = names.join("|");
  const asks = [
    new RegExp(`([\\w$.?]*[kK]ind)\\s*[!=]==?\\s*"(?:${name})"`, "g"),
    new RegExp(`"(?:${name})"\\s*[!=]==?\\s*([\\w$.?]*[kK]ind)\\b`, "g"),
    new RegExp(`\\b(case) "(?:${name})"\\s*:`, "g"),
    new RegExp(`"(?:${name})"\\]?\\)?\\.(?:includes|has)\\(([\\w$.?]*[kK]ind)\\)`, "g"),
    new RegExp(`\\b((?:\\w+\\.)?kind)\\s*(?:=|<>|!=|(?:NOT )?IN)\\s*\\(?\\s*'(?:${name})'`, "g"),
  ];
  const met = new Set<Other>();
  const faults: string[] = [];
  for (const [path, text] of files) {
    if (tables.test(path) || notLooked.test(path)) continue;
    for (const ask of asks)
      for (const found of text.matchAll(ask)) {
        const of = found[1] as string;
        const other = allowed.find((one) => one.path === path && one.of === of);
        if (other !== undefined) met.add(other);
        else {
          const line = text.slice(0, found.index).split("\n").length;
          faults.push(`${path}:${line} asks which kind a conversation is (${found[0]}): ask a property of kinds/`);
        }
      }
  }
  for (const other of allowed)
    if (!met.has(other))
      faults.push(`${other.path} is let ask ${other.of}, and does not: take it out of tools/kinds.ts`);
  return faults;
}

if (import.meta.main) {
  const read = async (pattern: string): Promise<ReadonlyMap<string, string>> => {
    const paths = [...new Glob(pattern).scanSync(root)].sort();
    return new Map(
      await Promise.all(paths.map(async (path) => [path, await Bun.file(`${root}/${path}`).text()] as const)),
    );
  };
  const names = namesIn([...(await read("packages/mls/src/kinds/*.ts")).values()]);
  const faults = faultsIn(await read("packages/*/src/**/*.{ts,tsx}"), names, others);
  for (const fault of faults) console.log(fault);
  console.log(`kinds: ${names.length} of them, ${faults.length} faults`);
  process.exitCode = faults.length === 0 && names.length > 0 ? 0 : 1;
}
