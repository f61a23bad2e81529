/**
 * Token desk: whether upload tokens are this server's, and not spent (docs/spec/media.md ME3, docs/spec/delivery.md
 * DS131). To find out costs a third of a millisecond each, and anybody may show seventy: so what can be refused by
 * looking is refused first, wrong ones are counted by the place that they come from, one is tried at a time, and others
 * are served in between.
 */
import { type Bytes, equalBytes, toHex, type UploadToken, type UploadTokenKey } from "@yanshu/wire";
import type { BlobIndex } from "../../blobs/store.ts";
import { OneByOne } from "../../core/fair.ts";
import { done, type Outcome, refuse, tooOften } from "../../core/outcome.ts";
import type { Clock, Pause } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import { RecentMap } from "../../core/recent.ts";
import type { FileLimits } from "./limits.ts";
import { isTokenOf } from "./x25519.ts";

export type TokenPorts = {
  readonly clock: Clock;
  /** Absent: nobody else is to be served. */
  readonly pause?: Pause | undefined;
  /** The key of an epoch, or undefined when its tokens are taken no more, or not yet. */
  readonly keyOf: (epoch: number) => UploadTokenKey | undefined;
};

/** Found to be good, and perhaps shown again: as many as ten large files take. */
const provenKept = 1_024;
/** Wishes of one place that wait to be looked at, and of all. */
const waitingMax = 64;
const allWaitingMax = 1_024;
/**
 * Tokens of wishes that wait, each some hundred bytes in memory: of one place, where it has more than one wish, and of
 * all.
 */
const tokensWaitingMax = 256;
const allTokensWaitingMax = 4_096;
/** When there is no room for a wish, for that long. */
const waitMs = 1_000;
/** Where this machine's own, and tests', come from. */
const nowhere = "";

type Answer = Outcome<Record<never, never>>;

export class TokenDesk {
  private readonly proven = new RecentMap<Bytes>(provenKept);
  private readonly wrong: RateLimit;
  /**
   * In turn by place; where all wait, the fullest place makes way, so that no number of places keeps another out
   * (DS203).
   */
  private readonly wishes: OneByOne;
  /** By place, and together: how many tokens wait. */
  private readonly waiting = new Map<string, number>();
  private allWaiting = 0;
  private readonly index: Pick<BlobIndex, "isSpent">;
  private readonly ports: TokenPorts;

  constructor(index: Pick<BlobIndex, "isSpent">, ports: TokenPorts, config: Pick<FileLimits, "wrongTokensPerMinute">) {
    this.index = index;
    this.ports = ports;
    this.wrong = new RateLimit(config.wrongTokensPerMinute.prefix, minuteMs);
    this.wishes = new OneByOne(async () => undefined, waitingMax);
  }

  /** Refused `bad-token`, or `rate-limited` where too many were wrong. The spender looks once more. @checks ME3 */
  async check(tokens: readonly UploadToken[], prefix: string | undefined): Promise<Answer> {
    const nowMs = this.ports.clock.nowMs();
    if (prefix !== undefined && !this.wrong.has(prefix, nowMs)) return tooOften(this.wrong.waitMs(nowMs));
    const isCheaplyWrong =
      new Set(tokens.map(({ input }) => toHex(input))).size !== tokens.length ||
      tokens.some(({ epoch }) => this.ports.keyOf(epoch) === undefined) ||
      this.index.isSpent(tokens);
    if (isCheaplyWrong) return refuse("bad-token");
    return this.inTurn(tokens, prefix);
  }

  /** Whether this server gave it out; perhaps it is spent. Refused as by `check`. */
  async isOurs(token: UploadToken, prefix: string | undefined): Promise<Answer> {
    const nowMs = this.ports.clock.nowMs();
    if (prefix !== undefined && !this.wrong.has(prefix, nowMs)) return tooOften(this.wrong.waitMs(nowMs));
    if (this.ports.keyOf(token.epoch) === undefined) return refuse("bad-token");
    // It was computed when it was spent.
    if (this.index.isSpent([token])) return done; // not a check: it spares the work.
    return this.inTurn([token], prefix);
  }

  private async inTurn(tokens: readonly UploadToken[], prefix: string | undefined): Promise<Answer> {
    if (tokens.every((token) => this.isProven(token))) return done; // not a check: these need no turn.
    const place = prefix ?? nowhere;
    // @checks DS203
    if (this.wishes.size >= allWaitingMax && !this.wishes.makeWay(place)) return tooOften(waitMs);
    // @checks DS225
    if (!this.hasRoom(place, tokens.length)) return tooOften(waitMs);
    this.count(place, tokens.length);
    const answer = this.wishes.run(place, async (makesWay) => {
      this.count(place, -tokens.length);
      return makesWay ? tooOften(waitMs) : this.try(tokens, prefix);
    });
    if (answer === undefined) this.count(place, -tokens.length);
    return (await answer) ?? tooOften(waitMs);
  }

  /**
   * Whether so many tokens may wait, also by what makes way for them: the newest of the place of which most wait.
   * @checks DS225
   */
  private hasRoom(place: string, tokens: number): boolean {
    const own = this.waiting.get(place) ?? 0;
    if (own > 0 && own + tokens > tokensWaitingMax) return false;
    while (this.allWaiting + tokens > allTokensWaitingMax) {
      let [fullest, most] = [place, own + tokens];
      for (const [other, waiting] of this.waiting) if (waiting > most) [fullest, most] = [other, waiting];
      if (fullest === place || !this.wishes.makeWayOf(fullest)) return false;
    }
    return true;
  }

  private count(place: string, change: number): void {
    this.allWaiting += change;
    const waiting = (this.waiting.get(place) ?? 0) + change;
    if (waiting > 0) this.waiting.set(place, waiting);
    else this.waiting.delete(place);
  }

  /** @checks ME3 */
  private async try(tokens: readonly UploadToken[], prefix: string | undefined): Promise<Answer> {
    for (const token of tokens) {
      if (this.isProven(token)) continue; // not a check: it spares the work, which says the same.
      const nowMs = this.ports.clock.nowMs();
      if (prefix !== undefined && !this.wrong.has(prefix, nowMs)) return tooOften(this.wrong.waitMs(nowMs));
      const key = this.ports.keyOf(token.epoch);
      if (key === undefined || !isTokenOf(key, token.input, token.output)) {
        if (prefix !== undefined) this.wrong.take(prefix, nowMs);
        return refuse("bad-token");
      }
      this.proven.set(nameOf(token), token.output);
      await this.ports.pause?.();
    }
    return done;
  }

  /** @checks ME3 */
  private isProven(token: UploadToken): boolean {
    const output = this.proven.get(nameOf(token));
    return output !== undefined && equalBytes(output, token.output);
  }
}

function nameOf({ epoch, input }: UploadToken): string {
  return `${epoch} ${toHex(input)}`;
}
