/** Sockets of the terminal, and a home that pings without end. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import type { Socket } from "@yanshu/client";
import { openSocket } from "./socket.ts";

/** A home that says these frames as soon as a socket is open. */
async function saying(frames: Uint8Array) {
  const open = new Set<unknown>();
  const host = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.once("data", (asked) => {
      const key = /sec-websocket-key: (.*)\r/i.exec(String(asked))?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
      socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
      socket.write(frames);
    });
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  return { host, open, address: `ws://127.0.0.1:${(host.address() as AddressInfo).port}` };
}

test("[HM119] a home that pings by the hundred in one turn loses the socket, and does not hold the terminal up", async () => {
  for (const [frame, count] of [
    [0x89, 1_000],
    [0x8a, 1_000],
    [0x89, 16],
  ] as const) {
    const { host, address } = await saying(new Uint8Array(2 * count).map((_, at) => (at % 2 === 0 ? frame : 0)));
    const closed: string[] = [];
    const events = { open: () => undefined, message: () => undefined, closed: (why: string) => void closed.push(why) };
    const socket = openSocket(address, events, () => undefined);
    await Bun.sleep(200);
    expect([frame, count, closed]).toEqual([frame, count, count > 16 ? ["flooding"] : []]);
    socket.close();
    host.close();
  }
});

test("[HM119] a socket that was closed is cut after five seconds where home does not close it too", async () => {
  const { host, open, address } = await saying(new Uint8Array());
  const waiting: [ms: number, run: () => void][] = [];
  const closed: string[] = [];
  const socket = await new Promise<Socket>((resolve) => {
    const events = {
      open: () => resolve(opened),
      message: () => undefined,
      closed: (why: string) => void closed.push(why),
    };
    const opened = openSocket(
      address,
      events,
      () => undefined,
      (ms, run) => void waiting.push([ms, run]),
    );
  });
  socket.close();
  await Bun.sleep(50);
  expect([open.size, closed.length, waiting.map(([ms]) => ms)]).toEqual([1, 0, [5_000]]);
  for (const [, run] of waiting) run();
  while (open.size > 0) await Bun.sleep(1);
  expect(closed.length).toBe(1);
  host.close();
});
