import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "./fault.ts";
import { homeOfAddress, homeOfLink, readHome, socketAddress, writeHome } from "./home.ts";

function refusal(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error.key;
    throw error;
  }
  return undefined;
}

test("[TE5] home is where the link says; without an origin, where its name says", () => {
  const at = (link: string, server: string, insecure = false) => homeOfLink(link, server, insecure).origin;
  expect(at("https://yan.example/#i/abc", "yan.example")).toBe("https://yan.example");
  expect(at(" https://app.example:8443/#c/abc", "yan.example")).toBe("https://app.example:8443");
  expect(at("http://localhost:8080/#i/abc", "localhost:8080")).toBe("http://localhost:8080");
  expect(at("i/abc", "yan.example")).toBe("https://yan.example");
  expect(at("i/abc", "yan.example", true)).toBe("http://yan.example");
  expect(at("i/abc", "localhost:8080")).toBe("http://localhost:8080");
  expect(at("i/abc", "kitchen.local:8080")).toBe("http://kitchen.local:8080");
  expect(socketAddress("https://yan.example")).toBe("wss://yan.example/ws");
  expect(socketAddress("https://yan.example", "/calls/ws")).toBe("wss://yan.example/calls/ws");
  expect(socketAddress("http://127.0.0.1:80")).toBe("ws://127.0.0.1:80/ws");
});

test("[TE5] a way without TLS is refused outside this machine, unless it is meant", () => {
  for (const origin of ["http://yan.example", "http://192.168.1.5:8080", "http://localhost.example"]) {
    expect(refusal(() => homeOfLink(`${origin}/#i/abc`, "yan.example", false))).toBe("fault.insecure");
    expect(refusal(() => homeOfAddress(origin, false))).toBe("fault.insecure");
    expect(homeOfLink(`${origin}/#i/abc`, "yan.example", true).origin).toBe(origin);
  }
  for (const origin of ["http://localhost", "http://127.0.0.1:1", "http://[::1]:8080", "http://kitchen.local"])
    expect(refusal(() => homeOfLink(`${origin}/#i/abc`, "yan.example", false))).toBeUndefined();
});

test("[TE5] a home told by its address has the name that its server gives itself", () => {
  expect(homeOfAddress("yan.example", false)).toEqual({ server: "yan.example", origin: "https://yan.example" });
  expect(homeOfAddress("https://yan.example:8443/", false).server).toBe("yan.example:8443");
  expect(homeOfAddress("http://127.0.0.1:8080", false)).toEqual({
    server: "localhost:8080",
    origin: "http://127.0.0.1:8080",
  });
  expect(homeOfAddress("localhost:8080", false).origin).toBe("http://localhost:8080");
  for (const text of ["", "two words", "ftp://yan.example", "https://", "yan.example:99999", "家"])
    expect(refusal(() => homeOfAddress(text, false))).toBe("fault.home");
});

test("[TE4] the folder keeps where home is, for its owner alone; what is damaged counts as absent", () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-home-"));
  try {
    expect(readHome(folder)).toBeUndefined();
    const home = { server: "yan.example", origin: "https://yan.example" };
    writeHome(folder, home);
    expect(readHome(folder)).toEqual(home);
    expect(statSync(join(folder, "home.json")).mode & 0o777).toBe(0o600);
    for (const damaged of ["", "{", "null", "[]", '{"server":1,"origin":2}', '{"server":"a","origin":"ftp://a"}']) {
      writeFileSync(join(folder, "home.json"), damaged);
      expect(readHome(folder)).toBeUndefined();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
