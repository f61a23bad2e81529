/**
 * What this home keeps of others' channels (docs/spec/channels.md CH6, CH70–CH73, CH77, CH78): packs as those homes
 * signed them, in their order, and films of which each chunk was checked. It signs nothing of it and says nothing
 * beside it, so a reader checks it as if the other home had handed it out.
 */
import {
  areChunks,
  type Bytes,
  type ChannelEntry,
  chunksOf,
  concat,
  type Decision,
  decodePackFile,
  decodePackFiles,
  decodePackHead,
  decodePackSaid,
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
import { dayMs, hourMs, minuteMs } from "../../core/rate.ts";
import type { ReadPublic } from "./mirror-port.ts";
import type { MirroredFilm, MirroredHome, MirrorTables } from "./mirror-tables.ts";
import { filesOf } from "./packs.ts";
import type { ChannelPorts } from "./ports.ts";

const { chunkBytes, chunksPerCallMax, filmBytesMax, packBytesMax, packsBytesMax, packsPerRequestMax } = publicLimits;
/** Of one home in one look; the rest comes in the next. */
const packsPerLook = 256;
const filmsPerLook = 64;
const bytesPerLook = 64 << 20;
/** No list and no piece of a film has more. */
const readBytesMax = filmListBytes(filmBytesMax);
const sweepMax = 64;
const headBytesMax = 256;
const lookMs = minuteMs;
/** So many homes are looked at beside each other, each for so long at once. */
const atOnceMax = 8;
const turnMs = 2 * minuteMs;
/** Of one day: a home makes one a minute at most, and no device reads more. */
const packsOfDayMax = 24 * 60;
/** Packs of one home have this share of the room for mirrors. */
const packsShare = 0.25;
/** A reader begins with the packs of so many days: those before may go where there is no room. */
const keptDays = 90;
const droppedPerTurn = 256;

export type MirrorPorts = Pick<ChannelPorts, "clock" | "primitives" | "committed" | "disk"> & {
  readonly tables: MirrorTables;
  readonly config: { readonly mirrorBytesMax: number };
  readonly read: ReadPublic | undefined;
  readonly mayGrow: () => boolean;
};

export class Mirror {
  private readonly ports: MirrorPorts;
  private readonly faults: Faults;
  /** Homes that are being looked at, and when each was last. */
  private readonly looking = new Set<string>();
  private readonly lookedMs = new Map<string, number>();
  /** Packs that were read again for what a home restores in the pack with that hash: once each, also over turns. */
  private readonly reread = new Map<string, { readonly by: string; readonly packs: Set<number> }>();
  /** Bytes of each home's packs, as they were counted at that time. */
  private readonly sizes = new Map<string, { bytes: number; readonly atMs: number }>();
  private isSweeping = false;
  private isStopped = false;

  constructor(ports: MirrorPorts, faults: Faults) {
    this.ports = ports;
    this.faults = faults;
  }

  /** Called each minute. Each home has a turn of its own, the one that waited longest first. @checks CH78 */
  look(): void {
    const { clock, read, tables } = this.ports;
    if (read === undefined || this.isStopped) return; // not a check: this server calls no other, or is at its end.
    const nowMs = clock.nowMs();
    const since = (home: string) => nowMs - (this.lookedMs.get(home) ?? Number.NEGATIVE_INFINITY);
    const homes = tables.homes().map(({ home }) => home);
    for (const home of this.lookedMs.keys()) if (!homes.includes(home)) this.forget(home);
    const due = homes.filter((home) => !this.looking.has(home) && since(home) >= lookMs / 2);
    for (const home of due.sort((a, b) => since(b) - since(a)).slice(0, atOnceMax - this.looking.size)) {
      this.looking.add(home);
      this.lookedMs.set(home, nowMs);
      this.turnOf(read, home, nowMs + turnMs)
        .catch((error) => this.faults.caught("reading another home", error)) // It is tried again a minute later.
        .finally(() => this.looking.delete(home));
    }
    if (this.isSweeping) return; // not a check: one is enough.
    this.isSweeping = true;
    this.sweep()
      .catch((error) => this.faults.caught("sweeping films of other homes", error))
      .finally(() => {
        this.isSweeping = false;
      });
  }

  stop(): void {
    this.isStopped = true;
  }

  private forget(home: string): void {
    this.lookedMs.delete(home);
    this.reread.delete(home);
    this.sizes.delete(home);
  }

  private async turnOf(read: ReadPublic, home: string, untilMs: number): Promise<void> {
    await this.packsOf(read, home, untilMs);
    await this.films(read, home, untilMs);
  }

  private isOver(untilMs: number): boolean {
    return this.isStopped || this.ports.clock.nowMs() >= untilMs;
  }

  /** @checks CH71 */
  private async packsOf(read: ReadPublic, name: string, untilMs: number): Promise<void> {
    const key = await this.keyOf(read, name);
    if (key === undefined) return;
    const answer = await read(name, `${publicPath}head`, headBytesMax);
    const head = answer?.status === 200 ? unlessMalformed(() => decodePackHead(answer.body)) : undefined;
    // not a check: it says nothing now, or has no pack yet.
    if (head === undefined) return;
    for (let left = packsPerLook; left > 0; ) {
      const held = this.ports.tables.home(name);
      if (held === undefined || this.isOver(untilMs)) return; // not a check: home no longer asks.
      if (held.next > head.n) {
        const own = this.ports.tables.pack(name, head.n);
        // Another one in a place that is held here: that home shows two people two things.
        if (own !== undefined && !equalBytes(own.hash, head.hash)) await this.fault(name, "forked");
        else await this.heard(name);
        return;
      }
      // @checks CH77
      if (!(await this.hasRoom(name))) return;
      const last = Math.min(head.n, held.next + Math.min(packsPerRequestMax, left) - 1);
      const path = `${publicPath}packs/${held.next}-${last}`;
      const packs = await read(name, path, packBytesMax + packsBytesMax);
      const files = packs?.status === 200 ? unlessMalformed(() => decodePackFiles(packs.body)) : undefined;
      if (files === undefined || files.length === 0) return;
      for (const file of files) {
        if (this.isOver(untilMs) || !(await this.take(read, name, key, file, untilMs))) return;
        left--;
      }
    }
  }

  /** Whether a day of that home had all packs before this one that a day may have. */
  private isTooMany(name: string, { n, hour }: OpenedPack): boolean {
    const first = n < packsOfDayMax ? undefined : this.ports.tables.pack(name, n - packsOfDayMax);
    return first !== undefined && dayOfHour(decodePackSaid(first.said).hour) === dayOfHour(hour);
  }

  private sizeOf(name: string): { bytes: number } {
    const nowMs = this.ports.clock.nowMs();
    const known = this.sizes.get(name);
    if (known !== undefined && nowMs - known.atMs < hourMs) return known;
    const size = { bytes: this.ports.tables.packsBytes(name), atMs: nowMs };
    this.sizes.set(name, size);
    return size;
  }

  /**
   * Whether one more pack of that home may be kept: the disk has room, and the home's own packs are within their share,
   * or its oldest may go.
   */
  private async hasRoom(name: string): Promise<boolean> {
    const { tables, config, clock, mayGrow } = this.ports;
    // @checks CH77
    if (!mayGrow()) return false;
    const bytesMax = config.mirrorBytesMax * packsShare;
    if (this.sizeOf(name).bytes <= bytesMax) return true;
    const before = Math.floor(clock.nowMs() / hourMs) - keptDays * (dayMs / hourMs);
    for (let dropped = 0; dropped < droppedPerTurn; dropped++) {
      const oldest = tables.oldestPack(name);
      if (oldest === undefined || decodePackSaid(oldest.said).hour >= before) break;
      await this.write(() => tables.dropPack(name, oldest.n));
    }
    this.sizes.delete(name);
    if (this.sizeOf(name).bytes <= bytesMax) return true;
    await this.fault(name, "no-room");
    return false;
  }

  /** The key that signs that home's packs: taken from it once, and pinned. */
  private async keyOf(read: ReadPublic, name: string): Promise<Bytes | undefined> {
    const { tables } = this.ports;
    const held = tables.home(name);
    if (held === undefined || held.key.length > 0) return held?.key;
    const answer = await read(name, `${publicPath}home`, publicHomeBytesMax);
    const said = answer?.status === 200 ? unlessMalformed(() => decodePublicHome(answer.body)) : undefined;
    // @checks CH71
    if (said === undefined || said.home !== name) return undefined;
    await this.write(() => tables.setKey(name, said.key));
    return said.key;
  }

  /** In one transaction. Resolves with whether it is on disk. */
  private async write(work: () => void): Promise<boolean> {
    const { ok } = await this.ports.committed(() => {
      work();
      return done;
    });
    return ok;
  }

  private async fault(name: string, fault: string): Promise<void> {
    await this.write(() => this.ports.tables.setFault(name, fault));
  }

  private async heard(name: string): Promise<void> {
    const { tables, clock } = this.ports;
    await this.write(() => {
      tables.heard(name, clock.nowMs());
      tables.setFault(name, "");
    });
  }

  /** Resolves with whether it was taken: nothing behind one that is refused would follow. @checks CH71 */
  private async take(read: ReadPublic, name: string, key: Bytes, file: Bytes, untilMs: number): Promise<boolean> {
    const { tables, primitives, clock } = this.ports;
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
    // @checks CH77
    if (this.isTooMany(name, pack)) {
      await this.fault(name, "too-many");
      return false;
    }
    if (!(await this.restore(read, held, pack, untilMs))) return false;
    const { said, signature, roots } = decodePackFile(file);
    this.sizeOf(name).bytes += file.length;
    const isKept = await this.write(() => {
      // not a check: another server of this home was quicker.
      if (tables.home(name)?.next !== pack.n) return;
      tables.addPack(name, pack.n, pack.hour, { hash: pack.hash, said, signature, roots: encodeRoots(roots) });
      for (const [place, { hash, channel, entry }] of pack.places.entries()) {
        // @checks CH72
        const isWithdrawn = tables.entry(name, hash)?.isWithdrawn === true;
        tables.addEntry(name, { n: pack.n, place }, { hash, channel, bytes: isWithdrawn ? undefined : entry?.bytes });
        if (isWithdrawn) tables.withdraw(name, hash);
        else if (entry !== undefined) this.use(held, entry);
      }
      this.effects(name, pack);
    });
    if (isKept) this.reread.delete(name);
    return isKept;
  }

  /** The films of an entry are wanted. Inside a transaction. */
  private use({ home, channels }: MirroredHome, entry: ChannelEntry): void {
    if (channels.length > 0 && !channels.some((one) => equalBytes(one, entry.channel))) return;
    for (const { hash, bytes } of filmsOf(entry)) this.ports.tables.use(home, hash, bytes, entry.hash);
  }

  /** What its author withdrew or that home removed goes here, too. Inside a transaction. @checks CH72 */
  private effects(name: string, { places, decisions }: OpenedPack): void {
    const { tables } = this.ports;
    for (const { target, action } of lastOf(decisions)) {
      if (action !== "remove") continue;
      tables.setEntry(name, target, undefined);
      tables.unuse(name, target);
    }
    for (const { target, by } of withdrawnIn(places)) {
      const entry = tables.entry(name, target);
      if (entry === undefined || !equalBytes(by, entry.channel)) continue;
      tables.withdraw(name, target);
      tables.unuse(name, target);
    }
  }

  /**
   * Reads entries again whose removal that home takes back in this pack, before the pack is taken, or they would be
   * missed for ever. Each of their packs is read once, and what it has stands here from then on: another turn goes on
   * behind it. Resolves with whether nothing is left to read. @checks CH72, CH78
   */
  private async restore(read: ReadPublic, held: MirroredHome, pack: OpenedPack, untilMs: number): Promise<boolean> {
    const { tables } = this.ports;
    const { home, next } = held;
    const by = toHex(pack.hash);
    const before = this.reread.get(home);
    const packs = before?.by === by ? before.packs : new Set<number>();
    this.reread.set(home, { by, packs });
    const withdrawn = new Set(withdrawnIn(pack.places).map((one) => toHex(one.target) + toHex(one.by)));
    const targets = new Map<number, Bytes[]>();
    for (const { target, action } of lastOf(pack.decisions)) {
      const entry = action === "restore" ? tables.entry(home, target) : undefined;
      if (entry === undefined || entry.bytes !== undefined || packs.has(entry.n)) continue;
      // @checks CH72
      if (entry.isWithdrawn || withdrawn.has(toHex(target) + toHex(entry.channel))) continue;
      targets.set(entry.n, [...(targets.get(entry.n) ?? []), target]);
    }
    for (const [n, of] of targets) {
      const entries = this.isOver(untilMs) ? undefined : await this.readAgain(read, held, n, of);
      if (entries === undefined) return false;
      const isKept = await this.write(() => {
        // not a check: another server of this home was quicker.
        if (tables.home(home)?.next !== next) return;
        for (const entry of entries) {
          tables.setEntry(home, entry.hash, entry.bytes);
          this.use(held, entry);
        }
      });
      if (!isKept) return false; // not a check: the database is away, and it is read again.
      packs.add(n);
    }
    return true;
  }

  /** These entries of a pack, as far as that home has them still. Undefined: it gave no answer. */
  private async readAgain(
    read: ReadPublic,
    { home, key }: MirroredHome,
    n: number,
    targets: readonly Bytes[],
  ): Promise<readonly ChannelEntry[] | undefined> {
    const { tables, primitives } = this.ports;
    const own = tables.pack(home, n);
    if (own === undefined) return [];
    const answer = await read(home, `${publicPath}packs/${n}`, packBytesMax);
    if (answer === undefined) return undefined;
    // not a check: they went again since, as a later pack says.
    if (answer.status !== 200) return [];
    const opened = await openPack(primitives, key, answer.body, undefined, Number.MAX_SAFE_INTEGER);
    if (opened.kind === "refused" || !equalBytes(opened.pack.hash, own.hash)) return [];
    const { entries } = await readPlaces(primitives, opened.pack, () => undefined);
    const wanted = new Set(targets.map(toHex));
    // @checks CH88
    return entries.filter(({ hash }) => wanted.has(toHex(hash)));
  }

  /** As many as one look may bring, and as there is room for. @checks CH71, CH73, CH77 */
  private async films(read: ReadPublic, home: string, untilMs: number): Promise<void> {
    const { tables, config, mayGrow } = this.ports;
    let left = bytesPerLook;
    // Rows have their films' whole lengths: what is wanted counts before it came.
    const isFull = tables.totals().bytes > config.mirrorBytesMax;
    for (const film of tables.wanted(home, filmsPerLook)) {
      // not a check: it goes on at the next look.
      if (left < readBytesMax || this.isOver(untilMs) || !mayGrow()) return;
      if (isFull && film.chunks === 0) continue;
      await this.write(() => tables.tried(film.home, film.film));
      left -= await this.film(read, film, left, untilMs);
    }
  }

  /** Resolves with the number of bytes that were read, `bytesMax` at most; failed checks count too. @checks CH73 */
  private async film(
    read: ReadPublic,
    { home, film, bytes, list: held, chunks }: MirroredFilm,
    bytesMax: number,
    untilMs: number,
  ): Promise<number> {
    const { tables, primitives, disk } = this.ports;
    const path = `${publicPath}films/${toHex(film)}`;
    let came = 0;
    /** Undefined where that may be more than is left. An answer that is none counts as if it had come whole. */
    const part = async (of: string, length: number, range?: readonly [number, number]) => {
      if (came + length > bytesMax) return undefined;
      const answer = await read(home, of, length, range);
      came += answer?.body.length ?? length;
      return answer;
    };
    const list = held.length > 0 ? held : (await part(`${path}/list`, filmListBytes(bytes)))?.body;
    // @checks CH71
    if (list === undefined || !isFilmList(primitives.sha256, { hash: film, bytes }, list)) return came;
    if (held.length === 0) await this.write(() => tables.setList(home, film, list));
    for (let at = chunks; at < chunksOf(bytes) && !this.isOver(untilMs); ) {
      const from = at * chunkBytes;
      const length = Math.min(bytes - from, chunksPerCallMax * chunkBytes);
      const piece = await part(path, length, [from, from + length - 1]);
      if (piece?.status !== 206 || piece.body.length !== length) return came;
      // @checks CH71
      if (!areChunks(primitives.sha256, { bytes, list }, at, piece.body)) return came;
      if (tables.film(home, film) === undefined) return came; // It was withdrawn meanwhile.
      await disk.write({ id: this.idOf(home, film), bytes }, from, piece.body);
      at += Math.ceil(length / chunkBytes);
      const reached = at;
      await this.write(() => tables.advance(home, film, reached));
    }
    return came;
  }

  /** Films that no entry names any more: their bytes first, and then their row. */
  private async sweep(): Promise<void> {
    const { tables, disk } = this.ports;
    for (const { home, film } of tables.unused(sweepMax)) {
      await disk.remove(this.idOf(home, film));
      await this.write(() => tables.dropFilm(home, film));
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

function dayOfHour(hour: number): number {
  return Math.floor(hour / (dayMs / hourMs));
}

/** Of several about one entry the last. */
function lastOf(decisions: OpenedPack["decisions"]): readonly Decision[] {
  const about = decisions.filter(({ action }) => action !== "label");
  return [...new Map(about.map((one) => [toHex(one.target), one])).values()];
}

/** Entries that a pack withdraws, and the channels that say so: it counts for their own alone. */
function withdrawnIn(places: OpenedPack["places"]): readonly { readonly target: Bytes; readonly by: Bytes }[] {
  return places.flatMap(({ entry }) => {
    if (entry === undefined) return [];
    const target = deletedBy(entry);
    return target === undefined ? [] : [{ target, by: entry.channel }];
  });
}
