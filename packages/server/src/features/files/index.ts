/**
 * Files (docs/spec/media.md ME3): what may be stored here, and the tokens that pay for it. The files themselves go by HTTP
 * (`blobs/`), where no account is known.
 */
import { blobLimits } from "@yanshu/wire";
import { OneByOne } from "../../core/fair.ts";
import { accept, refuse, tooOften } from "../../core/outcome.ts";
import { serverFeature, services, signed } from "../../feature.ts";

/** Draws of one account that wait for their turn. */
const drawsWaitingMax = 4;
const waitingWaitMs = 1_000;

export const files = serverFeature({
  name: "files",
  migrations: { sqlite: [], postgres: [] },
  owned: [],
  tables: () => ({}),
  limits: {
    /** One blob, and all of them together, in bytes. */
    blobBytesMax: blobLimits.bytesMax as number,
    blobsBytesMax: 20 * 1024 ** 3,
    /** Blobs are kept for this many days. */
    blobDays: 30,
    /** Blobs that are not whole, begun from one place within a day. */
    blobBeginsPerDay: { prefix: 5_000 },
    /** Tokens that were none, shown from one place; each costs a millisecond to find out. */
    wrongTokensPerMinute: { prefix: 60 },
    /** Upload tokens that an account may draw; each pays for 16 MiB. */
    blobTokensPerDay: 1_024,
    blobTokensFirst: 128,
    /** Of 4 MiB at most. */
    blobRequestsPerMinute: { prefix: 6_000 },
  },
  options: {
    "file-requests-per-place": {
      of: ["blobRequestsPerMinute", "prefix"],
      help: "requests for files a minute from one address",
    },
    "file-begins-per-place": { of: ["blobBeginsPerDay", "prefix"], help: "files begun a day from one address" },
    "wrong-tokens-per-place": {
      of: ["wrongTokensPerMinute", "prefix"],
      help: "false upload tokens a minute from one address",
    },
    "new-file-tokens": { of: ["blobTokensFirst"], help: "upload tokens of an account on its first day" },
    "file-tokens": { of: ["blobTokensPerDay"], help: "upload tokens that one account draws a day, each for 16 MiB" },
  },
  serve: ({ ask, config, pause, quota, awaiting }) => {
    const uploadTokens = ask(services.uploadTokens);
    const tokensMaxOf = quota(config.blobTokensFirst, config.blobTokensPerDay);
    // Sixteen tokens are a dozen milliseconds of work.
    const draws = new OneByOne(pause, drawsWaitingMax);
    return {
      calls: {
        blobTerms: {
          grows: false,
          handle: (_from, _args, answer) =>
            answer(uploadTokens === undefined ? refuse("unavailable") : accept(uploadTokens.terms())),
        },
        pay: {
          grows: false,
          handle: (from, { token }, answer) => {
            if (uploadTokens === undefined) return answer(refuse("unavailable"));
            awaiting(uploadTokens.spend([token], from.prefix), (outcome) => {
              if (outcome.ok && from.isOpen) {
                from.isPaid = true;
                from.sink.known?.();
              }
              answer(outcome);
            });
          },
        },
        blobTokens: {
          grows: false,
          handle: (from, args, answer) => {
            if (uploadTokens === undefined) return answer(refuse("unavailable"));
            const { account } = signed(from);
            const refusal = uploadTokens.drawRefusal(account, tokensMaxOf(account), args);
            if (refusal !== undefined) return answer(refusal);
            const drawn = draws.run(`${account}`, async () => uploadTokens.sign(args));
            if (drawn === undefined) answer(tooOften(waitingWaitMs));
            else awaiting(drawn, answer);
          },
        },
      },
    };
  },
});
