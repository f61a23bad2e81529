/** Whether what packets claim stands among the rows of the evidence (docs/spec/packets.md RP8). */
import { expect, test } from "bun:test";
import { claims } from "../../evidence/claims/claims.ts";

test("[RP8] that every member can reckon a packet is claimed", () => {
  expect(claims.map(({ id }) => id)).toContain("U9");
});
