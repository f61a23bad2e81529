/**
 * Packs at home (docs/spec/channels.md CH7, CH11): what came since the pack before, in one transaction with what
 * leaves. An entry that its author withdrew or the operator removed is gone in the moment in which a pack says why.
 */
import {
  type Bytes,
  type ChannelRoot,
  decodeChannelEntry,
  deletedBy,
  type EntryPlace,
  encodePackFile,
  encodePackFiles,
  encodePackSaid,
  noHash,
  packBytes,
  packHashOf,
  publicLimits,
  toHex,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import { accept, type Outcome } from "../../core/outcome.ts";
import type { Cancel } from "../../core/ports.ts";
import { dayOf, hourMs, minuteMs } from "../../core/rate.ts";
import type { ChannelPorts } from "./ports.ts";
import type { DecisionRow, EntryRow, PackRow, PlacedRow, Waiting } from "./tables.ts";

const { placesMax, decisionsMax, countsMax, packEntriesBytesMax, packRootsBytesMax } = publicLimits;
const { packsPerRequestMax, packsBytesMax } = publicLimits;
/** What is withdrawn or removed does not wait for the hour, but never more than one pack a minute is made for it. */
const urgentMs = minuteMs;
/** Packs as they were served last, until the next one is made. */
const cacheBytesMax = 16 << 20;

export class Packs {
  /** Packs that were made since the start. */
  made = 0;
  private readonly ports: ChannelPorts;
  private readonly faults: Faults;
  private readonly markKeys: () => Promise<Bytes>;
  private readonly cache = new Map<number, Bytes>();
  private cacheBytes = 0;
  private lastMs: number | undefined;
  private timer: Cancel | undefined;
  private isMaking = false;

  /** @param markKeys the hash of this month's keys of marks (CH32). */
  constructor(ports: ChannelPorts, faults: Faults, markKeys: () => Promise<Bytes>) {
    this.ports = ports;
    this.markKeys = markKeys;
    this.faults = faults;
  }

  /**
   * Makes a pack if one is due, and otherwise looks again when it will be. Called after entries, marks and decisions,
   * and each minute, so that whatever failed is tried again.
   */
  look(): void {
    const { tables, config, clock } = this.ports;
    const due = tables.isDue();
    if (!due.any || this.isMaking) return;
    const waitMs = due.isUrgent ? Math.min(urgentMs, config.packMsMin) : config.packMsMin;
    const leftMs = this.lastMs === undefined ? 0 : this.lastMs + waitMs - clock.nowMs();
    this.timer?.();
    this.timer = clock.after(Math.max(0, Math.min(leftMs, waitMs)), () => {
      this.timer = undefined;
      this.makeSoon();
    });
  }

  stop(): void {
    this.timer?.();
  }

  /** Makes a pack of what waits. Returns its number; undefined if nothing waits. */
  async make(): Promise<Outcome<number | undefined>> {
    const marks = await this.markKeys();
    const made = await this.ports.committed(() =>
      accept(this.ports.tables.isDue().any ? this.write(marks) : undefined),
    );
    if (!made.ok || made.value === undefined) return made;
    this.lastMs = this.ports.clock.nowMs();
    this.made++;
    // Entries of older packs may be gone.
    this.cache.clear();
    this.cacheBytes = 0;
    return made;
  }

  /** A pack as it is served. Undefined: there is none with this number. */
  file(n: number): Bytes | undefined {
    const cached = this.cache.get(n);
    if (cached !== undefined) return cached;
    const pack = this.ports.tables.pack(n);
    if (pack === undefined) return undefined;
    const bytes = this.encoded(pack);
    if (bytes.length > cacheBytesMax / 4) return bytes;
    for (const [oldest, held] of this.cache) {
      if (this.cacheBytes + bytes.length <= cacheBytesMax) break;
      this.cache.delete(oldest);
      this.cacheBytes -= held.length;
    }
    this.cache.set(n, bytes);
    this.cacheBytes += bytes.length;
    return bytes;
  }

  /** As many packs from `from` on as fit; at least one if there is one. */
  files(from: number, to: number): Bytes | undefined {
    return filesOf((n) => this.file(n), from, to);
  }

  private makeSoon(): void {
    if (this.isMaking) return;
    this.isMaking = true;
    this.make().then(
      ({ ok }) => {
        this.isMaking = false;
        if (ok) this.faults.guarded("a pack", () => this.look());
      },
      (error) => {
        this.isMaking = false;
        this.faults.caught("a pack", error); // It is tried again within a minute, and not at once.
      },
    );
  }

  /** Inside a transaction. */
  private write(marks: Bytes): number {
    const { tables, primitives, key, domain, clock } = this.ports;
    const nowMs = clock.nowMs();
    const last = tables.newest();
    const n = (last?.n ?? -1) + 1;
    // A clock that was put back makes no pack of an hour before.
    const hour = Math.max(Math.floor(nowMs / hourMs), last === undefined ? 0 : (tables.hourOf(last.n) ?? 0));
    const waiting = fitting(tables.waiting(placesMax), (one) => this.rootBytes(one));
    const decisions = tables.decisionsWaiting(decisionsMax);
    waiting.forEach(({ ref }, at) => {
      tables.place(ref, n, at);
    });
    this.apply(decisions, waiting, dayOf(nowMs));
    const counts = tables.countsChanged(countsMax);
    const said = encodePackSaid({
      home: domain,
      n,
      prev: last?.hash ?? noHash,
      hour,
      places: waiting.map(({ hash, channel, seq }) => ({ hash, channel, seq })),
      decisions: decisions.map(({ target, action, reason, appeal }) => ({ target, action, reason, appeal })),
      counts: [...counts],
      marks,
    });
    for (const one of counts) tables.countsTold(one);
    for (const { ref } of decisions) tables.setDecisionPack(ref, n);
    const hash = packHashOf(primitives.sha256, said);
    tables.addPack({ n, hash, said, signature: key.sign(packBytes(said)), hour });
    return n;
  }

  /** What decisions and withdrawals of this pack do to entries, also to those of this pack. */
  private apply(decisions: readonly DecisionRow[], waiting: readonly Waiting[], today: number): void {
    const { tables, primitives, config } = this.ports;
    for (const { target, action } of decisions) {
      if (action === "remove" && mayGo(tables.entry(target))) tables.remove(target, today + config.removedEntryDays);
      if (action === "restore") tables.restore(target);
    }
    for (const { hash } of waiting) {
      const said = tables.entry(hash);
      const bytes = said?.kind === "delete" ? said.bytes : undefined;
      const target = bytes && deletedBy(decodeChannelEntry(primitives.sha256, bytes));
      const entry = target && tables.entry(target);
      // Nobody withdraws what another channel said.
      if (mayGo(entry) && entry.channel === said?.channel) tables.withdraw(entry.hash, today);
    }
  }

  private encoded({ n, said, signature }: PackRow): Bytes {
    const placed = this.ports.tables.entriesOf(n);
    const entries = placed.map(({ bytes }) => bytes);
    return encodePackFile({ said, signature, entries, roots: [...this.roots(placed)] });
  }

  private rootBytes({ channel, seq }: EntryPlace): number {
    const { tables } = this.ports;
    const ref = tables.channel(channel)?.ref ?? -1;
    const changes = tables.authorEntries(ref, seq);
    return changes.reduce((bytes, one) => bytes + one.length, tables.inception(ref).length);
  }

  /** Of each channel whose first entry does not stand in the pack. */
  private roots(placed: readonly PlacedRow[]): readonly ChannelRoot[] {
    const { tables } = this.ports;
    const found = new Map<string, ChannelRoot>();
    const begun = new Set<string>();
    for (const { channel, channelRef, seq, bytes } of placed) {
      const id = toHex(channel);
      if (seq === 0 && bytes.length > 0) begun.add(id);
      if (begun.has(id) || found.has(id)) continue;
      const authors = tables.authorEntries(channelRef, seq);
      found.set(id, { inception: tables.inception(channelRef), authors: [...authors] });
    }
    return [...found.values()];
  }
}

/** As many packs from `from` on as fit in one answer; at least one if `file` has it. */
export function filesOf(file: (n: number) => Bytes | undefined, from: number, to: number): Bytes | undefined {
  const found: Bytes[] = [];
  let bytes = 0;
  for (let n = from; n <= to && found.length < packsPerRequestMax; n++) {
    const one = file(n);
    if (one === undefined || (found.length > 0 && bytes + one.length > packsBytesMax)) break;
    found.push(one);
    bytes += one.length;
  }
  return found.length === 0 ? undefined : encodePackFiles(found);
}

/** Entries by which others are checked or explained stay: who may sign, and why something is gone. */
export function mayGo(entry: EntryRow | undefined): entry is EntryRow {
  return entry !== undefined && entry.kind !== "authors" && entry.kind !== "delete";
}

/** As many as a pack's entries, and the roots of their channels, may have bytes (CH23). */
export function fitting(waiting: readonly Waiting[], rootBytes: (first: EntryPlace) => number): readonly Waiting[] {
  let [bytes, roots] = [0, 0];
  const channels = new Set<string>();
  const end = waiting.findIndex((one) => {
    const id = toHex(one.channel);
    if (!channels.has(id)) roots += rootBytes(one);
    channels.add(id);
    bytes += one.bytes;
    return bytes > packEntriesBytesMax || roots > packRootsBytesMax;
  });
  return end < 0 ? waiting : waiting.slice(0, Math.max(1, end));
}
