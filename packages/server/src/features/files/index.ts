/**
 * Files (docs/spec/media.md ME1–ME8): what may be stored here, the tokens that pay for it, and the files themselves,
 * which go by HTTP, where no account is known. Where their bytes lie is the core's (`blobs/`).
 */
import { toHex, utf8 } from "@yanshu/wire";
import { OneByOne } from "../../core/fair.ts";
import { accept, refuse, tooOften } from "../../core/outcome.ts";
import { type HttpAnswer, provide, serverFeature, services, signed } from "../../feature.ts";
import { Blobs } from "./blobs.ts";
import { fileLimits } from "./limits.ts";

/** Draws of one account that wait for their turn. */
const drawsWaitingMax = 4;
const waitingWaitMs = 1_000;
/**
 * The app of another home asks too, whose person has moved here (HM66). Nobody is known by a request, and what is
 * fetched is sealed: so every page may.
 */
const forPagesOfOthers = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
};
const preflight: HttpAnswer = {
  status: 204,
  headers: {
    ...forPagesOfOthers,
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-allow-headers": "upload-offset, blob-owner, range, content-type",
    "access-control-max-age": "86400",
  },
};

const noFilesHere: HttpAnswer = { status: 503, headers: {}, body: utf8("unavailable") };

export const files = serverFeature({
  name: "files",
  migrations: { sqlite: [], postgres: [] },
  owned: [],
  tables: () => ({}),
  limits: fileLimits,
  metrics: {
    blobs: { name: "files", kind: "gauge", help: "Files that are kept." },
    blobBytes: { name: "files_bytes", kind: "gauge", help: "Their bytes." },
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
  serve: ({ ask, config, clock, random, primitives, faults, mayGrow, isDayKnown, pause, quota, awaiting }) => {
    const store = ask(services.blobStore);
    const ports = { clock, random, primitives, pause, faults, mayGrow };
    const blobs = store && new Blobs(store, ports, config, isDayKnown);
    blobs?.start();
    const tokensMaxOf = quota(config.blobTokensFirst, config.blobTokensPerDay);
    // Sixteen tokens are a dozen milliseconds of work.
    const draws = new OneByOne(pause, drawsWaitingMax);
    return {
      provides: blobs === undefined ? [] : [provide(services.uploadTokens, blobs)],
      http: {
        path: "/blobs/",
        answer: async (request) => {
          if (request.method === "OPTIONS") return preflight;
          const { headers, ...answer } = (await blobs?.answer(request)) ?? noFilesHere;
          return { ...answer, headers: { ...headers, ...forPagesOfOthers } };
        },
      },
      stop: () => blobs?.stop(),
      counts: () => blobs?.counts() ?? { blobs: 0, blobBytes: 0 },
      calls: {
        blobTerms: {
          grows: false,
          handle: (_from, _args, answer) => answer(blobs === undefined ? refuse("unavailable") : accept(blobs.terms())),
        },
        pay: {
          grows: false,
          handle: (from, { token }, answer) => {
            if (blobs === undefined) return answer(refuse("unavailable"));
            awaiting(blobs.spend([token], from.prefix), (outcome) => {
              if (outcome.ok && from.isOpen) {
                from.isPaid = true;
                from.sink.known?.();
              }
              answer(outcome);
            });
          },
        },
        filePart: {
          grows: false,
          handle: ({ prefix }, { id, from, length }, answer) => {
            if (blobs === undefined) return answer(refuse("unavailable"));
            const range = `bytes=${from}-${from + length - 1}`;
            const asked = {
              method: "GET",
              path: `/blobs/${toHex(id)}`,
              header: () => range,
              body: async () => new Uint8Array(),
              prefix,
            };
            awaiting(
              blobs.answer(asked).then(({ status, body = new Uint8Array() }) => accept({ status, body })),
              answer,
            );
          },
        },
        blobTokens: {
          grows: false,
          handle: (from, args, answer) => {
            if (blobs === undefined) return answer(refuse("unavailable"));
            const { account } = signed(from);
            const refusal = blobs.drawRefusal(account, tokensMaxOf(account), args);
            if (refusal !== undefined) return answer(refusal);
            const drawn = draws.run(`${account}`, async () => blobs.sign(args));
            if (drawn === undefined) answer(tooOften(waitingWaitMs));
            else awaiting(drawn, answer);
          },
        },
      },
    };
  },
});
