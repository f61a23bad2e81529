/**
 * Relay credential: with what a seat sits down at the relay (docs/spec/calls.md CA12). The server makes it, and the
 * relay, which has the same secret, knows it again: nothing of it is kept.
 */
import { createHmac } from "node:crypto";

/** For so long it lets one sit down; who sits may stay. */
export const credentialMs = 120_000;

/** With what a seat sits down at the relay. @param room a name of the relay's own, by which nobody enters the room. */
export function relayCredential(
  secret: Uint8Array,
  nowMs: number,
  room: string,
  seat: number,
): { readonly username: string; readonly credential: string } {
  const username = `${Math.floor((nowMs + credentialMs) / 1_000)}:${room}:${seat}`;
  return { username, credential: passwordOf(secret, username) };
}

export type Shown = { readonly untilSeconds: number; readonly room: string; readonly seat: number };

/** What a username says; undefined: it is not written so. Whether it is true its password says. */
export function readUser(user: string): Shown | undefined {
  const [, until, room, seat] = /^(\d{1,12}):([\w-]{1,64}):(\d{1,5})$/.exec(user) ?? [];
  return room === undefined ? undefined : { untilSeconds: Number(until), room, seat: Number(seat) };
}

export function passwordOf(secret: Uint8Array, username: string): string {
  return hmac(secret, `relay ${username}`);
}

export function hmac(secret: Uint8Array, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}
