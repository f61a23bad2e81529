/**
 * Tokens: a stock of upload tokens (docs/spec/media.md ME3). They are drawn, blinded, on the signed-in connection when
 * one signs in, and while some are left still (MO142), not when one sends, so that drawing and spending cannot be
 * matched by their times either.
 */
import {
  addUploadToken,
  countUploadTokens,
  readUploadTokens,
  type StoredToken,
  spendUploadTokens,
} from "@yanshu/store";
import { blindToken, blobLimits, finishTokens, type UnixMs, type UploadToken, uploadTokenEpochAt } from "@yanshu/wire";
import type { Payment } from "../connection/connection.ts";
import type { Engine } from "../core/engine.ts";

/** The own clock may be wrong by so much, and home's. */
const clockMsMax = 86_400_000;
/** Enough for a day's pictures. */
const stock = 32;
/** Where fewer than this share of them are left, others are drawn at a moment of chance within so long. */
const lowShare = 3 / 8;
const lowMs = 10 * 60_000;
/** Those that are about to draw others. */
const drawing = new WeakSet<Engine>();
/** Those to whom home gave no more when they asked last. */
const spentUp = new WeakSet<Engine>();

/** Whether home gives no more today: an account may draw so many a day (ME3, DS141). */
export function areTokensSpent(engine: Engine): boolean {
  return spentUp.has(engine);
}

function noteSpent(engine: Engine, isSpent: boolean): void {
  if (spentUp.has(engine) === isSpent) return;
  if (isSpent) spentUp.add(engine);
  else spentUp.delete(engine);
  engine.changed("tokens");
}

/**
 * Whether the number is that of the week by the own clock. It is heard on the anonymous line, said on the signed one
 * and shown with each token: by a number of its own for each line, home would know whose line that is.
 */
function isOfNow(epoch: number, nowMs: UnixMs): boolean {
  return epoch >= uploadTokenEpochAt(nowMs - clockMsMax) && epoch <= uploadTokenEpochAt(nowMs + clockMsMax);
}

/** Draws until `wanted` are here. False when home gives none now. */
export async function stockTokens(engine: Engine, wanted?: number): Promise<boolean> {
  const { db, link, ports } = engine;
  const kept = wanted ?? stockOf(engine);
  const random = ports.crypto.random;
  // Asked without a name, so that home cannot show this account a key of its own.
  const terms = await link.call("anonymous", "blobTerms", {});
  if (terms.kind !== "ok") return false;
  const { epoch, publicKey } = terms.value;
  // @checks ME30
  if (!isOfNow(epoch, ports.nowMs())) return false;
  for (;;) {
    const missing = kept - db.transaction(() => countUploadTokens(db, epoch - 1));
    if (missing <= 0) return true;
    const blinded = Array.from({ length: Math.min(missing, blobLimits.tokensPerCallMax) }, () => blindToken(random));
    const answer = await link.call("signed", "blobTokens", { epoch, blinded: blinded.map((one) => one.blinded) });
    if (answer.kind !== "lost") noteSpent(engine, answer.kind === "error" && answer.code === "rate-limited");
    if (answer.kind !== "ok") return false;
    const outputs = finishTokens(publicKey, blinded, answer.value);
    if (outputs === undefined) {
      engine.failed(new Error("home signed upload tokens with a key that it shows to nobody else"));
      return false;
    }
    db.transaction(() => {
      for (const [place, { input }] of blinded.entries()) {
        const output = outputs[place];
        if (output !== undefined) addUploadToken(db, { input, output, epoch });
      }
    });
  }
}

/** Tokens to show; they stay in the stock until `spent`. Undefined when there are not enough to be had. */
export async function takeTokens(engine: Engine, count: number): Promise<readonly StoredToken[] | undefined> {
  let tokens = readUploadTokens(engine.db, count);
  if (tokens.length < count && !(await stockTokens(engine, count))) return undefined;
  tokens = readUploadTokens(engine.db, count);
  return tokens.length < count ? undefined : tokens;
}

/** What lets a connection of which nobody knows whose it is send large frames (docs/spec/wire.md WI23). */
export function paymentOf(engine: Engine): Payment {
  return {
    token: async () => {
      if (engine.own === undefined) return undefined; // Who has no account has drawn none.
      const tokens = await takeTokens(engine, 1);
      return tokens === undefined ? undefined : asShown(tokens)[0];
    },
    spent: (token) => spent(engine, [token]),
  };
}

export function spent(engine: Engine, tokens: readonly StoredToken[]): void {
  if (tokens.length === 0) return;
  engine.db.transaction(() => spendUploadTokens(engine.db, tokens));
  drawBeforeNoneAreLeft(engine);
}

/** Takes so many out of the stock; undefined where there are fewer. Inside a transaction. */
export function spend(engine: Engine, count: number): readonly StoredToken[] | undefined {
  if (count === 0) return [];
  const tokens = readUploadTokens(engine.db, count);
  if (tokens.length < count) return undefined;
  spendUploadTokens(engine.db, tokens);
  drawBeforeNoneAreLeft(engine);
  return tokens;
}

function stockOf({ ports }: Engine): number {
  return ports.media?.tokensKept ?? stock;
}

/** All that are missing, some time later: so a draw does not stand beside that for which tokens are spent (MO142). */
function drawBeforeNoneAreLeft(engine: Engine): void {
  const { db, ports, failed } = engine;
  const low = Math.ceil(stockOf(engine) * lowShare);
  if (drawing.has(engine) || readUploadTokens(db, low).length >= low) return;
  drawing.add(engine);
  ports.after(ports.chance() * lowMs, () => {
    drawing.delete(engine);
    if (engine.own !== undefined) void stockTokens(engine).catch(failed);
  });
}

/** Without what else a row may hold. */
export function asShown(tokens: readonly StoredToken[]): readonly UploadToken[] {
  return tokens.map(({ epoch, input, output }) => ({ epoch, input, output }));
}
