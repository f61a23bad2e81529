/** Requests of the terminal. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mediaIn } from "./files.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 60,
  fetch: (request) => {
    const { pathname } = new URL(request.url);
    // not a check: an answer that has an end.
    if (pathname === "/short") return new Response(new Uint8Array(10));
    if (pathname === "/elsewhere") return Response.redirect("/short", 307);
    const body = new ReadableStream({
      pull: async (controller) => {
        if (pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 20));
        controller.enqueue(new Uint8Array(pathname === "/slow" ? 1 : 1_000));
      },
    });
    return new Response(body);
  },
});
const folder = mkdtempSync(join(tmpdir(), "yanshu-files-"));
afterAll(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

test("[CH86] the terminal ends an answer that is longer than was asked for, or that trickles", async () => {
  const { request } = mediaIn(folder, {} as never, () => `http://127.0.0.1:${server.port}`);
  const ask = (path: string, msMax: number) =>
    request("mirror.test", { method: "GET", path, headers: {}, bounds: { bytesMax: 5_000, msMax } });
  expect((await ask("/short", 30_000)).body.length).toBe(10);
  await expect(ask("/endless", 30_000)).rejects.toThrow("longer");
  await expect(ask("/slow", 200)).rejects.toThrow();
});

test("[ME34] the terminal goes nowhere but where it asked: a redirect is no answer", async () => {
  const { request } = mediaIn(folder, {} as never, () => `http://127.0.0.1:${server.port}`);
  const ask = (path: string) => request("home.test", { method: "GET", path, headers: {} });
  expect((await ask("/short")).body.length).toBe(10);
  await expect(ask("/elsewhere")).rejects.toThrow();
});
