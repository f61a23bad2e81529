/**
 * Test keys: made of sentences that everybody can read here, so that tests and a checkout can sign. What they sign
 * proves nothing (docs/spec/release.md RE6).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8Of } from "../bytes.ts";
import { keyPair } from "../note.ts";

export const testKeys = [1, 2, 3].map((n) =>
  keyPair(`test-${n}.yanshu.example`, sha256(utf8Of(`yanshu release test key ${n}: proves nothing`))),
);
