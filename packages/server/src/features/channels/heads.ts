/**
 * Heads of a page (docs/spec/channels.md CH13, CH14): the first bytes of its films in one bundle, which is the same for
 * everybody, and so tells nothing of who asks. Made once a pack, when somebody asks first.
 */
import {
  type Bytes,
  concat,
  decodeChannelEntry,
  encodeFilmHead,
  encodeHeadsBegin,
  equalBytes,
  headBytesOf,
  noHash,
  pageDays,
  pageOf,
  toHex,
} from "@yanshu/wire";
import { dayMs, hourMs } from "../../core/rate.ts";
import type { Films } from "./films.ts";
import { type ChannelPorts, noBytes } from "./ports.ts";
import type { PackRow } from "./tables.ts";

/** Bundles in memory: that of the newest pack, and of the one before. Each has 7 MiB, and the lists of its films. */
const keptMax = 2;
const hoursPerDay = dayMs / hourMs;

/** `page`: hashes of its entries, in its order. */
type Bundle = { readonly page: readonly Bytes[]; readonly bytes: Promise<Bytes> };

export class Heads {
  private readonly ports: ChannelPorts;
  private readonly films: Films;
  private readonly made = new Map<string, Bundle>();

  constructor(ports: ChannelPorts, films: Films) {
    this.ports = ports;
    this.films = films;
  }

  /**
   * The bundle of the newest pack, or of the one before it while it is here and all of its entries are: what was
   * withdrawn or removed is gone with its first bytes. Undefined: of no other.
   */
  async of(hash: Bytes): Promise<Bytes | undefined> {
    const { tables } = this.ports;
    const id = toHex(hash);
    const held = this.made.get(id);
    if (held?.page.every((entry) => tables.entry(entry)?.state === 0)) return held.bytes;
    this.made.delete(id);
    const newest = tables.newest();
    if (newest === undefined || !equalBytes(newest.hash, hash)) return undefined;
    const page = this.page(newest);
    const making = this.make(newest, page);
    this.made.set(id, { page, bytes: making });
    for (const oldest of this.made.keys()) {
      if (this.made.size <= keptMax) break;
      this.made.delete(oldest);
    }
    making.catch(() => this.made.delete(id));
    return making;
  }

  private async make(pack: PackRow, page: readonly Bytes[]): Promise<Bytes> {
    const parts: Bytes[] = [];
    for (const entry of page) parts.push(encodeFilmHead(await this.headOf(entry)));
    return concat(encodeHeadsBegin(pack.hash, page.length), ...parts);
  }

  /** Hashes of the entries of the page, in its order. */
  private page({ n, hash }: PackRow): readonly Bytes[] {
    const { tables, primitives } = this.ports;
    const hour = tables.hourOf(n) ?? 0;
    const day = Math.floor(hour / hoursPerDay);
    const rows = tables.offered((day - pageDays + 1) * hoursPerDay, n);
    const offered = rows.map((row) => ({ ...row, day: Math.floor(row.hour / hoursPerDay) }));
    return pageOf(primitives.sha256, offered, day, hash).map((one) => one.hash);
  }

  /** Empty where the film went meanwhile. */
  private async headOf(entry: Bytes) {
    const { tables, primitives, disk } = this.ports;
    const bytes = tables.entry(entry)?.bytes;
    const named = bytes && decodeChannelEntry(primitives.sha256, bytes).films?.[0];
    const film = named && this.films.shown(named.hash);
    if (film === undefined) return { film: named?.hash ?? noHash, list: noBytes, head: noBytes };
    const head = await disk.read({ id: toHex(film.hash), bytes: film.bytes }, 0, headBytesOf(film.bytes));
    return { film: film.hash, list: film.list, head };
  }
}
