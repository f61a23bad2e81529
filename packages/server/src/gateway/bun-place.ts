/**
 * Place: the prefix of a request, for limits only (docs/spec/delivery.md DS24). It comes from the peer's address, from
 * a proxy's X-Forwarded-For, or, for connections that the front handed on, from the front's table
 * (docs/spec/calls.md CA182).
 */
import type { Server as BunServer } from "bun";
import type { SocketData } from "./bun-sink.ts";
import type { PeerTable } from "./peer-table.ts";
import { type IsProxy, prefixOf } from "./prefix.ts";

/** `stranger`: the connection was not made by the front, though the listener is only for those. */
export type Place = { readonly prefix: string | undefined } | "stranger";
export type PlaceOf = (request: Request, listener: BunServer<SocketData>) => Place;

/** @param isProxy addresses whose X-Forwarded-For is believed. */
export function placeByAddress(isProxy: IsProxy): PlaceOf {
  return (request, listener) => ({
    prefix: prefixOf(listener.requestIP(request)?.address, request.headers.get("x-forwarded-for"), isProxy),
  });
}

/** Reads no header. Clients on this machine share one prefix, `here`, and are limited too. */
export function placeByFront(peers: PeerTable): PlaceOf {
  return (request, listener) => {
    const at = listener.requestIP(request);
    const peer = peers.peerOf(at?.address, at?.port);
    return peer === undefined ? "stranger" : { prefix: prefixOf(peer, null) ?? "here" };
  };
}
