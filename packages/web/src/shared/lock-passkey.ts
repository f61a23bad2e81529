/**
 * The passkey of the lock (docs/spec/store.md ST34): made by this device for the lock alone. It names the app and the
 * device, but no person, and no home learns of it. Its PRF output wraps the store's key and is stored nowhere.
 */
import {
  type AuthenticatorSelectionCriteria,
  bufferToBase64URLString,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from "@simplewebauthn/browser";
import { algorithms, forgetCredential, noChallenge, notPutOff, toBytes } from "../shell/webauthn.ts";
import { type LockPasskey, readLock, removeLock } from "./lock-record.ts";

/** The parameters of an authentication: credential id and PRF salt. */
export type Asked = Omit<LockPasskey, "wrap">;
/** `unasked`: the passkey was made, but the person dismissed the request for its PRF output. */
export type MadeForLock =
  | { readonly kind: "made"; readonly asked: Asked; readonly secret: Uint8Array }
  | { readonly kind: "unasked"; readonly asked: Asked }
  | { readonly kind: "put-off" | "unable" };

/** Length of the user id. An account's passkey has 32 bytes, so recovery cannot mistake this one for it (ID33). */
const userBytes = 16;
const saltBytes = 32;
/** Long enough for a slow person; an authenticator that is missing ends the wait. */
const waitMsMax = 60_000;

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

type Names = { readonly app: string; readonly passkey: string };
type Residency = NonNullable<AuthenticatorSelectionCriteria["residentKey"]>;

/** Makes a passkey and asks it for its PRF output. @param names of the app and the passkey, for the system's list. */
export async function makeForLock(names: Names): Promise<MadeForLock> {
  for (const residentKey of residencies()) {
    const made = await make(names, residentKey);
    if (made.kind !== "unable") return made;
  }
  return { kind: "unable" };
}

/** Prefers a credential that the system does not list (non-discoverable); on Android those have no PRF output. */
function residencies(): readonly Residency[] {
  return /Android/.test(navigator.userAgent) ? ["required"] : ["discouraged", "required"];
}

async function make(names: Names, residentKey: Residency): Promise<MadeForLock> {
  const salt = random(saltBytes);
  const made = await notPutOff(() =>
    startRegistration({
      optionsJSON: {
        challenge: noChallenge(),
        rp: { id: location.hostname, name: names.app },
        user: {
          id: bufferToBase64URLString(random(userBytes).buffer),
          name: names.passkey,
          displayName: names.passkey,
        },
        pubKeyCredParams: [...algorithms],
        authenticatorSelection: {
          authenticatorAttachment: "platform",
          residentKey,
          requireResidentKey: residentKey === "required",
          userVerification: "required",
        },
        attestation: "none",
        timeout: waitMsMax,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  if (made === undefined) return { kind: "put-off" };
  const asked = { id: made.id, salt };
  const told = made.clientExtensionResults.prf;
  if (told?.results?.first !== undefined) return { kind: "made", asked, secret: toBytes(told.results.first) };
  if (told?.enabled !== true) {
    await forgetCredential(made.id);
    return { kind: "unable" };
  }
  // Many authenticators give the PRF output only at an authentication, not at the registration.
  const secret = await askForLock(asked);
  return secret === undefined ? { kind: "unasked", asked } : { kind: "made", asked, secret };
}

/** The PRF output; undefined: the person dismissed it or the passkey is gone, which browsers report alike. */
export async function askForLock({ id, salt }: Asked): Promise<Uint8Array | undefined> {
  const answer = await notPutOff(() =>
    startAuthentication({
      optionsJSON: {
        challenge: noChallenge(),
        rpId: location.hostname,
        userVerification: "required",
        allowCredentials: [{ id, type: "public-key", transports: ["internal"] }],
        timeout: waitMsMax,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const secret = answer?.clientExtensionResults.prf?.results?.first;
  return secret === undefined ? undefined : toBytes(secret);
}

/** Cancels a running WebAuthn request. */
export function callOff(): void {
  WebAuthnAbortService.cancelCeremony();
}

/** Deletes the lock's record, and asks the browser to forget its passkey, which then opens nothing. */
export async function dropLock(): Promise<void> {
  const passkey = (await readLock().catch(() => undefined))?.passkey;
  await removeLock();
  if (passkey !== undefined) await forgetCredential(passkey.id);
}
