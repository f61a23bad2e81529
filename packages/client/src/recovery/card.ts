/**
 * The recovery card (docs/spec/identity.md ID17, ID30, ID61): the master key as 24 words, English or Chinese, and as a
 * code with account and home. Reading a card reports what is wrong with it, and where.
 */

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { cardWordsIn } from "@yanshu/content";
import {
  type AccountId,
  type Bytes,
  concat,
  fromBase64Url,
  fromUtf8,
  idBytes,
  type Primitives,
  toBase64Url,
  utf8,
} from "@yanshu/wire";
import type { CardGuess, CardWordLists, RecoveryCard } from "../api/recovery.ts";
import { guessesOf } from "./card-guess.ts";
import { type CardScript, cardScripts, loadCardLists, type ReadWord } from "./card-lists.ts";

type Sha256 = Primitives["sha256"];

const prefix = "yanshu-card:";
const masterKeyBytes = 32;
const cardWordCount = 24;
/** No two words of BIP 39's English list begin with the same four characters. */
const tellingLetters = 4;

export type ReadCard =
  /** From words alone, account and server are absent. */
  | { readonly kind: "card"; readonly masterKey: Bytes; readonly account?: AccountId; readonly server?: string }
  /** The card has `count` words instead of 24. */
  | { readonly kind: "count"; readonly count: number }
  /** This word is in no list; `place` counts from 0. */
  | { readonly kind: "word"; readonly place: number; readonly word: string }
  /**
   * BIP 39's checksum fails: all words are in the lists, but one is wrong, or two are swapped. `guesses`: likely
   * corrections, the likeliest first.
   */
  | { readonly kind: "sum"; readonly guesses: readonly CardGuess[] }
  /** A code (`yanshu-card:…`) that cannot be read. */
  | { readonly kind: "code" };

export async function cardOf(masterKey: Bytes, account: AccountId, server: string): Promise<RecoveryCard> {
  const lists = await loadCardLists();
  const places = placesOf(masterKey, lists);
  const inScript = (script: CardScript) => places.map((at) => lists[script][at] ?? "");
  return {
    words: inScript("en"),
    inChinese: { "zh-Hans": inScript("zh-Hans"), "zh-Hant": inScript("zh-Hant") },
    code: `${prefix}${toBase64Url(concat(masterKey, account, utf8(server)))}`,
  };
}

function placesOf(masterKey: Bytes, { en }: CardWordLists): readonly number[] {
  return entropyToMnemonic(masterKey, [...en])
    .split(" ")
    .map((word) => en.indexOf(word));
}

/** Whether the answers, at least two, are the words of this key's card at these places (from 0), in any script. */
export async function areOnCard(
  masterKey: Bytes,
  answers: readonly { place: number; word: string }[],
): Promise<boolean> {
  const lists = await loadCardLists();
  const places = placesOf(masterKey, lists);
  const isOn = ({ place, word }: { place: number; word: string }) => {
    const [written, ...more] = cardWordsIn(word);
    return written !== undefined && more.length === 0 && exactly(lists, written)?.at === places[place];
  };
  return answers.length >= 2 && answers.every(isOn);
}

/**
 * @param text the code, or the words as people write them: with numbers, in lines, only four letters each, Chinese ones
 * without spaces, in mixed scripts.
 */
export async function readCard(text: string, sha256: Sha256): Promise<ReadCard> {
  const code = text.trim();
  if (code.startsWith(prefix)) return readCode(code.slice(prefix.length));
  const lists = await loadCardLists();
  const written = cardWordsIn(text);
  const words: ReadWord[] = [];
  for (const [place, one] of written.entries()) {
    const word = wordFor(lists, one);
    if (word === undefined) return { kind: "word", place, word: one };
    words.push(word);
  }
  if (words.length !== cardWordCount) return { kind: "count", count: words.length };
  const masterKey = keyOf(lists, words);
  if (masterKey !== undefined) return { kind: "card", masterKey };
  return { kind: "sum", guesses: await guessesOf(lists, words, sha256) };
}

function exactly(lists: CardWordLists, written: string): ReadWord | undefined {
  for (const script of cardScripts) {
    const at = lists[script].indexOf(written);
    if (at >= 0) return { at, script };
  }
  return undefined;
}

function wordFor(lists: CardWordLists, written: string): ReadWord | undefined {
  const word = exactly(lists, written);
  if (word !== undefined || written.length < tellingLetters) return word;
  const at = lists.en.findIndex((one) => one.startsWith(written));
  return at < 0 ? undefined : { at, script: "en" };
}

/** Undefined if BIP 39's checksum fails. */
function keyOf({ en }: CardWordLists, words: readonly ReadWord[]): Bytes | undefined {
  try {
    return mnemonicToEntropy(words.map(({ at }) => en[at]).join(" "), [...en]);
  } catch {
    return undefined;
  }
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
