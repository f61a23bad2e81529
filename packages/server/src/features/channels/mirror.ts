/**
 * What this home keeps of others' channels (docs/spec/channels.md CH6, CH70–CH73): packs as those homes signed them, in
 * their order, and films of which each chunk was checked. It signs nothing of it and says nothing beside it, so a
 * reader checks it as if the other home had handed it out.
 */
import {
  areChunks,
  type Bytes,
  type ChannelEntry,
  chunksOf,
  concat,
  decodePackFile,
  decodePackFiles,
  decodePackHead,
  decodePublicHome,
  decodeRoots,
  deletedBy,
  encodePackFile,
  encodeRoots,
  equalBytes,
  filmListBytes,
  filmsOf,
  isFilmList,
  type OpenedPack,
  openPack,
  publicHomeBytesMax,
  publicLimits,
  publicPath,
  readPlaces,
  toHex,
  unlessMalformed,
  utf8,
} from "@yanshu/wire";
import type { StoredFilm } from "../../blobs/store.ts";
import type { Faults } from "../../core/faults.ts";
import { done } from "../../core/outcome.ts";
import { hourMs, minuteMs } from "../../core/rate.ts";
import type { ReadPublic } from "./mirror-port.ts";
import type { MirroredFilm, MirroredHome, MirrorTables } from "./mirror-tables.ts";
import { filesOf } from "./packs.ts";
import type { ChannelPorts } from "./ports.ts";

const { chunkBytes, chunksPerCallMax, packBytesMax, packsBytesMax, packsPerRequestMax } = publicLimits;
/** Of one home in one look; the rest comes in the next. */
const packsPerLook = 256;
const filmsPerLook = 64;
const bytesPerLook = 64 << 20;
const sweepMax = 64;
const headBytesMax = 256;
const lookMs = minuteMs;

export type MirrorPorts = Pick<ChannelPorts, "clock" | "primitives" | "committed" | "disk"> & {
  readonly tables: MirrorTables;
  readonly config: { readonly mirrorBytesMax: number };
  readonly read: ReadPublic | undefined;
};

export class Mirror {
  private readonly ports: MirrorPorts;
  private readonly faults: Faults;
  private isLooking = false;
  private lookedMs = Number.NEGATIVE_INFINITY;
  private isStopped = false;

  constructor(ports: MirrorPorts, faults: Faults) {
    this.ports = ports;
    this.faults = faults;
  }

  /** Called each minute, and after the operator named a home. */
  look(): void {
    const { clock, read } = this.ports;
    if (read === undefined || this.isLooking || this.isStopped || clock.nowMs() - this.lookedMs < lookMs / 2) return;
    this.lookedMs = clock.nowMs();
    this.isLooking = true;
    this.all(read)
      .catch((error) => this.faults.caught("reading other homes", error)) // It is tried again a minute later.
      .finally(() => {
        this.isLooking = false;
      });
  }

  stop(): void {
    this.isStopped = true;
  }

  private async all(read: ReadPublic): Promise<void> {
    for (const { home } of this.ports.tables.homes()) {
      if (this.isStopped) return;
      await this.packsOf(read, home);
    }
    await this.films(read);
    await this.sweep();
  }

  /** @checks CH71 */
  private async packsOf(read: ReadPublic, name: string): Promise<void> {
    const key = await this.keyOf(read, name);
    if (key === undefined) return;
    const answer = await read(name, `${publicPath}head`, headBytesMax);
    const head = answer?.status === 200 ? unlessMalformed(() => decodePackHead(answer.body)) : undefined;
    // not a check: it says nothing now, or has no pack yet.
    if (head === undefined) return;
    for (let left = packsPerLook; left > 0; ) {
      const held = this.ports.tables.home(name);
      if (held === undefined || this.isStopped) return; // not a check: home no longer asks.
      if (held.next > head.n) {
        const own = this.ports.tables.pack(name, head.n);
        // Another one in a place that is held here: that home shows two people two things.
        if (own !== undefined && !equalBytes(own.hash, head.hash)) await this.fault(name, "forked");
        else await this.heard(name);
        return;
      }
      const last = Math.min(head.n, held.next + Math.min(packsPerRequestMax, left) - 1);
      const path = `${publicPath}packs/${held.next}-${last}`;
      const packs = await read(name, path, packBytesMax + packsBytesMax);
      const files = packs?.status === 200 ? unlessMalformed(() => decodePackFiles(packs.body)) : undefined;
      if (files === undefined || files.length === 0) return;
      for (const file of files) {
        if (!(await this.take(read, name, key, file))) return;
        left--;
      }
    }
  }

  /** The key that signs that home's packs: taken from it once, and pinned. */
  private async keyOf(read: ReadPublic, name: string): Promise<Bytes | undefined> {
    const { tables, committed } = this.ports;
    const held = tables.home(name);
    if (held === undefined || held.key.length > 0) return held?.key;
    const answer = await read(name, `${publicPath}home`, publicHomeBytesMax);
    const said = answer?.status === 200 ? unlessMalformed(() => decodePublicHome(answer.body)) : undefined;
    // @checks CH71
    if (said === undefined || said.home !== name) return undefined;
    await committed(() => {
      tables.setKey(name, said.key);
      return done;
    });
    return said.key;
  }

  private async fault(name: string, fault: string): Promise<void> {
    await this.ports.committed(() => {
      this.ports.tables.setFault(name, fault);
      return done;
    });
  }

  private async heard(name: string): Promise<void> {
    const { tables, committed, clock } = this.ports;
    await committed(() => {
      tables.heard(name, clock.nowMs());
      tables.setFault(name, "");
      return done;
    });
  }

  /** Resolves with whether it was taken: nothing behind one that is refused would follow. @checks CH71 */
  private async take(read: ReadPublic, name: string, key: Bytes, file: Bytes): Promise<boolean> {
    const { tables, primitives, clock, committed } = this.ports;
    const held = tables.home(name);
    if (held === undefined) return false;
    const before = held.next === 0 ? undefined : { n: held.next - 1, hash: held.hash, hour: held.hour };
    const opened = await openPack(primitives, key, file, before, Math.floor(clock.nowMs() / hourMs));
    if (opened.kind === "refused" || opened.pack.n !== held.next || opened.pack.home !== name) {
      await this.fault(name, opened.kind === "refused" ? opened.why : "does-not-follow");
      return false;
    }
    const { pack } = opened;
    const [wrong] = (await readPlaces(primitives, pack, () => undefined)).faults;
    // @checks CH88
    if (wrong !== undefined) {
      await this.fault(name, wrong.why);
      return false;
    }
    const { said, signature, roots } = decodePackFile(file);
    await committed(() => {
      // not a check: another server of this home was quicker.
      if (tables.home(name)?.next !== pack.n) return done;
      tables.addPack(name, pack.n, pack.hour, { hash: pack.hash, said, signature, roots: encodeRoots(roots) });
      for (const [place, { hash, channel, entry }] of pack.places.entries()) {
        tables.addEntry(name, { n: pack.n, place }, { hash, channel, bytes: entry?.bytes });
        if (entry !== undefined) this.use(held, entry);
      }
      this.effects(name, pack);
      return done;
    });
    for (const { target, action } of pack.decisions) if (action === "restore") await this.restore(read, held, target);
    return true;
  }

  /** The films of an entry are wanted. Inside a transaction. */
  private use({ home, channels }: MirroredHome, entry: ChannelEntry): void {
    if (channels.length > 0 && !channels.some((one) => equalBytes(one, entry.channel))) return;
    for (const { hash, bytes } of filmsOf(entry)) this.ports.tables.use(home, hash, bytes, entry.hash);
  }

  /** What its author withdrew or that home removed goes here, too. Inside a transaction. @checks CH72 */
  private effects(name: string, { places, decisions }: OpenedPack): void {
    const { tables } = this.ports;
    const goes = (target: Bytes, by?: Bytes) => {
      const entry = tables.entry(name, target);
      if (entry === undefined || (by !== undefined && !equalBytes(by, entry.channel))) return;
      tables.setEntry(name, target, undefined);
      tables.unuse(name, target);
    };
    for (const { target, action } of decisions) if (action === "remove") goes(target);
    for (const { entry } of places) {
      const target = entry && deletedBy(entry);
      if (target !== undefined) goes(target, entry?.channel);
    }
  }

  /** That home took a removal back: the entry stands in its pack again. */
  private async restore(read: ReadPublic, held: MirroredHome, target: Bytes): Promise<void> {
    const { tables, primitives, committed } = this.ports;
    const entry = tables.entry(held.home, target);
    const pack = entry && tables.pack(held.home, entry.n);
    if (entry === undefined || pack === undefined || entry.bytes !== undefined) return;
    const answer = await read(held.home, `${publicPath}packs/${entry.n}`, packBytesMax);
    const key = tables.home(held.home)?.key;
    if (answer?.status !== 200 || key === undefined) return;
    const opened = await openPack(primitives, key, answer.body, undefined, Number.MAX_SAFE_INTEGER);
    if (opened.kind === "refused" || !equalBytes(opened.pack.hash, pack.hash)) return;
    const { entries } = await readPlaces(primitives, opened.pack, () => undefined);
    // @checks CH88
    const found = entries.find(({ hash }) => equalBytes(hash, target));
    if (found === undefined) return;
    await committed(() => {
      tables.setEntry(held.home, target, found.bytes);
      this.use(held, found);
      return done;
    });
  }

  /** As many as one look may bring, and as there is room for. @checks CH71, CH73 */
  private async films(read: ReadPublic): Promise<void> {
    const { tables, config, committed } = this.ports;
    let left = bytesPerLook;
    // Rows have their films' whole lengths: what is wanted counts before it came.
    const isFull = tables.totals().bytes > config.mirrorBytesMax;
    for (const film of tables.wanted(filmsPerLook)) {
      if (left <= 0 || this.isStopped) return; // not a check: it goes on at the next look.
      if (isFull && film.chunks === 0) continue;
      await committed(() => {
        tables.tried(film.home, film.film);
        return done;
      });
      left -= await this.film(read, film);
    }
  }

  /** Resolves with the number of bytes that came. */
  private async film(read: ReadPublic, { home, film, bytes, list: held, chunks }: MirroredFilm): Promise<number> {
    const { tables, primitives, committed, disk } = this.ports;
    const path = `${publicPath}films/${toHex(film)}`;
    const list = held.length > 0 ? held : (await read(home, `${path}/list`, filmListBytes(bytes)))?.body;
    // @checks CH71
    if (list === undefined || !isFilmList(primitives.sha256, { hash: film, bytes }, list)) return 0;
    if (held.length === 0)
      await committed(() => {
        tables.setList(home, film, list);
        return done;
      });
    let came = 0;
    for (let at = chunks; at < chunksOf(bytes) && !this.isStopped; ) {
      const from = at * chunkBytes;
      const length = Math.min(bytes - from, chunksPerCallMax * chunkBytes);
      const part = await read(home, path, length, [from, from + length - 1]);
      if (part?.status !== 206 || part.body.length !== length) return came;
      // @checks CH71
      if (!areChunks(primitives.sha256, { bytes, list }, at, part.body)) return came;
      if (tables.film(home, film) === undefined) return came; // It was withdrawn meanwhile.
      await disk.write({ id: this.idOf(home, film), bytes }, from, part.body);
      at += Math.ceil(length / chunkBytes);
      came += length;
      const reached = at;
      await committed(() => {
        tables.advance(home, film, reached);
        return done;
      });
    }
    return came;
  }

  /** Films that no entry names any more: their bytes first, and then their row. */
  private async sweep(): Promise<void> {
    const { tables, committed, disk } = this.ports;
    for (const { home, film } of tables.unused(sweepMax)) {
      await disk.remove(this.idOf(home, film));
      await committed(() => {
        tables.dropFilm(home, film);
        return done;
      });
    }
  }

  /** Apart from films of this home: each goes when its own entries do. */
  private idOf(home: string, film: Bytes): string {
    const { sha256 } = this.ports.primitives;
    return toHex(sha256(concat(utf8(`yanshu mirrored film v1\0${home}\0`), film)));
  }

  head(home: string): { readonly n: number; readonly hash: Bytes } | undefined {
    const held = this.ports.tables.home(home);
    return held === undefined || held.next === 0 ? undefined : { n: held.next - 1, hash: held.hash };
  }

  /** Its key, if this home keeps it and it said one. */
  key(home: string): Bytes | undefined {
    const key = this.ports.tables.home(home)?.key;
    return key?.length === 0 ? undefined : key;
  }

  packs(home: string, from: number, to: number): Bytes | undefined {
    return filesOf((n) => this.pack(home, n), from, to);
  }

  pack(home: string, n: number): Bytes | undefined {
    const { tables } = this.ports;
    const pack = tables.pack(home, n);
    if (pack === undefined) return undefined;
    const { said, signature, roots } = pack;
    return encodePackFile({ said, signature, entries: [...tables.entries(home, n)], roots: [...decodeRoots(roots)] });
  }

  /** A film that is here whole, and an entry names. */
  shown(home: string, film: Bytes): { readonly on: StoredFilm; readonly list: Bytes } | undefined {
    const held = this.ports.tables.film(home, film);
    if (held === undefined || held.list.length === 0 || held.chunks !== chunksOf(held.bytes)) return undefined;
    return { on: { id: this.idOf(home, film), bytes: held.bytes }, list: held.list };
  }
}
