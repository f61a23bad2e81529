/** The relay and its words by themselves, for who measures it (bench/scenarios/calls.ts). */
export { openUdp } from "../features/calls/bun-doors.ts";
export { Relay } from "../features/calls/relay.ts";
export { relayCredential } from "../features/calls/relay-credential.ts";
export * from "../features/calls/stun.ts";
