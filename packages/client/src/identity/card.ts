/**
 * The recovery card (docs/spec/identity.md ID17, ID30): the master key as 24 words, and as a code with account and home.
 * Reading one says what is wrong with it, and where.
 */
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { type AccountId, type Bytes, concat, fromBase64Url, fromUtf8, idBytes, toBase64Url, utf8 } from "@yanshu/wire";

const prefix = "yanshu-card:";
const masterKeyBytes = 32;
const cardWordCount = 24;
/** No two words begin with the same four letters. */
const tellingLetters = 4;

export type ReadCard =
  /** The words alone do not say where home is. */
  | { readonly kind: "card"; readonly masterKey: Bytes; readonly account?: AccountId; readonly server?: string }
  | { readonly kind: "count"; readonly count: number }
  /** From 0. */
  | { readonly kind: "word"; readonly place: number; readonly word: string }
  /** Each is a word, but together they are no card's: one is another's, or two are exchanged. */
  | { readonly kind: "sum" }
  | { readonly kind: "code" };

export function cardWords(masterKey: Bytes): readonly string[] {
  return entropyToMnemonic(masterKey, wordlist).split(" ");
}

export function cardCode(masterKey: Bytes, account: AccountId, server: string): string {
  return `${prefix}${toBase64Url(concat(masterKey, account, utf8(server)))}`;
}

/** Whether these are words of this key's card, at least two, by their places from 0. */
export function areOnCard(masterKey: Bytes, answers: readonly { place: number; word: string }[]): boolean {
  const words = cardWords(masterKey);
  return answers.length >= 2 && answers.every(({ place, word }) => words[place] === word.trim().toLowerCase());
}

export function allCardWords(): readonly string[] {
  return wordlist;
}

/** @param text the code, or the words as somebody writes them: with numbers, in lines, by their first four letters. */
export function readCard(text: string): ReadCard {
  const code = text.trim();
  if (code.startsWith(prefix)) return readCode(code.slice(prefix.length));
  const written = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const words = written.map(wordFor);
  const place = words.indexOf(undefined);
  if (place >= 0) return { kind: "word", place, word: written[place] ?? "" };
  if (words.length !== cardWordCount) return { kind: "count", count: words.length };
  try {
    return { kind: "card", masterKey: mnemonicToEntropy(words.join(" "), wordlist) };
  } catch {
    return { kind: "sum" };
  }
}

function wordFor(written: string): string | undefined {
  if (wordlist.includes(written)) return written;
  return written.length < tellingLetters ? undefined : wordlist.find((word) => word.startsWith(written));
}

function readCode(code: string): ReadCard {
  try {
    const bytes = fromBase64Url(code);
    if (bytes === undefined || bytes.length <= masterKeyBytes + idBytes.account) return { kind: "code" };
    return {
      kind: "card",
      masterKey: bytes.slice(0, masterKeyBytes),
      account: bytes.slice(masterKeyBytes, masterKeyBytes + idBytes.account),
      server: fromUtf8(bytes.slice(masterKeyBytes + idBytes.account)),
    };
  } catch {
    return { kind: "code" };
  }
}
