/** Linking (docs/spec/identity.md ID12): where a device that has no account yet is reached by one that has. */
import { address, call, nothing } from "../call.ts";
import { struct } from "../schema.ts";

export const linking = {
  /** Opens `address` on this connection, in memory, for ten minutes: for linking a device. */
  rendezvous: call("anonymous", struct({ address }), nothing),
} as const;
