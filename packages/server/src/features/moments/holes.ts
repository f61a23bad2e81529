/**
 * Holes: small sealed values under names that follow from secrets, which Moments lie in (docs/spec/moments.md HO1–HO4,
 * HO7). No account is known here. What a call costs in work goes in steps, in turn by the place that it comes from.
 */
import {
  type Bytes,
  type CallArgs,
  type CallResult,
  equalBytes,
  type Hole,
  type HoleDays,
  holeLimits,
  holeNameBytes,
  holeTokens,
  isLongHole,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { OneByOne } from "../../core/fair.ts";
import { accept, type Done, done, type Outcome, type Refusal, refuse, tooOften } from "../../core/outcome.ts";
import type { Clock, Pause, SyncPrimitives } from "../../core/ports.ts";
import { dayOf, minuteMs, RateLimit } from "../../core/rate.ts";
import type { UploadTokens } from "../../feature.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { type HoleRow, type HoleTables, holeBytes } from "./tables.ts";

export const momentLimits = {
  /** All holes together, as they take room. */
  momentsBytesMax: 4 * 1024 ** 3,
  /** Names that are looked at, read, cleared or put, from one place. */
  holesPerMinute: { prefix: 600_000 },
};
export type MomentLimits = Readonly<typeof momentLimits>;

/** From here on a hole's days end with a week: so at rest it tells no day on which it was put. */
const weeklyFrom = 30;
const week = 7;
/** Names of one step, between which others are served: some milliseconds. */
const stepNames = 1_024;
const stepReads = 256;
/** Calls of one place that wait for their turn; and bytes of all that wait, of one place and together. */
const waitingMax = 64;
const waitingBytesMax = { prefix: 8 * 1024 * 1024, all: 32 * 1024 * 1024 } as const;
/** Of all room, for holes that stand for longer than a month. */
const longShare = 3 / 4;
const waitMs = 1_000;
/** Where this machine's own, and tests', come from. */
const nowhere = "";

type InCommit = <T>(run: () => Outcome<T>, answer: Done<T>) => void;

export type HolePorts = {
  readonly clock: Clock;
  readonly primitives: Pick<SyncPrimitives, "sha256">;
  readonly pause: Pause;
  readonly inCommit: InCommit;
  /** Whether nobody else writes holes into the database. */
  readonly isAlone: boolean;
  readonly uploadTokens: UploadTokens | undefined;
  /** False while the clock is not believed: then nothing is over (docs/spec/delivery.md DS65). */
  readonly isDayKnown: () => boolean;
};

/** The first day on which a hole is gone that is put today. */
export function lastsUntil(today: number, days: HoleDays): number {
  const exactly = today + days;
  return days < weeklyFrom ? exactly : Math.ceil(exactly / week) * week;
}

type Put = Outcome<CallResult<"putHoles">>;
type NamedHole = Hole & { readonly name: Bytes };

export class Holes {
  /** Since the start. */
  put = 0;
  looked = 0;
  /** Times that something was put or dropped, or tried to. */
  private changes = 0;
  private readonly tables: HoleTables;
  private readonly ports: HolePorts;
  private readonly config: MomentLimits;
  private readonly names: RateLimit;
  private readonly turns: OneByOne;
  private readonly waiting = new ConnectionLimits(waitingBytesMax);

  constructor(tables: HoleTables, ports: HolePorts, config: MomentLimits) {
    this.tables = tables;
    this.ports = ports;
    this.config = config;
    this.names = new RateLimit(config.holesPerMinute.prefix, minuteMs);
    this.turns = new OneByOne(async () => undefined, waitingMax);
  }

  /** Room for all holes, in bytes. */
  get room(): number {
    return this.config.momentsBytesMax;
  }

  /** @checks HO2, HO3 */
  async putAll({ tokens, days, holes }: CallArgs<"putHoles">, prefix: string | undefined): Promise<Put> {
    const { uploadTokens } = this.ports;
    if (uploadTokens === undefined) return refuse("unavailable");
    if (holes.length === 0) return refuse("malformed");
    if (tokens.length !== holeTokens(holes, days)) return refuse("bad-token");
    if (new Set(holes.map(({ secret }) => toHex(secret))).size !== holes.length) return refuse("malformed");
    const size = holes.reduce((sum, { value }) => sum + holeLimits.secretBytes + value.length, 0);
    return this.held(prefix, size, async (): Promise<Put> => {
      // @checks MO39
      const shown = await uploadTokens.isOurs(tokens[0] as UploadToken, prefix);
      if (!shown.ok) return shown;
      return this.inTurn(prefix, holes.length, () => this.putInTurn({ tokens, days, holes }, prefix, uploadTokens));
    });
  }

  /** @checks HO7, HO9 */
  private async putInTurn(
    { tokens, days, holes }: CallArgs<"putHoles">,
    prefix: string | undefined,
    uploadTokens: UploadTokens,
  ): Promise<Put> {
    const named = await this.named(holes);
    const expiresDay = lastsUntil(this.today(), days);
    const { changes } = this;
    const looked = await this.look(named, expiresDay);
    if (looked.taken.length > 0) return accept({ taken: looked.taken });
    // The answer to it was lost: its tokens are spent.
    if (looked.rows.length === 0) return accept({ taken: [] });
    const bytes = looked.rows.reduce((sum, { value }) => sum + holeBytes(value.length), 0);
    // The last quarter is for what is gone within a month: so what stands for a year never keeps all out.
    const room = this.config.momentsBytesMax * (isLongHole(days) ? longShare : 1);
    if (this.tables.totals().bytes + bytes > room) return refuse("storage-full");
    const paid = await uploadTokens.spend(tokens, prefix);
    if (!paid.ok) return paid;
    return this.committed(
      () => {
        // Where nobody else writes, what was looked at stands as it was.
        const isAsLooked = this.ports.isAlone && this.changes === changes;
        const { taken, rows } = isAsLooked ? looked : this.compare(named, expiresDay);
        if (taken.length === 0) this.change(() => this.tables.put(rows));
        return accept({ taken });
      },
      ({ taken }) => {
        if (taken.length === 0) this.put += looked.rows.length;
      },
    );
  }

  async lookFor(
    { starts }: CallArgs<"lookHoles">,
    prefix: string | undefined,
  ): Promise<Outcome<CallResult<"lookHoles">>> {
    const { startBytes } = holeLimits;
    const count = starts.length / startBytes;
    return this.heldInTurn(prefix, count, starts.length, async () => {
      const found = new Uint8Array(Math.ceil(count / 8));
      const today = this.believedDay();
      for (let from = 0; from < count; from += stepNames) {
        if (from > 0) await this.ports.pause();
        const some = starts.subarray(from * startBytes, (from + stepNames) * startBytes);
        for (const at of this.tables.found(some, today)) mark(found, from + at);
      }
      this.looked += count;
      return accept({ found });
    });
  }

  async read({ names }: CallArgs<"readHoles">, prefix: string | undefined): Promise<Outcome<CallResult<"readHoles">>> {
    const asked = split(names, holeLimits.nameBytes);
    return this.heldInTurn(prefix, asked.length, names.length, async () => {
      const values: Bytes[] = [];
      const today = this.believedDay();
      let bytes = 0;
      for (let from = 0; from < asked.length; from += stepReads) {
        if (from > 0) await this.ports.pause();
        for (const held of this.tables.held(asked.slice(from, from + stepReads))) {
          const value = held !== undefined && held.expiresDay > today ? held.value : nothing;
          bytes += value.length;
          if (bytes > holeLimits.answerBytesMax) return accept({ values });
          values.push(value);
        }
      }
      return accept({ values });
    });
  }

  async clear({ secrets }: CallArgs<"clearHoles">, prefix: string | undefined): Promise<Outcome<Record<never, never>>> {
    const asked = split(secrets, holeLimits.secretBytes);
    return this.heldInTurn(prefix, asked.length, secrets.length, async () => {
      const named = await this.named(asked.map((secret) => ({ secret, value: nothing })));
      for (let from = 0; from < named.length; from += stepNames) {
        const names = named.slice(from, from + stepNames).map(({ name }) => name);
        const dropped = await this.committed(() => {
          this.change(() => this.tables.drop(names));
          return done;
        });
        if (!dropped.ok) return dropped;
      }
      return done;
    });
  }

  /** Drops what is over, in steps. Returns why it could not go on. */
  async sweep(): Promise<Refusal | undefined> {
    let after: Bytes | undefined = this.tables.totals().holes > 0 ? nothing : undefined;
    while (after !== undefined) {
      const from: Bytes = after;
      const step = await this.committed(() => {
        let to: Bytes | undefined;
        this.change(() => {
          to = this.tables.sweep(from, this.today(), stepNames);
        });
        return accept({ to });
      });
      if (!step.ok) return step;
      after = step.value.to;
      await this.ports.pause();
    }
    return undefined;
  }

  private heldInTurn<T>(
    prefix: string | undefined,
    count: number,
    bytes: number,
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.held(prefix, bytes, () => this.inTurn(prefix, count, work));
  }

  /** `bytes`: that are in memory until `work` is done. @checks HO10 */
  private async held<T>(
    prefix: string | undefined,
    bytes: number,
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    if (!this.waiting.enter(prefix, bytes)) return tooOften(waitMs);
    try {
      return await work();
    } finally {
      this.waiting.leave(prefix, bytes);
    }
  }

  /** In turn by place, and as often as a place may. @checks HO7 */
  private async inTurn<T>(
    prefix: string | undefined,
    count: number,
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const nowMs = this.ports.clock.nowMs();
    if (prefix !== undefined && !this.names.take(prefix, nowMs, count)) return tooOften(this.names.waitMs(nowMs));
    const worked = this.turns.run(prefix ?? nowhere, async () => {
      const outcome = await work();
      if (count >= stepReads) await this.ports.pause();
      return outcome;
    });
    return (await worked) ?? tooOften(waitMs);
  }

  private async named(holes: readonly Hole[]): Promise<readonly NamedHole[]> {
    const named: NamedHole[] = [];
    for (const hole of holes) {
      if (named.length > 0 && named.length % stepNames === 0) await this.ports.pause();
      const name = this.ports.primitives.sha256(holeNameBytes(hole.secret)).subarray(0, holeLimits.nameBytes);
      named.push({ ...hole, name });
    }
    return named;
  }

  private async look(named: readonly NamedHole[], expiresDay: number): Promise<Compared> {
    const compared: Compared[] = [];
    for (let from = 0; from < named.length; from += stepNames) {
      if (from > 0) await this.ports.pause();
      compared.push(this.compare(named.slice(from, from + stepNames), expiresDay, from));
    }
    return { taken: compared.flatMap(({ taken }) => taken), rows: compared.flatMap(({ rows }) => rows) };
  }

  /** What is to be written so that all of them stand, and which hold something else. */
  private compare(named: readonly NamedHole[], expiresDay: number, first = 0): Compared {
    const [taken, rows]: [number[], HoleRow[]] = [[], []];
    const today = this.believedDay();
    const held = this.tables.held(named.map(({ name }) => name));
    for (const [i, { name, value, was }] of named.entries()) {
      const before = held[i];
      const row = { name, value, expiresDay, before: before?.value.length };
      if (before === undefined || before.expiresDay <= today) rows.push(row);
      else if (equalBytes(before.value, value)) {
        if (before.expiresDay + slackOf(expiresDay - today) < expiresDay) rows.push(row);
      } else if (was !== undefined && equalBytes(this.ports.primitives.sha256(before.value), was)) rows.push(row);
      else taken.push(first + i);
    }
    return { taken, rows };
  }

  private change(work: () => void): void {
    this.changes++;
    work();
  }

  private committed<T>(run: () => Outcome<T>, then?: (value: T) => void): Promise<Outcome<T>> {
    return new Promise((resolve) =>
      this.ports.inCommit(run, (outcome) => {
        if (outcome.ok) then?.(outcome.value);
        resolve(outcome);
      }),
    );
  }

  private today(): number {
    return dayOf(this.ports.clock.nowMs());
  }

  private believedDay(): number {
    return this.ports.isDayKnown() ? this.today() : 0;
  }
}

type Compared = { readonly taken: readonly number[]; readonly rows: readonly HoleRow[] };

const nothing = new Uint8Array(0);

/** The same put again a while later is the same: so many days more are no reason to pay anew. */
function slackOf(days: number): number {
  return days < weeklyFrom ? 1 : week;
}

function split(packed: Bytes, length: number): readonly Bytes[] {
  return Array.from({ length: packed.length / length }, (_, i) => packed.subarray(i * length, (i + 1) * length));
}

function mark(found: Bytes, at: number): void {
  found[at >> 3] = (found[at >> 3] ?? 0) | (1 << (at & 7));
}
