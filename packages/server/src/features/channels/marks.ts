/**
 * Marks at home (docs/spec/channels.md CH15, CH16): an account draws 64 a month, blinded, and likes and views show one.
 * Home keeps of a like a hash of mark and entry, and of an account that it drew.
 */
import {
  type Bytes,
  bucketOf,
  type CallArgs,
  type CallResult,
  concat,
  equalBytes,
  evaluateMark,
  isBlinded,
  isMark,
  markKey,
  markKeysHash,
  markRow,
  monthOf,
  publicLimits,
  type UploadTokenKey,
  utf8,
} from "@yanshu/wire";
import { OneByOne } from "../../core/fair.ts";
import { accept, done, type Outcome, refuse, tooOften } from "../../core/outcome.ts";
import { dayOf, hourMs, minuteMs, RateLimit } from "../../core/rate.ts";
import type { AccountRef } from "../../log/log.ts";
import { type ChannelPorts, type Nothing, nowhere } from "./ports.ts";

/** Calls of one place that wait for their turn. */
const waitingMax = 64;
/** Draws of one account in an hour. One is enough; others are for answers that were lost. */
const drawsPerHourMax = 8;
const waitMs = 1_000;

export class Marks {
  private readonly ports: ChannelPorts;
  private readonly taken: () => void;
  private heldSeed: Bytes | undefined;
  private readonly wrong: RateLimit;
  private readonly turns: OneByOne;
  /** Draws have turns of their own, of one element each: no like waits for them, and no account for another's. */
  private readonly drawing: OneByOne;
  private readonly draws = new RateLimit(drawsPerHourMax, hourMs);
  private readonly keys = new Map<number, UploadTokenKey[]>();

  /** @param taken called once a count changed: a pack may be due. */
  constructor(ports: ChannelPorts, taken: () => void) {
    this.ports = ports;
    this.taken = taken;
    this.wrong = new RateLimit(ports.config.wrongMarksPerMinute.prefix, minuteMs);
    this.turns = new OneByOne(ports.pause, waitingMax);
    this.drawing = new OneByOne(ports.pause, waitingMax);
  }

  /** From the home's key, so that a home that was put back takes the marks that it gave out. */
  private get seed(): Bytes {
    const { primitives, key } = this.ports;
    this.heldSeed ??= primitives.sha256(key.sign(utf8("yanshu mark seed v1\0")));
    return this.heldSeed;
  }

  get month(): number {
    return monthOf(dayOf(this.ports.clock.nowMs()));
  }

  /** The public keys of this month, one a bucket. */
  async publicKeys(): Promise<readonly Bytes[]> {
    const { month } = this;
    const keys: Bytes[] = [];
    for (let bucket = 0; bucket < publicLimits.buckets; bucket++) {
      const isNew = this.keys.get(month)?.[bucket] === undefined;
      keys.push(this.key(month, bucket).publicKey);
      if (isNew) await this.ports.pause();
    }
    return keys;
  }

  /** What a pack of this month says of its keys. */
  async keysHash(): Promise<Bytes> {
    const { month } = this;
    return markKeysHash(this.ports.primitives.sha256, month, await this.publicKeys());
  }

  /** @checks CH15, CH30 */
  async draw(
    account: AccountRef,
    { month, blinded }: CallArgs<"channelMarks">,
  ): Promise<Outcome<CallResult<"channelMarks">>> {
    const { tables, primitives, clock, committed } = this.ports;
    const nowMs = clock.nowMs();
    if (month !== this.month) return refuse("stale-epoch");
    if (blinded.length !== publicLimits.buckets) return refuse("malformed");
    const asked = primitives.sha256(concat(...blinded));
    // What was drawn is drawn again as it was, where the result was lost; other marks are not.
    const isAnother = () => {
      const drawn = tables.drawn(account);
      return drawn !== undefined && drawn.month === month && !equalBytes(drawn.asked, asked);
    };
    if (isAnother()) return refuse("rate-limited"); // not a check: it saves the work, before which no row is written.
    const place = `account ${account}`;
    if (!this.draws.take(place, nowMs)) return tooOften(this.draws.waitMs(nowMs));
    if (!blinded.every(isBlinded)) return refuse("malformed");
    const evaluated = await this.evaluate(place, month, blinded);
    if (evaluated === undefined) return tooOften(waitMs); // not a check: more may wait than are drawn in an hour.
    const kept = await committed((): Outcome<Nothing> => {
      if (isAnother()) return refuse("rate-limited");
      tables.setDrawn(account, month, asked);
      return done;
    });
    return kept.ok ? accept({ marks: evaluated }) : kept;
  }

  /** @checks CH15, CH16 */
  async mark(
    { entry, what, isOn, month, mark }: CallArgs<"channelMark">,
    prefix: string | undefined,
  ): Promise<Outcome<Nothing>> {
    const { tables, clock, primitives, committed } = this.ports;
    const nowMs = clock.nowMs();
    if (prefix !== undefined && !this.wrong.has(prefix, nowMs)) return tooOften(this.wrong.waitMs(nowMs));
    if (month !== this.month && month !== this.month - 1) return refuse("bad-token");
    if (tables.entry(entry)?.state !== 0) return refuse("unknown-list");
    const isOurs = await this.turns.run(prefix ?? nowhere, async () => isMark(this.key(month, bucketOf(entry)), mark));
    if (isOurs === undefined) return tooOften(waitMs);
    if (!isOurs) {
      if (prefix !== undefined) this.wrong.take(prefix, nowMs);
      return refuse("bad-token");
    }
    const row = markRow(primitives.sha256, what, mark, entry);
    const counted = await committed(() => {
      tables.mark(row, month, entry, what, isOn ? 1 : -1);
      return done;
    });
    if (counted.ok) this.taken();
    return counted;
  }

  /** In steps: 64 are some hundred milliseconds of work. Undefined: too much of this account waits. */
  private async evaluate(place: string, month: number, blinded: readonly Bytes[]) {
    const marks: CallResult<"channelMarks">["marks"][number][] = [];
    for (const [bucket, one] of blinded.entries()) {
      const mark = await this.drawing.run(place, async () =>
        evaluateMark(this.key(month, bucket), one, this.ports.random),
      );
      if (mark === undefined) return undefined; // not a check: too much of this account waits, and it asks again.
      marks.push(mark);
    }
    return marks;
  }

  private key(month: number, bucket: number): UploadTokenKey {
    for (const held of this.keys.keys()) if (held < this.month - 1) this.keys.delete(held);
    const keys = this.keys.get(month) ?? [];
    this.keys.set(month, keys);
    keys[bucket] ??= markKey(this.seed, month, bucket);
    return keys[bucket];
  }
}
