/**
 * Channels' logs as home takes them (docs/spec/channels.md CH1–CH3, CH18, CH20, CH21): an entry that an author of the
 * channel signed, that follows what is here, and whose films lie here whole.
 */
import {
  authorsAfter,
  type Bytes,
  type CallArgs,
  type CallResult,
  type ChannelEntry,
  channelEntryBytes,
  channelIdOf,
  channelLimits,
  decodeChannelEntry,
  decodeChannelInception,
  equalBytes,
  filmsOf,
  isChannelEntry,
  noHash,
  publicLimits,
  toHex,
  type UploadToken,
  unlessMalformed,
} from "@yanshu/wire";
import { OneByOne, SharedRoom } from "../../core/fair.ts";
import { accept, done, type Outcome, type Refusal, refuse, tooOften } from "../../core/outcome.ts";
import { dayOf } from "../../core/rate.ts";
import type { Films } from "./films.ts";
import { type ChannelPorts, type Nothing, nowhere } from "./ports.ts";
import type { ChannelRow } from "./tables.ts";

/** An author's clock may be that many days ahead. */
const daysAhead = 1;
/** The number before a channel's first entry. */
const noEntry = -1;
/** Calls of one place that wait to be judged. */
const waitingMax = 64;
const waitMs = 1_000;

/** Entries of `channel` that follow its entry `after`, and their payment. */
type Taking = {
  readonly channel: Bytes;
  readonly after: number;
  readonly tokens: readonly UploadToken[];
  readonly prefix: string | undefined;
};

type Head = Pick<ChannelRow, "seq" | "hash" | "authors" | "day" | "dayEntries">;

export class AuthorLog {
  private readonly ports: ChannelPorts;
  private readonly films: Films;
  /** Channels of which something is being written. */
  private readonly busy = new Set<string>();
  private readonly taken: () => void;
  /** Of entries that wait to be judged, or to be written. */
  private readonly room: SharedRoom;
  private readonly turns: OneByOne;

  /** @param taken called once entries are on disk: a pack may be due. */
  constructor(ports: ChannelPorts, films: Films, taken: () => void) {
    this.ports = ports;
    this.films = films;
    this.taken = taken;
    this.room = new SharedRoom(ports.config.waitingEntriesBytesMax);
    this.turns = new OneByOne(ports.pause, waitingMax);
  }

  /** @checks CH18, CH21 */
  async open({ entry: bytes, tokens }: CallArgs<"channelOpen">, prefix: string | undefined): Promise<Outcome<Nothing>> {
    const { tables, primitives, config } = this.ports;
    const entry = unlessMalformed(() => decodeChannelEntry(primitives.sha256, bytes));
    if (entry?.inception === undefined) return refuse("malformed");
    const held = tables.channel(entry.channel);
    if (held !== undefined) {
      const first = tables.entryAt(held.ref, 0)?.hash ?? noHash;
      return equalBytes(first, entry.hash) ? done : refuse("list-conflict");
    }
    if (!equalBytes(channelIdOf(primitives.sha256, entry.inception), entry.channel)) return refuse("bad-entry");
    if (tables.isListed() && !tables.isAllowed(entry.channel)) return refuse("suspended");
    if (tables.channels() >= config.channelsMax) return refuse("storage-full");
    const { inception } = entry;
    const authors = unlessMalformed(() => decodeChannelInception(inception))?.authors;
    if (authors === undefined || !equalBytes(entry.prev, noHash)) return refuse("bad-entry");
    if (tokens.length !== channelLimits.openTokens) return refuse("bad-token");
    const before: Head = { seq: noEntry, hash: noHash, authors, day: 0, dayEntries: 0 };
    return this.held([bytes], prefix, async () => {
      const after = await this.checked(before, [entry], tokens, prefix);
      if (!after.ok) return after;
      return this.take({ channel: entry.channel, after: before.seq, tokens, prefix }, () => {
        const ref = tables.open(entry.channel, inception, after.value);
        this.add(ref, entry);
      });
    });
  }

  /** @checks CH18 */
  async append(
    { entries: given, tokens }: CallArgs<"channelAppend">,
    prefix: string | undefined,
  ): Promise<Outcome<Nothing>> {
    const { tables, primitives } = this.ports;
    const entries = unlessMalformed(() => given.map((bytes) => decodeChannelEntry(primitives.sha256, bytes)));
    const [first] = entries ?? [];
    if (entries === undefined || first === undefined) return refuse("malformed");
    if (entries.some(({ channel }) => !equalBytes(channel, first.channel))) return refuse("malformed");
    const held = tables.channel(first.channel);
    if (held === undefined) return refuse("unknown-list");
    const known = entries.filter(({ seq }) => seq <= held.seq);
    if (known.some(({ seq, hash }) => !equalBytes(tables.entryAt(held.ref, seq)?.hash ?? noHash, hash)))
      return refuse("list-conflict");
    const fresh = entries.slice(known.length);
    if (fresh.length === 0) return done;
    if (fresh.some(({ seq }, i) => seq !== held.seq + 1 + i)) return refuse("list-conflict");
    if (held.isClosed) return refuse("suspended");
    if (this.hasTooManyAuthors(held, fresh)) return refuse("storage-full");
    if (tokens.length !== channelLimits.appendTokens) return refuse("bad-token");
    return this.held(given, prefix, async () => {
      const after = await this.checked(held, fresh, tokens, prefix);
      if (!after.ok) return after;
      return this.take({ channel: first.channel, after: held.seq, tokens, prefix }, () => {
        tables.advance(held.ref, held.seq, after.value);
        for (const entry of fresh) this.add(held.ref, entry);
      });
    });
  }

  at({ channel }: CallArgs<"channelAt">): Outcome<CallResult<"channelAt">> {
    const held = this.ports.tables.channel(channel);
    return held === undefined ? refuse("unknown-list") : accept({ seq: held.seq, hash: held.hash });
  }

  /** Entries are in memory until `work` is done. @checks CH129 */
  private async held(
    entries: readonly Bytes[],
    prefix: string | undefined,
    work: () => Promise<Outcome<Nothing>>,
  ): Promise<Outcome<Nothing>> {
    const place = prefix ?? nowhere;
    const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
    if (!this.room.enter(place, bytes)) return tooOften(waitMs);
    try {
      return await work();
    } finally {
      this.room.leave(place, bytes);
    }
  }

  /**
   * Checks entries that follow `before`: what costs little first, then one token, films and signatures; payment comes
   * last, so that nobody makes home work without a token, and nobody pays for what is refused.
   *
   * @checks CH21, CH125, CH129
   */
  private async checked(
    before: Head,
    entries: readonly ChannelEntry[],
    tokens: readonly UploadToken[],
    prefix: string | undefined,
  ): Promise<Outcome<Head>> {
    const { config, clock, uploadTokens } = this.ports;
    const today = dayOf(clock.nowMs());
    const counted = entries.filter(({ kind }) => kind !== "authors");
    const dayEntries = (before.day === today ? before.dayEntries : 0) + counted.length;
    // What is withdrawn has room of its own behind what is said: one author's words keep no other's from it.
    const perDay = config.channelEntriesPerDay * (counted.every(({ kind }) => kind === "delete") ? 2 : 1);
    if (counted.length > 0 && dayEntries > perDay) return refuse("rate-limited");
    for (const entry of entries) {
      const refusal = this.formRefusal(entry, today);
      if (refusal !== undefined) return refusal;
    }
    const shown = await uploadTokens.isOurs(tokens[0] as UploadToken, prefix);
    if (!shown.ok) return shown;
    const judged = await this.turns.run(prefix ?? nowhere, () => this.judged(before, entries));
    if (judged === undefined) return tooOften(waitMs);
    return judged.ok ? accept({ ...judged.value, day: today, dayEntries }) : judged;
  }

  /** Films and signatures. @checks CH1, CH2, CH20 */
  private async judged(
    before: Head,
    entries: readonly ChannelEntry[],
  ): Promise<Outcome<Pick<Head, "seq" | "hash" | "authors">>> {
    const { primitives, pause } = this.ports;
    for (const entry of entries) {
      if (!filmsOf(entry).every((film) => this.films.isWhole(film))) return refuse("unavailable");
      await pause();
    }
    let { hash, authors, seq } = before;
    for (const entry of entries) {
      if (!equalBytes(entry.prev, hash)) return refuse("list-conflict");
      const key = authors[entry.author];
      if (key === undefined) return refuse("bad-entry");
      if (!primitives.verify(key, channelEntryBytes(entry.said), entry.signature)) return refuse("bad-entry");
      const next = authorsAfter(authors, entry);
      if (next === undefined) return refuse("bad-entry");
      ({ hash, seq } = entry);
      authors = next;
      await pause();
    }
    return accept({ seq, hash, authors });
  }

  /**
   * Pays and writes, where the channel stands still as it did when its entries were checked. If something else of it
   * came meanwhile, the caller asks again, and learns then whether that was its own.
   *
   * @checks CH18
   */
  private async take({ channel, after, tokens, prefix }: Taking, work: () => void): Promise<Outcome<Nothing>> {
    const { tables, uploadTokens } = this.ports;
    const id = toHex(channel);
    const isAsChecked = () => (tables.channel(channel)?.seq ?? noEntry) === after;
    if (this.busy.has(id) || !isAsChecked()) return tooOften(waitMs);
    this.busy.add(id);
    try {
      const paid = await uploadTokens.spend(tokens, prefix);
      if (!paid.ok) return paid;
      return await this.write(() => {
        if (!isAsChecked()) return tooOften(waitMs);
        work();
        return done;
      });
    } finally {
      this.busy.delete(id);
    }
  }

  /**
   * Whether all authors but one could not be removed any more after it, one by one: so no author uses the changes up.
   *
   * @checks CH23, CH124
   */
  private hasTooManyAuthors(held: Pick<ChannelRow, "ref" | "authors">, fresh: readonly ChannelEntry[]): boolean {
    const said = fresh.filter(({ kind }) => kind === "authors");
    let changes = said.length === 0 ? 0 : this.ports.tables.authorEntries(held.ref, Number.MAX_SAFE_INTEGER).length;
    let before = held.authors;
    for (const entry of said) {
      // What is no list of authors is refused once it is checked.
      const next = authorsAfter(before, entry) ?? before;
      const isRemoval = next.length < before.length && next.every((key) => before.some((one) => equalBytes(one, key)));
      changes++;
      if (changes + (isRemoval ? 0 : next.length - 1) > publicLimits.authorsChangesMax) return true;
      before = next;
    }
    return false;
  }

  /** @checks CH19, CH20, CH23 */
  private formRefusal(entry: ChannelEntry, today: number): Refusal | undefined {
    if (entry.day > today + daysAhead || !isChannelEntry(entry)) return refuse("bad-entry");
    if (entry.kind === "authors" && entry.bytes.length > publicLimits.authorsEntryBytesMax) return refuse("bad-entry");
    return (entry.films?.[0]?.durationMs ?? 0) > this.ports.config.filmMsMax ? refuse("too-large") : undefined;
  }

  private add(channel: number, entry: ChannelEntry): void {
    const { hash, seq, kind, bytes } = entry;
    const films = filmsOf(entry).map((film) => film.hash);
    this.ports.tables.addEntry({ hash, channel, seq, kind, bytes, films });
  }

  private async write(work: () => Outcome<Nothing>): Promise<Outcome<Nothing>> {
    const written = await this.ports.committed(work);
    if (written.ok) this.taken();
    return written;
  }
}
