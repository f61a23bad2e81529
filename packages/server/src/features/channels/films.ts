/**
 * Films at home (docs/spec/channels.md CH4, CH19): taken in parts of eight chunks, each checked against the list, so
 * what lies here is what an author signed and nothing else. Home decodes no film.
 */
import {
  areChunks,
  type Bytes,
  type CallArgs,
  chunksOf,
  type FilmState,
  filmTokens,
  isFilmList,
  publicLimits,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import { BlobDiskFullError } from "../../blobs/store.ts";
import { accept, done, type Outcome, refuse, tooOften } from "../../core/outcome.ts";
import { dayOf } from "../../core/rate.ts";
import type { ChannelPorts } from "./ports.ts";
import type { FilmRow } from "./tables.ts";

const { chunkBytes, chunksPerCallMax } = publicLimits;
/** A film that no entry names is kept so long: its author uploads, and then appends. */
const unusedDays = 2;
const sweepMax = 64;
/** Parts that are written at one moment, of 256 KiB each. */
const writesMax = 32;
const waitMs = 1_000;

export class Films {
  /** Films of which a part is being written. */
  private readonly busy = new Set<string>();
  private readonly ports: ChannelPorts;

  constructor(ports: ChannelPorts) {
    this.ports = ports;
  }

  /** @checks CH18, CH19 */
  async begin(
    { film: hash, bytes, list, tokens }: CallArgs<"filmBegin">,
    prefix: string | undefined,
  ): Promise<Outcome<FilmState>> {
    const { tables, config, uploadTokens, primitives, committed } = this.ports;
    const held = tables.film(hash);
    if (held !== undefined) return this.stateOf(held);
    if (unlessMalformed(() => chunksOf(bytes)) === undefined) return refuse("malformed");
    if (bytes > config.filmBytesMax) return refuse("too-large");
    if (tables.filmTotals().bytes + bytes > config.channelsBytesMax) return refuse("storage-full");
    if (tokens.length !== filmTokens(bytes)) return refuse("bad-token");
    if (!isFilmList(primitives.sha256, { hash, bytes }, list)) return refuse("malformed");
    const paid = await uploadTokens.spend(tokens, prefix);
    if (!paid.ok) return paid;
    const begun = await committed(() => {
      tables.addFilm({ hash, bytes, list }, this.today());
      return done;
    });
    return begun.ok ? accept({ chunks: 0, isWhole: false }) : begun;
  }

  /** @checks CH18, CH19 */
  async add({ film: hash, at, bytes }: CallArgs<"filmChunks">): Promise<Outcome<FilmState>> {
    const { tables, config, primitives, committed, disk } = this.ports;
    const film = tables.film(hash);
    if (film === undefined) return refuse("unknown-list");
    if (film.chunks < 0) return tooOften(waitMs);
    const id = toHex(hash);
    if (at !== film.chunks) return refuse("stale-offset");
    if (this.busy.has(id)) return refuse("stale-offset"); // not a check: it saves a write that would not count.
    const end = at * chunkBytes + bytes.length;
    const isPart = bytes.length === chunksPerCallMax * chunkBytes || end === film.bytes;
    if (!isPart || !areChunks(primitives.sha256, film, at, bytes)) return refuse("malformed");
    if (tables.filmTotals().bytes + bytes.length > config.channelsBytesMax) return refuse("storage-full");
    if (this.busy.size >= writesMax) return tooOften(waitMs);
    this.busy.add(id);
    try {
      await disk.write({ id, bytes: film.bytes }, at * chunkBytes, bytes);
      const chunks = Math.ceil(end / chunkBytes);
      const advanced = await committed(() =>
        // not a check: two servers wrote the same bytes, and one of them counts them.
        tables.advanceFilm(hash, at, chunks, bytes.length) ? done : refuse("stale-offset"),
      );
      return advanced.ok ? this.stateOf({ ...film, chunks }) : advanced;
    } catch (error) {
      if (error instanceof BlobDiskFullError) return refuse("storage-full"); // not a check: the disk says it.
      throw error;
    } finally {
      this.busy.delete(id);
    }
  }

  /** Whether all of it is on the disk. */
  isWhole({ hash, bytes }: { readonly hash: Bytes; readonly bytes: number }): boolean {
    const film = this.ports.tables.film(hash);
    return film?.bytes === bytes && film.chunks === chunksOf(film.bytes);
  }

  /** A film that an entry shows; undefined for any other. */
  shown(hash: Bytes): FilmRow | undefined {
    const { tables } = this.ports;
    const film = tables.film(hash);
    return film !== undefined && film.chunks === chunksOf(film.bytes) && tables.isShown(hash) ? film : undefined;
  }

  /** Deletes films that no entry names: their bytes first, and then their row. */
  async sweep(): Promise<void> {
    const { tables, committed, disk } = this.ports;
    for (;;) {
      let gone: readonly FilmRow[] = [];
      await committed(() => {
        gone = tables.leaveFilms(this.today() - unusedDays, sweepMax);
        return done;
      });
      for (const film of gone) {
        await disk.remove(toHex(film.hash));
        const written = Math.min((-1 - film.chunks) * chunkBytes, film.bytes);
        await committed(() => {
          tables.dropFilm(film, written);
          return done;
        });
      }
      if (gone.length < sweepMax) return;
    }
  }

  private stateOf({ chunks, bytes }: FilmRow): Outcome<FilmState> {
    // It is being deleted: in a moment it can be begun anew.
    if (chunks < 0) return tooOften(waitMs);
    return accept({ chunks, isWhole: chunks === chunksOf(bytes) });
  }

  private today(): number {
    return dayOf(this.ports.clock.nowMs());
  }
}
