/**
 * Call: the type by which the core and each feature declare a call, and schemas that several calls share
 * (docs/spec/wire.md WI5).
 */
import type { AccountId, Address, DeviceId } from "./ids.ts";
import { idBytes } from "./ids.ts";
import { fixed, type Schema, struct } from "./schema.ts";

/** On which connection a call is allowed: one that is signed in, one that must not be ("anonymous"), or both. */
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
