/**
 * The passkey of the lock (docs/spec/store.md ST34): one of its own that this device makes, names the app and the
 * device and nobody, and is told to no home. What it answers wraps the key of the store and stands nowhere.
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

/** What it is asked by. */
export type Asked = Omit<LockPasskey, "wrap">;
/** `unasked`: it was made, and its answer put off; it need only be asked. */
export type MadeForLock =
  | { readonly kind: "made"; readonly asked: Asked; readonly secret: Uint8Array }
  | { readonly kind: "unasked"; readonly asked: Asked }
  | { readonly kind: "put-off" | "unable" };

/** No account's, which has 32 bytes: a person who comes back by a passkey cannot take this one for theirs (ID33). */
const userBytes = 16;
const saltBytes = 32;
/** Nobody is hurried; an authenticator that is gone is not waited for without end. */
const waitMsMax = 60_000;

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

type Names = { readonly app: string; readonly passkey: string };
type Residency = NonNullable<AuthenticatorSelectionCriteria["residentKey"]>;

/** @param names of the app, and of this passkey where the system lists them. */
export async function makeForLock(names: Names): Promise<MadeForLock> {
  for (const residentKey of residencies()) {
    const made = await make(names, residentKey);
    if (made.kind !== "unable") return made;
  }
  return { kind: "unable" };
}

/** One that lies in no list where that can be had; what Android makes of those answers no secret. */
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
  // Many answer only when they are asked for it.
  const secret = await askForLock(asked);
  return secret === undefined ? { kind: "unasked", asked } : { kind: "made", asked, secret };
}

/** Undefined: it was put off, or is not there any more; browsers do not tell these apart. */
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

/** A person who is being asked is not asked any more. */
export function callOff(): void {
  WebAuthnAbortService.cancelCeremony();
}

/** The lock's record goes, and with it all that its passkey was good for. */
export async function dropLock(): Promise<void> {
  const passkey = (await readLock().catch(() => undefined))?.passkey;
  await removeLock();
  if (passkey !== undefined) await forgetCredential(passkey.id);
}
