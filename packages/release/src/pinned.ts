/**
 * Pinned keys: the keys that sign releases. Two of the three must sign (docs/spec/release.md RE3, RE6).
 *
 * These are the test keys: their private keys are public (testing/test-keys.ts), so their signatures prove nothing, and
 * every screen says so. Before the first release three people each run `npm run release:key -- NAME`; the three printed
 * lines replace these keys, with `isTest: false`.
 */
import type { Keys } from "./check.ts";
import type { Log } from "./log.ts";

export type Pinned = Keys & { readonly isTest: boolean; readonly log: Log };

export const pinned: Pinned = {
  isTest: true,
  // It is in another hand than the keys below.
  log: { verifier: "test-log.yanshu.example+fd77a3c8+Af3Ys5qUryZV9WgJQ/xBG0oL0I4wasv8Mv487aI/l2Na" },
  threshold: 2,
  verifiers: [
    "test-1.yanshu.example+0e319cfd+AbsLSyZKSAiMoYwTnbmkMz/CstBu5oOM/5h7n0miKpce",
    "test-2.yanshu.example+512d040a+Acs6iIxN9OTO3rj37tSRTSYmeME0tOwoFqEsQLxYqXdF",
    "test-3.yanshu.example+a9764345+AT88hxcnHcgO3hlO18FxyPYIDynHKWK4diLD+6st+I87",
  ],
};
