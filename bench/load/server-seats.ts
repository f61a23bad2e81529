/**
 * Seats of one group's call on a server, in a process of their own, which talk until standard input ends. They are
 * other people's devices: the process gives way to the server that is measured (nice).
 *
 *   bun bench/load/server-seats.ts SERVER SEATS
 *
 * SERVER is JSON (jobs.ts). Prints a line of JSON each quarter of a second: the packets that came so far, and that were
 * due to come.
 */
import { getPriority, setPriority } from "node:os";
import { MediaSeat } from "@yanshu/server/relay";
import { GroupTalk, slots } from "./group-talk.ts";
import type { ServerTarget } from "./jobs.ts";
import type { Peer } from "./peer.ts";
import { people, registerAll, signInAll } from "./register.ts";
import { RoomSeat } from "./room-seat.ts";
import { drawTokens } from "./tokens.ts";

/** Beyond those who write. */
const callerIndex = 100_000;
const tellMs = 250;

// Below what runs it, also where the whole bench goes before others on the machine.
setPriority(Math.min(19, getPriority() + 10));
const server = JSON.parse(process.argv[2] ?? "") as ServerTarget;
const count = Number(process.argv[3]);
const caller = await people(server, callerIndex + 1, callerIndex);
await registerAll(server, caller);
const [peer] = await signInAll(server, caller);
const [token] = await drawTokens(peer as Peer, server.url, 1);
const url = new URL("/calls/ws", server.url).href;
const room = crypto.getRandomValues(new Uint8Array(16));
const rooms: RoomSeat[] = [];
const seats: MediaSeat[] = [];
for (let n = 0; n < count; n++) {
  const one = await RoomSeat.enter(url, room, n === 0 ? token : undefined);
  rooms.push(one);
  seats.push(await MediaSeat.join(one.seat, one.relay, slots, (join) => one.join(join)));
}
const talk = new GroupTalk(seats);
const telling = setInterval(() => console.log(JSON.stringify(talk.counts())), tellMs);
for await (const _ of process.stdin);
clearInterval(telling);
talk.end();
for (const one of rooms) one.leave();
process.exit(0);
