import { expect, test } from "bun:test";
import { carrierFile, carrierPolicy } from "./carrier.ts";

test("[WE140] a carrier reaches the one home that its address names, and without TLS this machine alone", () => {
  expect(carrierPolicy("two.example")).toBe("default-src 'none'; connect-src wss://two.example https://two.example");
  expect(carrierPolicy("two.example:8443")).toContain("connect-src wss://two.example:8443 https://two.example:8443");
  expect(carrierPolicy("[2001:db8::1]:8443")).toContain("wss://[2001:db8::1]:8443");
  expect(carrierPolicy("two.example")).not.toContain("ws://two");
  for (const here of ["localhost:7717", "127.0.0.1:80", "[::1]", "yanshu.localhost"])
    expect(carrierPolicy(here)).toContain(` ws://${here} http://${here}`);
  expect(carrierPolicy("localhost.evil.example")).not.toContain("ws://localhost.evil.example http:");
});

test("[WE140] what is no name of a home opens nothing", () => {
  for (const name of [
    undefined,
    null,
    "",
    "*",
    "*.example",
    "https:",
    "a.example *",
    "a.example; script-src *",
    "a.example,b",
    "'self'",
    "a.example/path",
    "a.example:*",
    "a.example:123456",
    "A.example",
    "-a",
    `${"a".repeat(64)}`,
    "a\n.example",
  ])
    expect(carrierPolicy(name)).toBeUndefined();
});

test("[WE140] it is one file of the build, by its own name", () => {
  expect(carrierFile.test("/assets/carrier-BX3kd9_a.js")).toBe(true);
  for (const path of [
    "/assets/main-BX3kd9_a.js",
    "/carrier-BX3kd9_a.js",
    "/assets/carrier-BX3kd9_a.js/x",
    "/index.html",
  ])
    expect(carrierFile.test(path)).toBe(false);
});
