/**
 * The relay in a process of its own, so that what it takes is counted apart: no rooms, no messages.
 *
 *   bun bench/relay-alone.ts
 *
 * Prints its port, then a line of JSON for each line that it reads: what it handed on so far.
 */
import { randomBytes } from "node:crypto";
import { openUdp, Relay, relayCredential } from "@yanshu/server/relay";

const secret = new Uint8Array(32).fill(1);
const draw = () => randomBytes(4).readUInt32LE(0);
const relay = new Relay({ secret, nowMs: () => Date.now(), draw, bytesPerSecond: 4e9 });
const listener = await openUdp(relay, "127.0.0.1", 0, (place, error) => console.error(place, error));
const access = (room: number, seat: number) => relayCredential(secret, Date.now(), `room${room}`, seat);
console.log(listener.port);
for await (const line of console) {
  const [what, room = "0", seat = "0"] = line.split(" ");
  console.log(JSON.stringify(what === "access" ? access(Number(room), Number(seat)) : relay.counts()));
}
