/** The relay and its words by themselves, for who measures it (bench/scenarios/calls.ts). */
export { openUdp } from "../features/calls/bun-doors.ts";
export { Relay, relayCredential } from "../features/calls/relay.ts";
export * from "../features/calls/stun.ts";
