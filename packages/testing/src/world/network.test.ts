import { expect, test } from "bun:test";
import { chanceFrom, SimClock, SimNetwork } from "../index.ts";

test("[SIM6] what a socket is given while it still connects is lost, as with a real one", async () => {
  const clock = new SimClock(0);
  const network = new SimNetwork(clock, chanceFrom(1));
  const arrived: number[] = [];
  network.serve(() => ({ receive: (frame) => void arrived.push(...frame), closed: () => undefined }));
  let isOpen = false;
  const socket = network.connect("Ann", {
    open: () => {
      isOpen = true;
    },
    message: () => undefined,
    closed: () => undefined,
  });
  socket.send(Uint8Array.of(1));
  expect(isOpen).toBe(false);
  await clock.advance(100);
  expect(isOpen).toBe(true);
  socket.send(Uint8Array.of(2));
  await clock.advance(100);
  expect(arrived).toEqual([2]);
});
