/** Linking (docs/spec/identity.md ID12): a device of an account reaches a device that has no account yet. */
import { address, call, nothing } from "../call.ts";
import { struct } from "../schema.ts";

export const linking = {
  /**
   * Makes `address` deliver to this connection for ten minutes. The server keeps the address in memory only.
   */
  rendezvous: call("anonymous", struct({ address }), nothing),
} as const;
