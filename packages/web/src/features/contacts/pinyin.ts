/**
 * Contacts in their order: A to Z by the first letter of the surname's pinyin, Latin names merged in
 * between, all else under #. Surnames are read as surnames (单 is S, 曾 is Z).
 */
import type { ContactRow } from "@yanshu/client";

/** What is needed of a reader of pinyin: the syllables of a name, without tones. */
export type Syllables = (name: string) => readonly string[];

export type ContactGroup = { readonly letter: string; readonly rows: readonly ContactRow[] };
export type Sortable = { readonly row: ContactRow; readonly syllables: readonly string[]; readonly letter: string };

export const indexLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ#".split("");

export async function loadSyllables(): Promise<Syllables> {
  const { pinyin } = await import("pinyin-pro");
  return (name) => pinyin(name, { toneType: "none", type: "array", surname: "head", nonZh: "consecutive", v: true });
}

/** For the moment before the pinyin is loaded: Latin names already stand right. */
export const plainSyllables: Syllables = (name) => [name];

function sortable(row: ContactRow, syllables: Syllables): Sortable {
  const read = syllables(row.name.trim()).map((part) => part.toLowerCase());
  const first = (read[0] ?? "").normalize("NFD").charAt(0).toUpperCase();
  return { row, syllables: read, letter: /^[A-Z]$/.test(first) ? first : "#" };
}

export function groupContacts(rows: readonly ContactRow[], syllables: Syllables): ContactGroup[] {
  const groups = new Map<string, Sortable[]>();
  for (const row of rows) {
    const entry = sortable(row, syllables);
    const group = groups.get(entry.letter);
    if (group === undefined) groups.set(entry.letter, [entry]);
    else group.push(entry);
  }
  return indexLetters.flatMap((letter) => {
    const entries = groups.get(letter);
    return entries === undefined ? [] : [{ letter, rows: entries.sort(byReading).map(({ row }) => row) }];
  });
}

function byReading(a: Sortable, b: Sortable): number {
  const left = a.syllables.join(" ");
  const right = b.syllables.join(" ");
  // Equal readings (陈雨, 陈宇) still need one order: by the characters, then by the account.
  return compare(left, right) || compare(a.row.name, b.row.name) || compare(a.row.account, b.row.account);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Finds by name, remark, whole pinyin or its initials; spaces and case do not matter. */
export function matchesContact(row: ContactRow, query: string, syllables: Syllables): boolean {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, "");
  if (wanted === "") return true;
  return [row.name, row.ownName].some((name) => {
    const read = syllables(name).map((part) => part.toLowerCase());
    const haystacks = [name.toLowerCase(), read.join(""), read.map((part) => part.charAt(0)).join("")];
    return haystacks.some((haystack) => haystack.replaceAll(/\s+/g, "").includes(wanted));
  });
}
