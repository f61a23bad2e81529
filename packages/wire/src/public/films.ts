/**
 * Films (docs/spec/channels.md CH4): bytes that are named by the hash of their chunks' hashes. So each chunk is checked
 * by itself, whoever serves it, and a film can be sought, resumed and mirrored without trust in who hands it on.
 */
import { ByteReader, type Bytes, ByteWriter, concat, equalBytes, MalformedError, utf8 } from "../bytes.ts";
import { idBytes } from "../ids.ts";
import type { Primitives } from "../signing.ts";
import { labelled } from "./label.ts";
import { publicLimits } from "./limits.ts";

type Sha256 = Primitives["sha256"];
const { chunkBytes, filmBytesMax, headChunks } = publicLimits;

/** What stands before the hashes of a list: the film's length, as a u32. */
const lengthBytes = 4;

/**
 * The hash of a film's list: its name. `list`: the film's length and the SHA-256 of each chunk, one after the other.
 */
export function filmHashOf(sha256: Sha256, list: Bytes): Bytes {
  return sha256(labelled("film", list));
}

/** The list of a film of `bytes` bytes. @param hashes of its chunks, in their order. */
export function filmListOf(bytes: number, hashes: readonly Bytes[]): Bytes {
  return concat(new ByteWriter(lengthBytes).u32(bytes).finish(), ...hashes);
}

/** Cuts a whole film. @throws MalformedError when it is empty or too long. */
export function filmOf(sha256: Sha256, bytes: Bytes): { readonly hash: Bytes; readonly list: Bytes } {
  const hashes = Array.from({ length: chunksOf(bytes.length) }, (_, at) => sha256(chunkAt(bytes, at)));
  const list = filmListOf(bytes.length, hashes);
  return { hash: filmHashOf(sha256, list), list };
}

/** The number of chunks of a film of `bytes` bytes. @throws MalformedError when there is no such film. */
export function chunksOf(bytes: number): number {
  // @checks CH4
  if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes > filmBytesMax)
    throw new MalformedError("not a film's length");
  return Math.ceil(bytes / chunkBytes);
}

/** How long the list of a film of `bytes` bytes is. @throws MalformedError when there is no such film. */
export function filmListBytes(bytes: number): number {
  return lengthBytes + chunksOf(bytes) * idBytes.hash;
}

/** The chunk with index `at` of a whole film. */
export function chunkAt(bytes: Bytes, at: number): Bytes {
  return bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes);
}

/**
 * Whether the list is that film's, and of so many bytes: the name is of the length too, so that nobody who knows a list
 * begins the film with another length in its author's place.
 * @checks CH4
 */
export function isFilmList(
  sha256: Sha256,
  film: { readonly hash: Bytes; readonly bytes: number },
  list: Bytes,
): boolean {
  const isOfLength = list.length === filmListBytes(film.bytes) && new ByteReader(list).u32() === film.bytes;
  return isOfLength && equalBytes(filmHashOf(sha256, list), film.hash);
}

/**
 * Whether `bytes` are whole chunks of the film, from the one with index `at` on. @param film with its whole length.
 * @checks CH4
 */
export function areChunks(
  sha256: Sha256,
  film: { readonly bytes: number; readonly list: Bytes },
  at: number,
  bytes: Bytes,
): boolean {
  const from = at * chunkBytes;
  const isWhole = bytes.length % chunkBytes === 0 || from + bytes.length === film.bytes;
  if (bytes.length === 0 || !isWhole || from + bytes.length > film.bytes) return false;
  for (let i = 0; i * chunkBytes < bytes.length; i++) {
    const place = lengthBytes + (at + i) * idBytes.hash;
    if (!equalBytes(sha256(chunkAt(bytes, i)), film.list.subarray(place, place + idBytes.hash))) return false;
  }
  return true;
}

/** The bytes of a film that its head has: whole chunks, so that each has its hash. */
export function headBytesOf(filmBytes: number): number {
  return Math.min(filmBytes, headChunks * chunkBytes);
}

/** A film of a heads bundle. Home lacks the film where list and head are empty. */
export type FilmHead = { readonly film: Bytes; readonly list: Bytes; readonly head: Bytes };

const magic = utf8("YSH1");
const beginBytes = magic.length + idBytes.hash + 1;
const listBytesMax = filmListBytes(filmBytesMax);

/** The first bytes of a heads bundle: whose page it is, and how many films follow. */
export function encodeHeadsBegin(pack: Bytes, films: number): Bytes {
  return concat(magic, pack, Uint8Array.of(films));
}

/** One film of a heads bundle. */
export function encodeFilmHead({ film, list, head }: FilmHead): Bytes {
  const lengths = [list, head].map(({ length }) => new ByteWriter(4).u32(length).finish());
  return concat(film, lengths[0] as Bytes, list, lengths[1] as Bytes, head);
}

/**
 * Reads a heads bundle as it arrives, in whatever pieces, so that the first film begins while the others still come.
 * `push` returns the films that are whole by now. It holds no more than one film and the last piece.
 */
export class HeadsReader {
  /** Known once the first 37 bytes were read. */
  pack: Bytes | undefined;
  private left = 0;
  private pieces: Bytes[] = [];
  private heldBytes = 0;
  /** Nothing more can be read before so many bytes are held: so pieces are joined few times, however small they are. */
  private needed: number = beginBytes;

  /** Whether all films were read. */
  get isWhole(): boolean {
    return this.pack !== undefined && this.left === 0;
  }

  /** @throws MalformedError @checks CH14 */
  push(piece: Bytes): readonly FilmHead[] {
    this.pieces.push(piece);
    this.heldBytes += piece.length;
    if (this.heldBytes < this.needed) return [];
    let held = concat(...this.pieces);
    if (this.pack === undefined) held = this.begin(held);
    const found: FilmHead[] = [];
    while (this.left > 0) {
      this.needed = neededBytes(held);
      if (held.length < this.needed) break;
      const { one, rest } = readFilmHead(held);
      found.push(one);
      held = rest;
      this.left--;
    }
    if (this.left === 0 && held.length > 0) throw new MalformedError("bytes after the last film");
    this.pieces = [held];
    this.heldBytes = held.length;
    return found;
  }

  /** @checks CH14 */
  private begin(held: Bytes): Bytes {
    const reader = new ByteReader(held);
    if (!equalBytes(reader.take(magic.length), magic)) throw new MalformedError("not a bundle of heads");
    this.pack = reader.take(idBytes.hash).slice();
    this.left = reader.u8();
    if (this.left > publicLimits.pageMax) throw new MalformedError("more films than a page has");
    this.needed = 0;
    return reader.rest();
  }
}

/** How many bytes a film of a bundle takes, as far as its first bytes tell. @throws MalformedError @checks CH14 */
function neededBytes(held: Bytes): number {
  const beforeList = idBytes.hash + lengthBytes;
  if (held.length < beforeList) return beforeList;
  const listBytes = new ByteReader(held.subarray(idBytes.hash)).u32();
  if (listBytes > listBytesMax) throw new MalformedError("a list over its limit");
  const beforeHead = beforeList + listBytes + lengthBytes;
  if (held.length < beforeHead) return beforeHead;
  const headBytes = new ByteReader(held.subarray(beforeHead - lengthBytes)).u32();
  if (headBytes > headChunks * chunkBytes) throw new MalformedError("a head over its limit");
  return beforeHead + headBytes;
}

function readFilmHead(held: Bytes): { readonly one: FilmHead; readonly rest: Bytes } {
  const reader = new ByteReader(held);
  const film = reader.take(idBytes.hash);
  const list = reader.take(reader.u32());
  const head = reader.take(reader.u32());
  return { one: { film, list, head }, rest: reader.rest() };
}

/**
 * Whether list and head are those of the film that an entry names.
 * @checks CH14
 */
export function isFilmHead(
  sha256: Sha256,
  { film, list, head }: FilmHead,
  named: { readonly hash: Bytes; readonly bytes: number },
): boolean {
  if (!equalBytes(film, named.hash) || !isFilmList(sha256, named, list)) return false;
  return head.length === headBytesOf(named.bytes) && areChunks(sha256, { bytes: named.bytes, list }, 0, head);
}
