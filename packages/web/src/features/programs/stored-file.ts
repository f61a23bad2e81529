/**
 * Stored file: what a program stored in one chat, as a file that any program reads, and back (docs/spec/programs.md
 * PR80). A mini program stores JSON, and an app of webxdc texts.
 */

type Stored = Readonly<Record<string, string>>;
export type StoredKind = "json" | "texts";

/** More than all that may be stored takes, with every quote escaped. */
export const storedFileBytesMax = 32 << 20;

/**
 * What a program stored is its own, and may be deep or no JSON at all: so its JSON goes into the file as it is, and
 * what is none as a text (PR85).
 */
export function storedFile(program: string, name: string, stored: Stored, kind: StoredKind): string {
  const words = (value: string) => (kind === "json" && isJson(value) ? value : JSON.stringify(value));
  const values = Object.entries(stored).map(([key, value]) => `${JSON.stringify(key)}:${words(value)}`);
  return `{"program":${JSON.stringify(program)},"name":${JSON.stringify(name)},"stored":{\n${values.join(",\n")}\n}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @returns undefined: it is no such file. Which program it came from does not matter: another version is another. */
export function storedIn(text: string, kind: StoredKind): Stored | undefined {
  const words = (value: unknown) => (kind === "texts" && typeof value === "string" ? value : JSON.stringify(value));
  try {
    const stored = (JSON.parse(text) as { readonly stored?: unknown } | null)?.stored;
    if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return undefined;
    return Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, words(value)]));
  } catch {
    return undefined; // It is no JSON, or too deep to be written again.
  }
}
