import { expect, test } from "bun:test";
import { mayTry } from "./peer.ts";

test("[CA58] where there is no relay nothing is tried before somebody answered, and never for one who keeps to it", () => {
  const relay = { port: 1, username: "u", credential: "c", untilMs: 0 };
  for (const at of ["calling", "ringing", "joining", "talking"] as const) {
    const isAnswered = at === "joining" || at === "talking";
    expect(mayTry({ at, isIn: true, relayOnly: false })).toBe(isAnswered);
    expect(mayTry({ at, isIn: true, relayOnly: true })).toBe(false);
    for (const relayOnly of [true, false]) {
      expect(mayTry({ at, isIn: true, relayOnly, relay })).toBe(true);
      expect(mayTry({ at, isIn: false, relayOnly, relay })).toBe(false);
    }
  }
});
