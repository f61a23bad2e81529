import { expect, test } from "bun:test";
import { relayUrl, sumOf, type Ways } from "./ways.ts";

const relay = { port: 3478, username: "u", credential: "c" };

test("[CA126] each way has an address of its own, and one that home has not opened has none", () => {
  const host = "home.example";
  expect(relayUrl("udp", { ...relay, host })).toBe("turn:home.example:3478?transport=udp");
  expect(relayUrl("tcp", { ...relay, host, tcp: 80 })).toBe("turn:home.example:80?transport=tcp");
  expect(relayUrl("tls", { ...relay, host: "2001:db8::1", tls: 443 })).toBe("turns:[2001:db8::1]:443?transport=tcp");
  expect([relayUrl("tcp", { ...relay, host }), relayUrl("tls", { ...relay, host })]).toEqual([undefined, undefined]);
});

test("[CA126] what works is said in one sentence, once it is known", () => {
  const of = (direct: Ways["direct"], udp: Ways["udp"], tcp: Ways["tcp"], tls: Ways["tls"]) =>
    sumOf({ direct, udp, tcp, tls });
  expect(of("trying", "trying", "trying", "trying")).toBe("call.sum.trying");
  expect(of("trying", "works", "trying", "absent")).toBe("call.sum.all");
  expect(of("works", "blocked", "trying", "absent")).toBe("call.sum.trying");
  expect(of("works", "blocked", "works", "absent")).toBe("call.sum.slow");
  expect(of("works", "blocked", "blocked", "works")).toBe("call.sum.slow");
  expect(of("works", "absent", "absent", "absent")).toBe("call.sum.direct");
  expect(of("works", "blocked", "blocked", "absent")).toBe("call.sum.none");
  expect(of("blocked", "absent", "absent", "absent")).toBe("call.sum.none");
});
