import { expect, test } from "bun:test";
import { asksForLost, mayTry } from "./peer.ts";

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

test("[CA125] voice that was lost is asked for again: the description says so once, of Opus alone", () => {
  const head = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\n";
  const rest =
    "a=rtcp-fb:111 transport-cc\r\na=rtpmap:63 red/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-fb:96 nack\r\n";
  const asking = asksForLost(head + rest);
  expect(asking).toBe(`${head}a=rtcp-fb:111 nack\r\n${rest}`);
  expect(asksForLost(asking)).toBe(asking);
  expect(asksForLost("v=0\r\n")).toBe("v=0\r\n");
});
