/**
 * Call: the contract of `calls.ts` with the core and with each feature: what one call says of itself, and the
 * shapes that several of them share (docs/spec/wire.md WI5).
 */
import type { AccountId, Address, DeviceId } from "./ids.ts";
import { idBytes } from "./ids.ts";
import { fixed, type Schema, struct } from "./schema.ts";

/** On which connection: "signed-in" ones know their device, "anonymous" ones must not, "any" serves both. */
type Who = "any" | "anonymous" | "signed-in";
export type Call<A, R> = { readonly who: Who; readonly args: Schema<A>; readonly result: Schema<R> };

export function call<A, R>(who: Who, args: Schema<A>, result: Schema<R>): Call<A, R> {
  return { who, args, result };
}

export const account = fixed<AccountId>(idBytes.account);
export const device = fixed<DeviceId>(idBytes.device);
export const address = fixed<Address>(idBytes.address);
export const hash = fixed(idBytes.hash);
export const signature = fixed(idBytes.signature);
export const nothing = struct({});
