/**
 * Place: where a request comes from, for limits alone (docs/spec/delivery.md DS24): by its own address, by what a proxy
 * says, or, where the front handed its connection on, by the front's memory (docs/spec/calls.md CA182).
 */
import type { Server as BunServer } from "bun";
import type { SocketData } from "./bun-sink.ts";
import type { PeerTable } from "./peer-table.ts";
import { type IsProxy, prefixOf } from "./prefix.ts";

/** `stranger`: it came by no way that the listener is for. */
export type Place = { readonly prefix: string | undefined } | "stranger";
export type PlaceOf = (request: Request, listener: BunServer<SocketData>) => Place;

/** @param isProxy who is believed when it says for whom it asks. */
export function placeByAddress(isProxy: IsProxy): PlaceOf {
  return (request, listener) => ({
    prefix: prefixOf(listener.requestIP(request)?.address, request.headers.get("x-forwarded-for"), isProxy),
  });
}

/** No header is read, and who comes from this machine is limited as any other place. */
export function placeByFront(peers: PeerTable): PlaceOf {
  return (request, listener) => {
    const at = listener.requestIP(request);
    const peer = peers.peerOf(at?.address, at?.port);
    return peer === undefined ? "stranger" : { prefix: prefixOf(peer, null) ?? "here" };
  };
}
