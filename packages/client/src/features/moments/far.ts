/**
 * Other homes, of which friends are (docs/spec/moments.md MO76–MO79): what they say lies there, and is looked for there
 * through a tunnel of each look. One that does not answer is asked no more in that look, and keeps nothing from coming.
 */
import type { Database } from "@yanshu/store";
import type { CallArgs, CallName, CallResult } from "@yanshu/wire";
import { ClientError, type FeatureContext, type ServerElsewhere } from "../../feature.ts";
import { isWithin } from "./values.ts";

/** Other homes are asked so often at most while nobody asks for it. */
const everyMs = 60_000;
/** One that does not answer is left alone for twice as long each time, up to this. */
const silentMsMax = 15 * 60_000;
/** What all answers of one home may take in one look: what is left comes at the next. */
const lookMs = 20_000;

const looks = new WeakMap<Database, FarLook>();

export function farLookOf(context: FeatureContext): FarLook {
  const look = looks.get(context.db) ?? new FarLook(context);
  looks.set(context.db, look);
  return look;
}

export class FarLook {
  private readonly context: FeatureContext;
  /** Of the look that is under way; undefined: other homes are not asked. */
  private open: Map<string, Promise<ServerElsewhere | undefined>> | undefined;
  private begunMs = 0;
  /** Homes of which something was wanted in the last look. */
  private readonly wanted = new Set<string>();
  /** How often one did not answer, one look after the other. */
  private readonly silent = new Map<string, { readonly times: number; readonly sinceMs: number }>();
  /** Of the last look: those that failed in it, or were not asked since they had before; and those that answered. */
  private readonly skipped = new Set<string>();
  private readonly answered = new Set<string>();

  constructor(context: FeatureContext) {
    this.context = context;
  }

  /** Those that did not answer when they were asked last, by name. */
  get away(): readonly string[] {
    return [...this.wanted].filter((server) => this.skipped.has(server)).sort();
  }

  /** @param isWished by the person: all are asked. Else those whose time it is. */
  begin(isWished: boolean): void {
    const nowMs = this.context.nowMs();
    if (!isWished && isWithin(everyMs, this.begunMs, nowMs)) return;
    this.begunMs = nowMs;
    this.open = new Map();
    this.skipped.clear();
    this.answered.clear();
    this.wanted.clear();
    if (isWished) return;
    for (const [server, { times, sinceMs }] of this.silent)
      if (isWithin(Math.min(silentMsMax, everyMs * 2 ** Math.min(times, 8)), sinceMs, nowMs)) this.skipped.add(server);
  }

  end(): void {
    const held = this.open;
    this.open = undefined;
    // One answer does not undo it: a home that gives a first one and no other would be asked as ever.
    for (const server of this.answered) if (!this.skipped.has(server)) this.silent.delete(server);
    for (const opening of held?.values() ?? []) void opening.then((tunnel) => tunnel?.close());
  }

  /** False: what is there is not known. */
  isAsked(server: string): boolean {
    return this.open !== undefined && !this.skipped.has(server);
  }

  /** Undefined where it is not asked now, or does not answer: it is not known then what is there. */
  async call<N extends CallName>(server: string, name: N, args: CallArgs<N>): Promise<CallResult<N> | undefined> {
    const { open } = this;
    if (open === undefined) return undefined;
    this.wanted.add(server);
    if (!this.isAsked(server)) return undefined;
    const opening = open.get(server) ?? this.context.server.openAt(server);
    open.set(server, opening);
    return this.answerOf(server, async () => (await opening)?.call(name, args));
  }

  /** Through a tunnel of its own, in which nothing is looked for. */
  async callApart<N extends CallName>(server: string, name: N, args: CallArgs<N>): Promise<CallResult<N> | undefined> {
    if (!this.isAsked(server)) return undefined;
    return this.answerOf(server, async () => {
      const tunnel = await this.context.server.openAt(server);
      return tunnel?.call(name, args).finally(tunnel.close);
    });
  }

  private async answerOf<T>(server: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const { after, nowMs } = this.context;
    const inTime = new Promise<undefined>((resolve) =>
      after(Math.max(0, this.begunMs + lookMs - nowMs()), () => resolve(undefined)),
    );
    try {
      const answer = await Promise.race([ask(), inTime]);
      if (answer !== undefined) {
        this.answered.add(server);
        return answer;
      }
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
    }
    if (!this.skipped.has(server)) {
      this.skipped.add(server);
      this.silent.set(server, { times: (this.silent.get(server)?.times ?? 0) + 1, sinceMs: nowMs() });
    }
    return undefined;
  }
}
