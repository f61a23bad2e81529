/**
 * Films: reads public films in pieces, each checked against the film's chunk list before anything is shown of it
 * (docs/spec/channels.md). A film is named by the hash of its list, so nobody on the way can change it unseen.
 *
 * What was read stays: the last used in memory, all of it in the browser's own cache, up to a number of bytes; the
 * films that were used longest ago go first.
 */
import { joined, Pieces } from "./pieces.ts";

export const chunkBytes = 32 << 10;
const hashBytes = 32;
/** What stands before the hashes of a list: the film's length, as a u32. */
const lengthBytes = 4;
/** Chunks in one request: what is not watched is hardly fetched. */
const stepChunks = 4;
/** No poster, face or picture of a channel has more. */
export const pictureBytesMax = 8 << 20;

export class WrongFilm extends Error {}

export type FilmPorts = {
  /**
   * The film's bytes from `from` up to `to`, as they arrive. Rejects when they cannot be had. @param bytes its length
   * @param from where a chunk begins
   */
  readonly fetchPart: (hash: string, bytes: number, from: number, to: number) => Promise<ReadableStream<Uint8Array>>;
  /**
   * Its length and the hashes of its chunks, one after another. Rejects when they cannot be had. @param bytes its
   * length; 0: not known
   */
  readonly fetchList: (hash: string, bytes: number) => Promise<Uint8Array<ArrayBuffer>>;
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
  /** The name of the film with this list, in hex. */
  readonly nameOf: (list: Uint8Array<ArrayBuffer>) => Promise<string>;
  readonly kept: FilmsKept;
};

/** Where pieces stay. Names are `HASH/list` and `HASH/N`; `names` are in the order in which they were put. */
export type FilmsKept = {
  readonly names: () => Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  readonly get: (name: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  readonly put: (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly drop: (names: readonly string[]) => Promise<void>;
  readonly dropAll: () => Promise<void>;
};

type Limits = { readonly keptBytesMax: number; readonly heldBytesMax: number };
const usual: Limits = { keptBytesMax: 200 << 20, heldBytesMax: 24 << 20 };

/** What is known of a film: its list, the chunks in memory, and which are in the cache. */
type Held = {
  list: Uint8Array<ArrayBuffer> | undefined;
  readonly chunks: Map<number, Uint8Array<ArrayBuffer>>;
  readonly kept: Map<string, number>;
};

export class Films {
  private readonly ports: FilmPorts;
  private readonly limits: Limits;
  /** The least recently used first. */
  private readonly films = new Map<string, Held>();
  /** Chunks that are on their way, as `HASH/N`: each is here once it was checked, before those behind it. */
  private readonly underway = new Map<string, Promise<void>>();
  private known: Promise<void> | undefined;
  private keptBytes = 0;
  private heldBytes = 0;

  constructor(ports: FilmPorts, limits = usual) {
    this.ports = ports;
    this.limits = limits;
  }

  /**
   * Bytes of the film from `from` on, at least one and at most those of four chunks.
   *
   * @param bytes the film's length, from its entry; 0: not known, as of a channel's picture. @param before awaited
   * where anything of it has to be fetched; it rejects where nothing may be. @throws WrongFilm when the list or a chunk
   * is not the film's own; other errors when it cannot be fetched.
   */
  async read(
    hash: string,
    bytes: number,
    from: number,
    before: () => Promise<void> = async () => undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    await this.open();
    const film = this.use(hash);
    const first = Math.floor(from / chunkBytes);
    let may: Promise<void> | undefined;
    const once = () => (may ??= before());
    const listing = this.listOf(hash, film, once, bytes);
    if (bytes > 0 && film.list === undefined && !film.kept.has("list")) {
      listing.catch(() => undefined); // It is awaited below.
      await once();
      // Nothing of it is here: its first chunks do not wait for the list that they are checked by.
      if (film.list === undefined && !this.underway.has(`${hash}/${first}`))
        void this.fetchRun(hash, film, listing, first, bytes);
    }
    const list = await listing;
    const count = chunksOf(list);
    // @checks WE143
    if (bytes > 0 && bytes !== bytesOf(list)) throw new WrongFilm("the length of the film is another");
    const coming = () => this.underway.get(`${hash}/${first}`);
    if (!(await this.here(hash, film, first))) {
      if (coming() === undefined) await before();
      // Its head may have come meanwhile.
      if (!(await this.here(hash, film, first)))
        await (coming() ?? this.fetchRun(hash, film, listing, first, bytesOf(list)));
    }
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let n = first; n < Math.min(first + stepChunks, count); n++) {
      const chunk = (await this.here(hash, film, n)) ? film.chunks.get(n) : undefined;
      if (chunk === undefined) break;
      parts.push(n === first ? chunk.subarray(from - first * chunkBytes) : chunk);
    }
    this.letGo(hash);
    const [one] = parts;
    return one !== undefined && parts.length === 1 ? one : joined(parts);
  }

  /** How many bytes from `from` on are here or on their way, of those that one `read` gives. */
  comes(hash: string, bytes: number, from: number): number {
    const film = this.films.get(hash);
    const first = Math.floor(from / chunkBytes);
    let end = first;
    while (end < first + stepChunks && this.isComing(hash, film, end)) end++;
    return Math.max(0, Math.min(bytes, end * chunkBytes) - from);
  }

  /**
   * All of it, for a picture. @param bytesMax nothing is read where its list is of more. @param bytes its length; 0:
   * not known. @throws as `read`
   */
  async readWhole(
    hash: string,
    bytesMax: number,
    before: () => Promise<void> = async () => undefined,
    bytes = 0,
  ): Promise<Uint8Array<ArrayBuffer>> {
    await this.open();
    const count = chunksOf(await this.listOf(hash, this.use(hash), before, bytes));
    // @checks WE157
    if (Math.floor(count) > Math.ceil(bytesMax / chunkBytes)) throw new Error("too long to be read whole");
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < count * chunkBytes; ) {
      const part = await this.read(hash, 0, at, before);
      parts.push(part);
      at += part.length;
      if (part.length % chunkBytes > 0) break; // Only the last chunk is shorter.
    }
    return joined(parts);
  }

  /** Takes the beginning of a film from a bundle: whole chunks, or all of a short film. @throws WrongFilm */
  async takeHead(hash: string, list: Uint8Array<ArrayBuffer>, head: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.open();
    const film = this.use(hash);
    if (film.list === undefined) {
      // @checks WE143
      if ((await this.ports.nameOf(list)) !== hash) throw new WrongFilm("the list is another film's");
      this.keepList(hash, film, list);
    }
    for (let n = 0; n * chunkBytes < head.length; n++) {
      const chunk = head.slice(n * chunkBytes, (n + 1) * chunkBytes);
      if (film.chunks.has(n)) continue;
      await this.keepChunk(hash, film, film.list ?? list, n, chunk);
    }
    this.letGo(hash);
  }

  /** Keeps what was made on this device. Returns its name. */
  async takeMade(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const count = Math.ceil(bytes.length / chunkBytes);
    const list = new Uint8Array(lengthBytes + count * hashBytes);
    new DataView(list.buffer).setUint32(0, bytes.length);
    for (let n = 0; n < count; n++) {
      const hash = await this.ports.sha256(bytes.slice(n * chunkBytes, (n + 1) * chunkBytes));
      list.set(hash, lengthBytes + n * hashBytes);
    }
    const hash = await this.ports.nameOf(list);
    await this.takeHead(hash, list, bytes);
    return hash;
  }

  /** Whether the chunk of this byte is in memory or in the cache. */
  has(hash: string, from: number): boolean {
    return hasChunk(this.films.get(hash), Math.floor(from / chunkBytes));
  }

  /** Whether this chunk is here or on its way. */
  private isComing(hash: string, film: Held | undefined, n: number): boolean {
    return hasChunk(film, n) || this.underway.has(`${hash}/${n}`);
  }

  /** Forgets every film. */
  async forget(): Promise<void> {
    await this.open();
    this.films.clear();
    this.keptBytes = 0;
    this.heldBytes = 0;
    await this.ports.kept.dropAll();
  }

  private open(): Promise<void> {
    this.known ??= this.ports.kept.names().then(
      (names) => {
        for (const { name, bytes } of names) {
          const [hash = "", piece = ""] = name.split("/");
          this.use(hash).kept.set(piece, bytes);
          this.keptBytes += bytes;
        }
      },
      () => undefined, // Without a cache it is read from home each time.
    );
    return this.known;
  }

  private use(hash: string): Held {
    const film = this.films.get(hash) ?? { list: undefined, chunks: new Map(), kept: new Map() };
    this.films.delete(hash);
    this.films.set(hash, film);
    return film;
  }

  private async listOf(
    hash: string,
    film: Held,
    before: () => Promise<void>,
    bytes: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (film.list !== undefined) return film.list;
    const kept = film.kept.has("list") ? await this.ports.kept.get(`${hash}/list`).catch(() => undefined) : undefined;
    if (kept !== undefined && (await this.ports.nameOf(kept)) === hash) {
      film.list = kept;
      return kept;
    }
    this.letPieceGo(film, "list");
    await before();
    if (film.list !== undefined) return film.list; // From a bundle of heads, meanwhile.
    const list = await this.ports.fetchList(hash, bytes);
    // @checks WE143
    if ((await this.ports.nameOf(list)) !== hash) throw new WrongFilm("the list is another film's");
    this.keepList(hash, film, list);
    return list;
  }

  private keepList(hash: string, film: Held, list: Uint8Array<ArrayBuffer>): void {
    film.list = list;
    this.keep(hash, film, "list", list);
  }

  /** Whether the chunk is in memory, where it is laid from the cache if it is there. */
  private async here(hash: string, film: Held, n: number): Promise<boolean> {
    if (film.chunks.has(n)) return true;
    if (!film.kept.has(`${n}`)) return false; // not a check: it is fetched then.
    const chunk = await this.ports.kept.get(`${hash}/${n}`).catch(() => undefined);
    if (chunk === undefined) return false;
    // The browser's cache is no more to be trusted than the way to home. @checks WE143
    if (film.list === undefined || !(await this.isChunk(film.list, n, chunk))) {
      this.letPieceGo(film, `${n}`);
      return false;
    }
    this.hold(film, n, chunk);
    return true;
  }

  /**
   * Asks for a run of chunks. @param bytes the film's length. @returns resolves when the first of them is here; rejects
   * when it cannot be had, or is another.
   */
  private fetchRun(
    hash: string,
    film: Held,
    list: Promise<Uint8Array<ArrayBuffer>>,
    first: number,
    bytes: number,
  ): Promise<void> {
    const count = Math.ceil(bytes / chunkBytes);
    let end = first + 1;
    while (end < Math.min(first + stepChunks, count) && !this.isComing(hash, film, end)) end++;
    const from = first * chunkBytes;
    const to = Math.min(bytes, end * chunkBytes);
    const part = this.ports.fetchPart(hash, bytes, from, to).then((body) => new Pieces(body));
    const chunkOf = async (n: number) => {
      const pieces = await part;
      try {
        const chunk = await pieces.next(Math.min(chunkBytes, bytes - n * chunkBytes));
        await this.keepChunk(hash, film, await list, n, chunk);
      } catch (error) {
        pieces.end();
        throw error;
      }
    };
    let before: Promise<void> = Promise.resolve();
    for (let n = first; n < end; n++) {
      const key = `${hash}/${n}`;
      before = before.then(() => chunkOf(n)).finally(() => this.underway.delete(key));
      before.catch(() => undefined); // It is told to those who wait for that chunk.
      this.underway.set(key, before);
    }
    return this.underway.get(`${hash}/${first}`) as Promise<void>;
  }

  private async keepChunk(
    hash: string,
    film: Held,
    list: Uint8Array<ArrayBuffer>,
    n: number,
    chunk: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    // @checks WE143
    if (!(await this.isChunk(list, n, chunk))) throw new WrongFilm("a chunk is not the film's own");
    this.hold(film, n, chunk);
    this.keep(hash, film, `${n}`, chunk);
  }

  private async isChunk(list: Uint8Array, n: number, chunk: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const found = await this.ports.sha256(chunk);
    return found.every((byte, at) => byte === list[lengthBytes + n * hashBytes + at]);
  }

  private hold(film: Held, n: number, chunk: Uint8Array<ArrayBuffer>): void {
    if (!film.chunks.has(n)) this.heldBytes += chunk.length;
    film.chunks.set(n, chunk);
  }

  private keep(hash: string, film: Held, piece: string, bytes: Uint8Array<ArrayBuffer>): void {
    if (film.kept.has(piece)) return;
    film.kept.set(piece, bytes.length);
    this.keptBytes += bytes.length;
    this.ports.kept.put(`${hash}/${piece}`, bytes).catch(() => {
      // The disk is full: it stays in memory alone.
      if (film.kept.delete(piece)) this.keptBytes -= bytes.length;
    });
  }

  /** What is kept of it is not what it was: it is put anew. */
  private letPieceGo(film: Held, piece: string): void {
    this.keptBytes -= film.kept.get(piece) ?? 0;
    film.kept.delete(piece);
  }

  /** Lets go of what was used longest ago, except the film that is read now. */
  private letGo(now: string): void {
    const { keptBytesMax, heldBytesMax } = this.limits;
    for (const [hash, film] of this.films) {
      if (this.heldBytes <= heldBytesMax && this.keptBytes <= keptBytesMax) return;
      if (hash === now) continue;
      if (this.heldBytes > heldBytesMax) {
        for (const chunk of film.chunks.values()) this.heldBytes -= chunk.length;
        film.chunks.clear();
      }
      if (this.keptBytes <= keptBytesMax) continue;
      for (const bytes of film.kept.values()) this.keptBytes -= bytes;
      this.ports.kept.drop([...film.kept.keys()].map((piece) => `${hash}/${piece}`)).catch(() => undefined);
      film.kept.clear();
    }
  }
}

/** Whether it is in memory or in the cache. */
function hasChunk(film: Held | undefined, n: number): boolean {
  return film !== undefined && (film.chunks.has(n) || film.kept.has(`${n}`));
}

/** The film's length. 0: it is no list. */
function bytesOf(list: Uint8Array): number {
  return list.length < lengthBytes ? 0 : new DataView(list.buffer, list.byteOffset).getUint32(0);
}

function chunksOf(list: Uint8Array): number {
  return (list.length - lengthBytes) / hashBytes;
}
