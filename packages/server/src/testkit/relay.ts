/** The relay, the media and their words by themselves, for who measures them (bench/scenarios/calls.ts). */

export { Faults } from "../core/faults.ts";
export { openUdp } from "../features/calls/bun-listeners.ts";
export { MediaProcess } from "../features/calls/bun-media.ts";
export { MediaSockets } from "../features/calls/bun-media-sockets.ts";
export { Relay } from "../features/calls/relay.ts";
export { relayCredential } from "../features/calls/relay-credential.ts";
export * from "../features/calls/stun.ts";
export { MediaSeat, type SeatAccess } from "./media-seat.ts";
