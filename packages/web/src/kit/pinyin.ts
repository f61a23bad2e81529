/**
 * Order and search of names (docs/spec/search.md SE6): A to Z by the first letter of the surname's pinyin, Latin names
 * among them, all others under #. Surnames have their reading as surnames (单 is S, 曾 is Z). For readers of
 * Traditional Chinese, zhuyin letters come before the Latin ones.
 */
import { type ContactRow, loadFold } from "@yanshu/client";
import { zhuyinLetters, zhuyinOf } from "./zhuyin.ts";

/** The syllables of a name, without tones; a Latin word is one. */
export type Syllables = (name: string) => readonly string[];
export type Reader = {
  readonly syllables: Syllables;
  /** Folds differences in writing: Traditional and Simplified, upper and lower case, accents. */
  readonly fold: (text: string) => string;
};
export type Initials = "pinyin" | "zhuyin";

/** A person in a list that is sorted by name. */
type Named = Pick<ContactRow, "account" | "name"> & Partial<Pick<ContactRow, "isStarred" | "blocked">>;
export type NameGroup<R extends Named> = { readonly initial: string; readonly rows: readonly R[] };
type Sortable<R extends Named> = { readonly row: R; readonly reading: string; readonly initial: string };

const latinLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ#".split("");
export const indexInitials: Readonly<Record<Initials, readonly string[]>> = {
  pinyin: latinLetters,
  zhuyin: [...zhuyinLetters, ...latinLetters],
};

/** Size of the cache of readings: each key press looks up all names. */
const namesKept = 20_000;

export async function loadReader(): Promise<Reader> {
  const [{ pinyin }, fold] = await Promise.all([import("pinyin-pro"), loadFold()]);
  const known = new Map<string, readonly string[]>();
  return {
    syllables: (name) => {
      const held = known.get(name);
      if (held !== undefined) return held;
      // The library knows surnames in Simplified only. The rest is read as written, because 乾 is not always 干.
      const written = Array.from(name);
      const head = fold(written.slice(0, 2).join("")).text;
      const read = pinyin(head + written.slice(2).join(""), {
        toneType: "none",
        type: "array",
        surname: "head",
        nonZh: "consecutive",
        v: true,
      });
      const syllables = read.flatMap((part) => fold(part).text.split(" ")).filter((part) => part !== "");
      if (known.size >= namesKept) known.clear();
      known.set(name, syllables);
      return syllables;
    },
    fold: (text) => fold(text).text,
  };
}

/** The reader until the libraries are loaded: it sorts Latin names correctly. */
export const plainReader: Reader = {
  syllables: (name) => [name.toLowerCase()],
  fold: (text) => text.toLowerCase(),
};

/** Initial of the starred contacts, who are listed on top and again among the others. */
export const star = "★";

export function groupByInitial<R extends Named>(
  rows: readonly R[],
  reader: Reader,
  initials: Initials,
): NameGroup<R>[] {
  const groups = new Map<string, Sortable<R>[]>();
  for (const row of rows) {
    const entry = sortable(row, reader, initials);
    if (row.isStarred === true && row.blocked !== true) groups.set(star, [...(groups.get(star) ?? []), entry]);
    const group = groups.get(entry.initial);
    if (group === undefined) groups.set(entry.initial, [entry]);
    else group.push(entry);
  }
  return [star, ...indexInitials[initials]].flatMap((initial) => {
    const entries = groups.get(initial);
    return entries === undefined ? [] : [{ initial, rows: entries.sort(byReading).map(({ row }) => row) }];
  });
}

function sortable<R extends Named>(row: R, { syllables }: Reader, initials: Initials): Sortable<R> {
  const name = row.name.trim();
  const read = syllables(name);
  const sounds = initials === "zhuyin" && isHan(name) ? read.map((syllable) => zhuyinOf(syllable) ?? syllable) : read;
  const first = (sounds[0] ?? "").normalize("NFD").charAt(0).toUpperCase();
  const place = (sound: string) => zhuyinLetters.indexOf(sound);
  // The order of the zhuyin alphabet differs from that of its code points.
  const reading = sounds
    .map((sound) =>
      Array.from(sound, (one) => (place(one) < 0 ? one : String.fromCharCode(0x41 + place(one)))).join(""),
    )
    .join(" ");
  return { row, reading, initial: indexInitials[initials].includes(first) ? first : "#" };
}

function isHan(name: string): boolean {
  return /^\p{Script=Han}/u.test(name);
}

function byReading(a: Sortable<Named>, b: Sortable<Named>): number {
  // Equal readings (陈雨, 陈宇) are sorted by the characters, then by the account.
  return compare(a.reading, b.reading) || compare(a.row.name, b.row.name) || compare(a.row.account, b.row.account);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the query matches the name that the person gave a contact, or the contact's own name. */
export function matchesContact(row: ContactRow, query: string, reader: Reader): boolean {
  return matchesName([row.name, row.ownName], query, reader);
}

/**
 * Whether the query matches one of the names: by characters of either script, by prefixes of pinyin or zhuyin, or by
 * initials. Spaces and case do not matter.
 */
export function matchesName(names: readonly string[], query: string, reader: Reader): boolean {
  const wanted = reader.fold(query).replaceAll(" ", "");
  if (wanted === "") return true;
  return names.some((name) => {
    if (reader.fold(name).replaceAll(" ", "").includes(wanted)) return true;
    const read = reader.syllables(name);
    if (/^[a-z0-9]+$/.test(wanted)) return begins(read, wanted);
    return (
      /^[ㄅ-ㄩ]+$/.test(wanted) &&
      begins(
        read.map((syllable) => zhuyinOf(syllable) ?? syllable),
        wanted,
      )
    );
  });
}

/** Whether `wanted` is made of prefixes of neighboring syllables: zengguofan, zgf, zengf, zgfan. */
function begins(syllables: readonly string[], wanted: string): boolean {
  const from = (at: number, rest: string): boolean => {
    if (rest === "") return true;
    const syllable = syllables[at];
    if (syllable === undefined) return false;
    for (let length = commonLength(syllable, rest); length > 0; length--)
      if (from(at + 1, rest.slice(length))) return true;
    return false;
  };
  return syllables.some((_, at) => from(at, wanted));
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
