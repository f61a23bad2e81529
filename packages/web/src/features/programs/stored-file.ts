/**
 * Stored file: what a program stored in one chat, as a file that any program reads, and back (docs/spec/programs.md
 * PR80). A mini program stores JSON, and an app of webxdc texts.
 */

type Stored = Readonly<Record<string, string>>;
export type StoredKind = "json" | "texts";

/** More than all that may be stored takes, with every quote escaped. */
export const storedFileBytesMax = 32 << 20;

export function storedFile(program: string, name: string, stored: Stored, kind: StoredKind): string {
  const values = Object.fromEntries(
    Object.entries(stored).map(([key, value]) => [key, kind === "json" ? JSON.parse(value) : value]),
  );
  return JSON.stringify({ program, name, stored: values }, undefined, 2);
}

/** @returns undefined: it is no such file. Which program it came from does not matter: another version is another. */
export function storedIn(text: string, kind: StoredKind): Stored | undefined {
  const stored = storedField(text);
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return undefined;
  const words = (value: unknown) => (kind === "texts" && typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, words(value)]));
}

function storedField(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly stored?: unknown } | null)?.stored;
  } catch {
    return undefined;
  }
}
