/**
 * Signing in (docs/spec/delivery.md DS26): a device proves its key over this connection's nonce, and
 * shows that it is not an older copy of itself. No cookie, no bearer token.
 */
import { type Bytes, type CallArgs, equalBytes, signInBytes } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { Signed } from "../feature.ts";
import type { AccountLog, ArrivalRow, DeviceRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";

export type SignedIn = Signed & {
  readonly expired: number;
  readonly entryCount: number;
  readonly keyPackagesLeft: number;
};

/** Verifies the signature. `takePair` reads the stored state again, inside the commit. @checks DS26 */
export function checkSignIn(
  { log, primitives, config }: AccountsContext,
  incarnation: Bytes,
  nonce: Bytes,
  { account, device, current, next, signature }: CallArgs<"signIn">,
): Outcome<Signed> {
  // If the next value equaled the current one, a copy of the device could not be recognized.
  if (equalBytes(current, next)) return refuse("malformed");
  const row = log.find(account);
  if (row === undefined) return refuse("unknown-account");
  const listed = log.devices(row.ref).find(({ id }) => equalBytes(id, device));
  if (listed === undefined) return refuse("unknown-device");
  const signed = signInBytes({ domain: config.domain, incarnation, nonce, account, device, current, next });
  if (!primitives.verify(listed.key, signed, signature)) return refuse("bad-signature");
  // After the signature, so that only the account's own devices learn of it.
  // not a check: it saves a commit, which checks again.
  if (row.isSuspended) return refuse("suspended");
  return accept({ account: row.ref, device: listed.ref });
}

/** Runs inside a commit. */
export function takePair(
  { log }: AccountsContext,
  { account, device }: Signed,
  pair: { readonly current: Bytes; readonly next: Bytes },
  today: number,
): Outcome<SignedIn> {
  const still = stillThere(log, { account, device }, today);
  // @checks DS26
  if (!still.ok) return still;
  const { device: row, entryCount, keyPackagesLeft } = still.value;
  switch (judgePair(row, pair)) {
    case "mismatch":
      return refuse("pair-mismatch");
    case "next":
      log.setPair(device, pair.current, pair.next);
      break;
    case "repeat":
      break;
  }
  return accept({ account, device, expired: row.expired, entryCount, keyPackagesLeft });
}

/**
 * The device as stored; a refusal if it was removed, or its account suspended or deleted, meanwhile. @checks DS26 DS142
 */
export function stillThere(log: AccountLog, { account, device }: Signed, today = 0): Outcome<ArrivalRow> {
  const found = log.arrival(account, device, today);
  if (found === undefined) return refuse("unknown-device");
  return found.isSuspended ? refuse("suspended") : accept(found);
}

/**
 * A device repeats its pair until it gets an answer. One that shows an older pair is a copy, or was restored.
 * @checks DS26
 */
export function judgePair(
  { held, last }: Pick<DeviceRow, "held" | "last">,
  { current, next }: { readonly current: Bytes; readonly next: Bytes },
): "next" | "repeat" | "mismatch" {
  if (held === undefined || last === undefined) return "next";
  if (equalBytes(last, current) && equalBytes(held, next)) return "repeat";
  return equalBytes(held, current) ? "next" : "mismatch";
}
