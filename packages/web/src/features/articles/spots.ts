/**
 * The places below `/accounts/`: all share one route, since each further one costs the first load. Its id is an account
 * or an article (64 hex digits), the folder, or what is being written, for an account or as an edition. Pure.
 */
import type { RouteTo } from "../../shell/places.ts";

type AccountPlace = RouteTo<"account">;
const spot = (id: string): AccountPlace => ({ name: "account", id });

export const folder = spot("00");
export const placeOf = (id: string): AccountPlace => spot(id);
/** @param of an own account, or an own article that is to have a later edition */
export const writing = (of: string): AccountPlace => spot(`01${of}`);

/** Undefined: nothing is written there. */
export function writtenAt(id: string): string | undefined {
  return id.length === 66 && id.startsWith("01") ? id.slice(2) : undefined;
}
