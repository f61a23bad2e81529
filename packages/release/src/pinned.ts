/**
 * Pinned keys: who signs releases. Two of the three have to (docs/spec/release.md RE3, RE6).
 *
 * These are the test keys: everybody has their secret halves (testing/test-keys.ts), so what they sign proves nothing,
 * and every screen says so. Before the first release each of three people runs `npm run release:key -- NAME`, and the
 * three lines that it prints take the place of these, with `isTest: false`.
 */
import type { Keys } from "./check.ts";

export const pinned: Keys & { readonly isTest: boolean } = {
  isTest: true,
  threshold: 2,
  verifiers: [
    "test-1.yanshu.example+0e319cfd+AbsLSyZKSAiMoYwTnbmkMz/CstBu5oOM/5h7n0miKpce",
    "test-2.yanshu.example+512d040a+Acs6iIxN9OTO3rj37tSRTSYmeME0tOwoFqEsQLxYqXdF",
    "test-3.yanshu.example+a9764345+AT88hxcnHcgO3hlO18FxyPYIDynHKWK4diLD+6st+I87",
  ],
};
