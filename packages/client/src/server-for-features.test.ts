/** What features read of others' servers: within bounds, whatever these say. */
import { expect, test } from "bun:test";
import type { Engine } from "./core/engine.ts";
import type { MediaPorts } from "./ports.ts";
import { serverForFeatures } from "./server-for-features.ts";

test("[CH86] an answer that does not end, or is longer than was asked for, is none", async () => {
  const timers: (() => void)[] = [];
  let request: MediaPorts["request"] = () => new Promise(() => undefined);
  const ports = {
    media: { request: (server: string, asked: Parameters<MediaPorts["request"]>[1]) => request(server, asked) },
    after: (_ms: number, run: () => void) => {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  };
  const { readPublic } = serverForFeatures({ ports, own: { server: "home.test" } } as unknown as Engine);
  const hung = readPublic("/public/head", { bytesMax: 9, at: "mirror.test" });
  timers[0]?.();
  expect(await hung).toBeUndefined();
  const asked: unknown[] = [];
  request = async (server, { bounds }) => {
    asked.push([server, bounds?.bytesMax, bounds !== undefined && bounds.msMax > 0]);
    return { status: 200, body: new Uint8Array(10) };
  };
  expect(await readPublic("/public/head", { bytesMax: 9 })).toBeUndefined();
  expect((await readPublic("/public/head", { bytesMax: 10 }))?.body.length).toBe(10);
  expect([asked, timers]).toEqual([
    [
      ["home.test", 9, true],
      ["home.test", 10, true],
    ],
    [],
  ]);
});
