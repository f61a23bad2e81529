import { expect, test } from "bun:test";
import fc from "fast-check";
import { afterStale } from "./stale.ts";

test("[SY19] a stale post waits for its commit, is made anew when that came, and a gate that is behind is resynced", () => {
  expect(afterStale({ posted: 5, held: 5, named: 7 })).toBe("wait");
  expect(afterStale({ posted: 5, held: 7, named: 7 })).toBe("again");
  expect(afterStale({ posted: 5, held: 5, named: 5 })).toBe("resync");
  expect(afterStale({ posted: 5, held: 5, named: 4 })).toBe("resync");
});

test("[SY19] an answer that commits have overtaken says nothing against the gate", () => {
  expect(afterStale({ posted: 5, held: 8, named: 7 })).toBe("again");
  const epoch = fc.nat({ max: 1_000 });
  fc.assert(
    fc.property(epoch, epoch, epoch, (posted, ahead, since) => {
      // An honest gate names an epoch after the one that it refuses; what is held may be anywhere beyond.
      const named = posted + 1 + ahead;
      expect(afterStale({ posted, held: named + since, named })).toBe("again");
    }),
  );
});
