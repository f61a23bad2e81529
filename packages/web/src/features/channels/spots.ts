/**
 * The pages below `/channels/`. All share one route, since each further one costs the first load: its id is a channel
 * or an entry (64 hex digits), a hashtag (`00` and its UTF-8 in hex), the authors of a channel (`08` and it), or one of
 * the numbers here. Pure.
 */
import { bytesOf, hexOf } from "../../shared/hex.ts";
import type { RouteTo } from "../../shell/places.ts";

type ChannelPlace = RouteTo<"channel">;
const spot = (id: string): ChannelPlace => ({ name: "channel", id });

export const spots = {
  mine: spot("01"),
  publish: spot("02"),
  search: spot("03"),
  settings: spot("04"),
  followed: spot("05"),
  saved: spot("06"),
  youth: spot("07"),
  log: spot("09"),
} as const;

/** Of a route's id. */
const digitsMax = 128;
export const hashDigits = 64;
const authorsSign = "08";

/** The page of a channel's authors: `08` and its id. */
export const authorsPlaceOf = (id: string): ChannelPlace => spot(`${authorsSign}${id}`);

/** Undefined: the id is none of such a page. */
export const authorsAt = (id: string): string | undefined =>
  id.startsWith(authorsSign) && id.length === authorsSign.length + hashDigits
    ? id.slice(authorsSign.length)
    : undefined;

export const placeOf = (id: string): ChannelPlace => spot(id);

/** Undefined: the hashtag is too long for an address. */
export function placeOfTag(tag: string): ChannelPlace | undefined {
  const id = `00${hexOf(new TextEncoder().encode(tag))}`;
  return id.length < digitsMax && id.length !== hashDigits ? spot(id) : undefined;
}

/** Undefined: the id is no hashtag's. */
export function tagAt(id: string): string | undefined {
  if (!id.startsWith("00") || id.length < 4 || id.length % 2 > 0 || id.length === hashDigits) return undefined;
  return new TextDecoder().decode(bytesOf(id.slice(2)));
}
