import { expect, test } from "bun:test";
import type { Ports, Socket, SocketEvents } from "../ports.ts";
import { createLink } from "./link.ts";

test("[ID15] what is asked while a connection is still opening is lost at once, and the socket is given nothing", async () => {
  const opened: SocketEvents[] = [];
  const given: Uint8Array[] = [];
  const timers = new Set<number>();
  const socket: Socket = { send: (frame) => given.push(frame), close: () => undefined };
  const ports = {
    connect: (_server: string, events: SocketEvents) => {
      opened.push(events);
      return socket;
    },
    after: (ms: number) => {
      timers.add(ms);
      return () => timers.delete(ms);
    },
    chance: () => 0,
  } as unknown as Ports;
  const nothing = () => undefined;
  const link = createLink(ports, () => "yan.test", {
    signIn: async () => true,
    push: nothing,
    expired: nothing,
    changed: nothing,
    ready: nothing,
  });
  link.start();
  expect(await link.call("signed", "addresses", { add: [], remove: [] })).toEqual({ kind: "lost" });
  expect(given).toEqual([]);
  expect(timers.size).toBe(0); // Nothing waits for an answer that cannot come.
  for (const events of opened) events.open();
  expect(given.length).toBe(2); // Both greet.
  link.stop();
});
