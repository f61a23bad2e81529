/**
 * What stands in holes of Moments (docs/spec/moments.md MO1–MO8): names, and what is sealed under them. Chance is bytes
 * that count up: elsewhere it is random.
 */
import {
  bodySecret,
  bodyToSign,
  type Cell,
  cellFlags,
  cellKinds,
  cellName,
  cellSecret,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  logPayload,
  noWord,
  postIdOf,
  postPayload,
  roundStep,
  type SealedCrypto,
  sealBody,
  sealCell,
  sealHeader,
  sealWord,
  type Word,
  wayTo,
  wordIdOf,
  wordSecret,
  wordToSign,
} from "@yanshu/client/moments";
import type { Crypto } from "@yanshu/mls";
import type { AccountId, Bytes } from "@yanshu/wire";

const filled = (byte: number, length = 32): Bytes => new Uint8Array(length).fill(byte);
const account = (byte: number) => filled(byte) as AccountId;

const [root, log, post, reply] = [filled(1), filled(2), filled(3), filled(4, 16)];
const [speaker, author] = [account(7), account(10)];
const posted = { author, secret: post };
const friends = [7, 11, 12].map(account);

/** Chance counts up from one. */
function counted(crypto: Crypto): SealedCrypto {
  let next = 0;
  return { ...crypto, random: (length) => filled(++next & 255, length) };
}

export async function moments(crypto: Crypto): Promise<object> {
  const seals = counted(crypto);
  const pair = await crypto.signatureKeyPair(filled(9));
  const way = wayTo(crypto, root, 1, speaker);
  const nameOfPart = (part: number) => holeName(crypto, bodySecret(crypto, root, post, part));
  const body = nameOfPart(0);

  async function cellAt(to: AccountId, place: number, cell: Cell) {
    const towards = wayTo(crypto, root, 1, to);
    const secret = cellSecret(crypto, towards, place);
    return {
      to,
      place,
      secret,
      name: holeName(crypto, secret),
      cell,
      value: await sealCell(seals, towards, place, cell),
    };
  }

  const told: Cell = { kind: cellKinds.post, flags: 0, day: 20_776, payload: postPayload(post, body) };
  const called: Cell = { ...told, flags: cellFlags.mention };
  const cells = [
    await cellAt(speaker, 3, called),
    await cellAt(speaker, 4, { ...told, flags: cellFlags.cover }),
    await cellAt(speaker, 5, { ...told, kind: cellKinds.status }),
    await cellAt(speaker, 6, {
      kind: cellKinds.log,
      flags: 0,
      day: 65_535,
      payload: logPayload(log, headsFrom(crypto, root, log, 0)),
    }),
    await cellAt(speaker, 2 ** 31 - 1, { kind: cellKinds.filling, flags: 0, day: 0, payload: filled(0, 64) }),
  ];

  const wordAt = (place: number) => holeName(crypto, wordSecret(crypto, root, log, place));
  const headAt = (place: number) => holeName(crypto, headSecret(crypto, root, log, place));
  const idOf = (own: Bytes) => wordIdOf(crypto, speaker, postIdOf(crypto, posted), own);
  const said = (word: Pick<Word, "kind"> & Partial<Word>): Word => {
    const own = word.reply ?? filled(6, 16);
    return { id: idOf(own), about: noWord, atMs: 1_795_000_000_123, text: "", ...word, reply: own };
  };
  const all: readonly { readonly word: Word; readonly bound?: Bytes }[] = [
    { word: said({ kind: "comment", text: "吃了吗？" }) },
    { word: said({ kind: "comment", reply: filled(8, 16), about: idOf(filled(6, 16)), text: "吃了。" }), bound: reply },
    { word: said({ kind: "like", reply: filled(13, 16) }) },
    { word: said({ kind: "delete", id: filled(5, 16), about: idOf(filled(6, 16)) }) },
    { word: said({ kind: "hide", id: filled(14, 16), about: idOf(filled(8, 16)) }) },
    { word: said({ kind: "withdraw", id: filled(15, 16) }) },
    { word: said({ kind: "comment", text: "长".repeat(600) }) },
  ];
  const words: object[] = [];
  for (const [place, { word, bound }] of all.entries()) {
    const toSign = wordToSign(crypto, speaker, posted, wordAt(place), word);
    const signature = await crypto.sign(pair.privateKey, toSign);
    const header = {
      day: 20_776 & 255,
      hint: hintOf(crypto, log, posted),
      next: headsFrom(crypto, root, log, place + 1),
      word: wordAt(place),
    };
    words.push({
      place,
      headerName: headAt(place),
      header: await sealHeader(seals, log, headAt(place), header),
      name: wordAt(place),
      word,
      bound,
      toSign,
      value: await sealWord(seals, log, wordAt(place), post, bound, { ...word, signature }),
    });
  }

  const bodies: object[] = [];
  for (const bytes of [filled(8, 300), filled(8, 4_100)]) {
    const values = await sealBody(seals, post, nameOfPart, bytes);
    bodies.push({ bytes, names: values?.map((_, part) => nameOfPart(part)), values });
  }

  return {
    about:
      "Moments (docs/spec/moments.md MO1-MO8): names, cells, a round, words and bodies. M is 32 bytes 01, L 02, S 03, R 16 bytes 04; the author of the post is 32 bytes 0a, who says the words 07; the signing seed is 09. Chance is bytes 01, then 02 and so on, through the file from its top. Byte strings are hexadecimal; `bound` is R of what a word answers.",
    names: {
      way,
      wayOfTheirSecond: wayTo(crypto, root, 1, speaker, 2),
      cell: cellName(crypto, way, 3),
      header: headAt(0),
      word: wordAt(0),
      body,
      post: postIdOf(crypto, posted),
      wordId: idOf(filled(6, 16)),
      hint: hintOf(crypto, log, posted),
      bodyToSign: bodyToSign(crypto, posted, filled(8, 4)),
    },
    cells,
    rounds: {
      steps: [0, 1, 64, 65, 96, 97, 129, 200, 500, 5_000].map((count) => ({ friends: count, holes: roundStep(count) })),
      round: await roundOf(seals, cellAt, told),
    },
    words,
    bodies,
  };
}

/** A cell for each of three friends, and what fills it: a secret and a value of chance each. */
async function roundOf(
  seals: SealedCrypto,
  cellAt: (to: AccountId, place: number, cell: Cell) => Promise<{ readonly name: Bytes; readonly value: Bytes }>,
  cell: Cell,
): Promise<readonly { readonly name: Bytes; readonly value: Bytes }[]> {
  const holes = [];
  for (const to of friends) {
    const { name, value } = await cellAt(to, 0, cell);
    holes.push({ name, value });
  }
  while (holes.length < roundStep(friends.length))
    holes.push({ name: holeName(seals, seals.random(32)), value: seals.random(96) });
  return holes;
}
