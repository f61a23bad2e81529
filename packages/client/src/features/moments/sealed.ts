/**
 * What stands in holes (docs/spec/moments.md MO1–MO8): how each is named, sealed and read. Pure: no store, no clock, no
 * network. Sizes are those that home sees.
 *
 *   cell      96           nonce 12 · GCM(kind u8 · flags u8 · day u16 · payload 64) · tag 16
 *   header   128           nonce 12 · GCM(day u8 · hint 8 · next 4 × 16 · word's name 16 · 11 zeros) · tag 16
 *   word     256 … 2,048   nonce 12 · GCM(pad(kind u8 · id 16 · about 16 · reply 16 · at u48 · signature 64 · text)) · tag 16
 *   body   1,024 … 4,096   nonce 12 · GCM(pad(parts u8 · names 16 × (parts − 1) · bytes)) · tag 16; later parts: pad(bytes)
 *
 * pad: length u16 · bytes · zeros. All is bound to the name of its hole, which is the additional data. Nonces are
 * random: two own devices may come to one place.
 *
 * M: known to own devices. W: from one friend to another. L: of an author's log, known to their friends. S: of a post,
 * known to its audience. R: of a comment, known to those who read it.
 */
import type { MomentAudience } from "@yanshu/content";
import type { Crypto } from "@yanshu/mls";
import { type AccountId, type Bytes, concat, equalBytes, fromUtf8, toHex, utf8 } from "@yanshu/wire";

export type SealedCrypto = Pick<Crypto, "sha256" | "derive" | "deriveOnce" | "seal" | "open" | "verify" | "random">;

const nonceBytes = 12;
const overhead = nonceBytes + 16;
export const cellBytes = 96;
export const headerBytes = 128;
export const wordSizes = [256, 512, 1_024, 2_048] as const;
export const bodySizes = [1_024, 2_048, 4_096] as const;
export const headsAhead = 4;
const none = new Uint8Array(16);

/** Derives a secret for one purpose, which the label and its parameters name. */
function made({ derive }: Pick<Crypto, "derive">, secret: Bytes, label: string, length = 32): Bytes {
  return derive(secret, labelled(label), length);
}

const labelled = (label: string) => `yanshu moments ${label} v1`;

const holeLabel = utf8("yanshu hole v1\0");
export function holeName({ sha256 }: Pick<Crypto, "sha256">, secret: Bytes): Bytes {
  return sha256(concat(holeLabel, secret)).subarray(0, 16);
}

/** W: from this account to that friend, whose own generation is `theirs`: what they dropped has none of after. */
export function wayTo(crypto: SealedCrypto, root: Bytes, generation: number, friend: AccountId, theirs = 1): Bytes {
  return made(crypto, root, `way ${generation} ${toHex(friend)}${theirs > 1 ? ` ${theirs}` : ""}`);
}
export const cellSecret = (crypto: SealedCrypto, way: Bytes, place: number) =>
  made(crypto, way, `cell secret ${place}`);
export const cellName = (crypto: SealedCrypto, way: Bytes, place: number) =>
  holeName(crypto, cellSecret(crypto, way, place));
/** Names of these are told ahead; what they are made of is the author's alone, so that nobody takes them. */
export const headSecret = (crypto: SealedCrypto, root: Bytes, log: Bytes, place: number) =>
  made(crypto, root, `header secret ${toHex(log)} ${place}`);
export const wordSecret = (crypto: SealedCrypto, root: Bytes, log: Bytes, place: number) =>
  made(crypto, root, `word secret ${toHex(log)} ${place}`);
export const bodySecret = (crypto: SealedCrypto, root: Bytes, post: Bytes, part: number) =>
  made(crypto, root, `body secret ${toHex(post)} ${part}`);
/**
 * The secret of a hole that fills up the round of a post. Own devices alone can derive it, so they can clear it if the
 * device that put it is gone.
 */
export const fillingSecret = (crypto: SealedCrypto, root: Bytes, post: Bytes, at: number) =>
  made(crypto, root, `filling secret ${toHex(post)} ${at}`);

/** The same of a round that tells a log, or tells a friend by their way what was before: then from which place on. */
export const roundSecret = (crypto: SealedCrypto, root: Bytes, of: Bytes, place = 0) =>
  made(crypto, root, `round secret ${toHex(of)} ${place}`);
export const roundFilling = (crypto: SealedCrypto, round: Bytes, at: number) =>
  made(crypto, round, `round filling secret ${at}`);

/** Nonces of so many cells of a round, one behind the other: what is random in it follows from its seed (MO92). */
export const noncesAtOnce = 256;
export const roundNonces = (crypto: SealedCrypto, seed: Bytes, nth: number) =>
  made(crypto, seed, `round nonces ${nth}`, noncesAtOnce * nonceBytes);
/** What stands in a hole that fills it. */
export const roundNoise = (crypto: SealedCrypto, seed: Bytes, draw: number) =>
  made(crypto, seed, `round noise ${draw}`, cellBytes);

export function headsFrom(crypto: SealedCrypto, root: Bytes, log: Bytes, place: number): readonly Bytes[] {
  return Array.from({ length: headsAhead }, (_, at) => holeName(crypto, headSecret(crypto, root, log, place + at)));
}

/** The parts of a post's id: its author's account, and S. */
export type PostKey = { readonly author: AccountId; readonly secret: Bytes };

/** Of its author too: a reader who tells its secret in their own way names another post. */
export function postIdOf({ sha256 }: Pick<Crypto, "sha256">, { author, secret }: PostKey): Bytes {
  return sha256(concat(utf8("yanshu moment id v1\0"), author, secret)).subarray(0, 16);
}

/** Of its author, its post and R: nobody else's word, and none on another post, has it. */
export function wordIdOf({ sha256 }: Pick<Crypto, "sha256">, author: AccountId, post: Bytes, reply: Bytes): Bytes {
  return sha256(concat(utf8("yanshu moment word id v1\0"), author, post, reply)).subarray(0, 16);
}

async function sealed(
  crypto: SealedCrypto,
  key: Bytes,
  name: Bytes,
  plain: Bytes,
  nonce = crypto.random(nonceBytes),
): Promise<Bytes> {
  return concat(nonce, await crypto.seal(key, nonce, name, plain));
}

async function opened(crypto: SealedCrypto, key: Bytes, name: Bytes, value: Bytes): Promise<Bytes | undefined> {
  if (value.length <= overhead) return undefined;
  return crypto.open(key, value.subarray(0, nonceBytes), name, value.subarray(nonceBytes));
}

/** @returns undefined if it is longer than the largest size. */
function padded(plain: Bytes, sizes: readonly number[]): Bytes | undefined {
  const size = sizes.find((one) => plain.length + 2 <= one - overhead);
  if (size === undefined) return undefined;
  const out = new Uint8Array(size - overhead);
  out.set([plain.length >> 8, plain.length & 255]);
  out.set(plain, 2);
  return out;
}

function unpadded(plain: Bytes): Bytes | undefined {
  const length = ((plain[0] ?? 0) << 8) | (plain[1] ?? 0);
  return length + 2 > plain.length ? undefined : plain.subarray(2, 2 + length);
}

/** `filling` carries nothing: it marks its place as used (MO67). */
export const cellKinds = { filling: 0, post: 1, log: 2, status: 3 } as const;
export const cellFlags = { mention: 1, cover: 2 } as const;
export type Cell = { readonly kind: number; readonly flags: number; readonly day: number; readonly payload: Bytes };

/** @param secret of its hole, where it is at hand. @param nonce with which this cell alone is sealed at this place. */
export async function sealCell(
  crypto: SealedCrypto,
  way: Bytes,
  place: number,
  cell: Cell,
  secret = cellSecret(crypto, way, place),
  nonce?: Bytes,
): Promise<Bytes> {
  const plain = new Uint8Array(cellBytes - overhead);
  plain.set([cell.kind, cell.flags, cell.day >> 8, cell.day & 255]);
  plain.set(cell.payload.subarray(0, 64), 4);
  return sealed(crypto, made(crypto, way, `cell key ${place}`), holeName(crypto, secret), plain, nonce);
}

/** @param name of its hole, where it is at hand. */
export async function openCell(
  crypto: SealedCrypto,
  way: Bytes,
  place: number,
  value: Bytes,
  name = cellName(crypto, way, place),
): Promise<Cell | undefined> {
  if (value.length !== cellBytes) return undefined;
  const plain = await opened(crypto, made(crypto, way, `cell key ${place}`), name, value);
  if (plain === undefined) return undefined;
  const [kind = 0, flags = 0, high = 0, low = 0] = plain;
  return { kind, flags, day: (high << 8) | low, payload: plain.slice(4) };
}

/** S, and the name of the hole of the body's first part. */
export function postPayload(secret: Bytes, name: Bytes): Bytes {
  return concat(secret, name, none);
}

/** L, and the names of the first two headers. */
export function logPayload(log: Bytes, heads: readonly Bytes[]): Bytes {
  return concat(log, ...heads.slice(0, 2));
}

/**
 * The number of holes in a round: rounded up for the number of all friends, so that home does not learn how many get
 * the post.
 */
export function roundStep(friends: number): number {
  for (let step = 64; ; step *= 2) {
    if (friends <= step) return step;
    if (friends <= step * 1.5) return step * 1.5;
  }
}

export type Header = {
  readonly day: number;
  readonly hint: Bytes;
  readonly next: readonly Bytes[];
  /** Name of the word. */
  readonly word: Bytes;
};

export async function sealHeader(crypto: SealedCrypto, log: Bytes, name: Bytes, header: Header): Promise<Bytes> {
  const plain = new Uint8Array(headerBytes - overhead);
  plain.set(concat(Uint8Array.of(header.day & 255), header.hint, ...header.next, header.word));
  return sealed(crypto, made(crypto, log, `header key ${toHex(name)}`), name, plain);
}

export async function openHeader(
  crypto: SealedCrypto,
  log: Bytes,
  name: Bytes,
  value: Bytes,
): Promise<Header | undefined> {
  if (value.length !== headerBytes) return undefined;
  const plain = await opened(crypto, made(crypto, log, `header key ${toHex(name)}`), name, value);
  if (plain === undefined) return undefined;
  const next = Array.from({ length: headsAhead }, (_, at) => plain.slice(9 + 16 * at, 25 + 16 * at));
  return { day: plain[0] ?? 0, hint: plain.slice(1, 9), next, word: plain.slice(73, 89) };
}

/**
 * It differs for each author of a word, so that nobody sees that two friends comment on a post that they cannot see.
 */
export function hintOf(crypto: SealedCrypto, log: Bytes, post: PostKey): Bytes {
  return hintsOf(crypto, post)(log);
}

/** The same in many logs: who comes back after weeks makes them by hundred thousands (MO102). */
export function hintsOf({ deriveOnce }: SealedCrypto, { author, secret }: PostKey): (log: Bytes) => Bytes {
  const label = labelled(`hint ${toHex(author)}`);
  return (log) => deriveOnce(concat(secret, log), label, 8);
}

const wordKinds = ["like", "comment", "delete", "hide", "withdraw"] as const;
export type WordKind = (typeof wordKinds)[number];

export type Word = {
  readonly kind: WordKind;
  readonly id: Bytes;
  /** What it answers, takes back or hides; 16 zeros: nothing. */
  readonly about: Bytes;
  /** R, to which an answer is bound as well: who cannot read the one cannot read the other. */
  readonly reply: Bytes;
  readonly atMs: number;
  readonly text: string;
};
export type SignedWord = Word & { readonly signature: Bytes };

export const noWord = none;

function u48(value: number): Bytes {
  const out = new Uint8Array(6);
  for (let at = 5, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) out[at] = rest % 256;
  return out;
}

/**
 * What the author's device signs: friends of both hold L and S, and could else speak in each other's name. The name of
 * the hole is in it, so that nothing is said twice.
 */
export function wordToSign(crypto: SealedCrypto, author: AccountId, post: PostKey, name: Bytes, word: Word): Bytes {
  return concat(
    utf8("yanshu moment word v1\0"),
    author,
    postIdOf(crypto, post),
    name,
    Uint8Array.of(wordKinds.indexOf(word.kind)),
    word.id,
    word.about,
    word.reply,
    u48(word.atMs),
    utf8(word.text),
  );
}

/** HKDF of L ‖ S, and ‖ R of what is answered: who lacks one of them reads nothing. */
function wordKey(crypto: SealedCrypto, log: Bytes, post: Bytes, reply: Bytes | undefined, name: Bytes): Bytes {
  return crypto.deriveOnce(concat(log, post, reply ?? new Uint8Array()), labelled(`word key ${toHex(name)}`), 32);
}

/** Returns undefined if it is too long. */
export async function sealWord(
  crypto: SealedCrypto,
  log: Bytes,
  name: Bytes,
  post: Bytes,
  reply: Bytes | undefined,
  { kind, id, about, reply: own, atMs, signature, text }: SignedWord,
): Promise<Bytes | undefined> {
  const plain = padded(
    concat(Uint8Array.of(wordKinds.indexOf(kind)), id, about, own, u48(atMs), signature, utf8(text)),
    wordSizes,
  );
  return plain && sealed(crypto, wordKey(crypto, log, post, reply, name), name, plain);
}

export async function openWord(
  crypto: SealedCrypto,
  log: Bytes,
  name: Bytes,
  value: Bytes,
  post: Bytes,
  reply: Bytes | undefined,
): Promise<SignedWord | undefined> {
  if (!(wordSizes as readonly number[]).includes(value.length)) return undefined;
  const plain = await opened(crypto, wordKey(crypto, log, post, reply, name), name, value);
  const bytes = plain && unpadded(plain);
  const kind = bytes && wordKinds[bytes[0] ?? wordKinds.length];
  if (bytes === undefined || kind === undefined || bytes.length < 119) return undefined;
  try {
    return {
      kind,
      id: bytes.slice(1, 17),
      about: bytes.slice(17, 33),
      reply: bytes.slice(33, 49),
      atMs: bytes.subarray(49, 55).reduce((sum, byte) => sum * 256 + byte, 0),
      signature: bytes.slice(55, 119),
      text: fromUtf8(bytes.subarray(119)),
    };
  } catch {
    return undefined; // Not UTF-8.
  }
}

export function bodyToSign(crypto: SealedCrypto, post: PostKey, body: Bytes): Bytes {
  return concat(utf8("yanshu moment body v1\0"), postIdOf(crypto, post), body);
}

const partMax = bodySizes[2] - overhead - 2;
export const bodyPartsMax = 12;

function bodyKey(crypto: SealedCrypto, post: Bytes, part: number): Bytes {
  return made(crypto, post, `body key ${part}`);
}

/** In as many parts as it takes. Undefined where it is too long. @param nameOf of each part. */
export async function sealBody(
  crypto: SealedCrypto,
  post: Bytes,
  nameOf: (part: number) => Bytes,
  signed: Bytes,
): Promise<readonly Bytes[] | undefined> {
  const room = (parts: number) => parts * partMax - 1 - 16 * (parts - 1);
  const count = Array.from({ length: bodyPartsMax }, (_, at) => at + 1).find((parts) => signed.length <= room(parts));
  if (count === undefined) return undefined;
  const names = Array.from({ length: count - 1 }, (_, at) => nameOf(at + 1));
  const whole = concat(Uint8Array.of(count), ...names, signed);
  return Promise.all(
    Array.from({ length: count }, (_, part) => {
      const plain = padded(whole.subarray(part * partMax, (part + 1) * partMax), bodySizes) as Bytes;
      return sealed(crypto, bodyKey(crypto, post, part), nameOf(part), plain);
    }),
  );
}

/**
 * What the first part says: names of the parts behind it, and the beginning of the bytes. Undefined where it does not
 * open.
 */
export async function openBody(
  crypto: SealedCrypto,
  post: Bytes,
  name: Bytes,
  value: Bytes,
): Promise<{ readonly names: readonly Bytes[]; readonly bytes: Bytes } | undefined> {
  const plain = await opened(crypto, bodyKey(crypto, post, 0), name, value);
  const bytes = plain && unpadded(plain);
  const count = bytes?.[0] ?? 0;
  const begins = 1 + 16 * (count - 1);
  if (bytes === undefined || count < 1 || count > bodyPartsMax || bytes.length < begins) return undefined;
  const names = Array.from({ length: count - 1 }, (_, at) => bytes.slice(1 + 16 * at, 17 + 16 * at));
  return { names, bytes: bytes.slice(begins) };
}

export async function openBodyPart(
  crypto: SealedCrypto,
  post: Bytes,
  part: number,
  name: Bytes,
  value: Bytes,
): Promise<Bytes | undefined> {
  const plain = await opened(crypto, bodyKey(crypto, post, part), name, value);
  return plain && unpadded(plain);
}

/** A friend, with what decides whether a post is for them. */
export type Friend = {
  readonly account: AccountId;
  readonly tags: readonly string[];
  /** Never told, whatever the audience says. */
  readonly isLeftOut: boolean;
};

/** The friends in an audience, evaluated once, when the post is made. */
export function meant(audience: MomentAudience, friends: readonly Friend[]): readonly AccountId[] {
  const isNamed = ({ account, tags }: Friend) =>
    audience.people.some((one) => equalBytes(one, account)) || audience.tags.some((tag) => tags.includes(tag));
  const isMeant = {
    all: () => true,
    only: isNamed,
    except: (friend: Friend) => !isNamed(friend),
    me: () => false,
  }[audience.who];
  return friends.filter((friend) => !friend.isLeftOut && isMeant(friend)).map(({ account }) => account);
}
