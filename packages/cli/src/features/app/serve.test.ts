/** The sockets of `yanshu app` by themselves. */
import { expect, test } from "bun:test";
import { cookieName } from "./admission.ts";
import { serveApp } from "./serve.ts";
import { cookieOf, Tokens } from "./tokens.ts";

test("[HM96] a socket that says no secret is closed after a while, and one that said it stays", async () => {
  const tokens = new Tokens();
  const begun = tokens.begin(tokens.address);
  if (typeof begun === "string") throw new Error("no secret");
  type Send = (bytes: Uint8Array<ArrayBuffer>) => void;
  const begins = Promise.withResolvers<Send>();
  const line = (send: Send) => {
    begins.resolve(send);
    return { take: () => undefined, end: () => undefined };
  };
  const port = 25_500 + (process.pid % 4_000);
  const core = { line } as unknown as Parameters<typeof serveApp>[0]["core"];
  const home = {} as Parameters<typeof serveApp>[0]["home"];
  const serving = serveApp({ port, tokens, opened: () => undefined, home, files: new Map(), core, silentMs: 100 });
  const name = `yanshu.localhost:${port}`;
  const cookie = `${cookieName(port)}=${cookieOf(begun.secret)}`;
  const Opened = WebSocket as unknown as new (address: string, options: object) => WebSocket;
  const opened = () =>
    new Opened(`ws://127.0.0.1:${port}/core`, { headers: { host: name, origin: `http://${name}`, cookie } });
  const speaks = opened();
  speaks.addEventListener("open", () => speaks.send(begun.secret));
  const silent = opened();
  const closed = await new Promise<number>((resolve) => silent.addEventListener("close", ({ code }) => resolve(code)));
  expect(closed).toBe(1008);
  const heard = new Promise((resolve) => speaks.addEventListener("message", resolve));
  (await begins.promise)(new Uint8Array([1]));
  await heard;
  await serving.stop();
});
