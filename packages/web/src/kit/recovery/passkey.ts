/**
 * Passkeys that bring an account back (docs/spec/identity.md ID33): whether this browser can, making one, and using
 * one. Only the secret of the PRF extension is used; nobody verifies the signatures.
 */
import {
  type AuthenticationResponseJSON,
  base64URLStringToBuffer,
  bufferToBase64URLString,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import type { Passkey } from "@yanshu/client";
import {
  algorithms,
  forgetCredential,
  noChallenge,
  notPutOff,
  toBytes,
  useCanPasskeys as useCan,
} from "../../shell/webauthn.ts";

/** `put-off`: the person dismissed it. `stays`: bound to this device, and lost with it. `unable`: no PRF output. */
export type Made = Passkey | "put-off" | "stays" | "unable";

const asked = new TextEncoder().encode("yanshu passkey v1");
const prf = { prf: { eval: { first: asked } } };
const accountBytes = 32;
/** The flag BE (backup eligible) in the authenticator data (WebAuthn §6.1): the passkey can be synced. */
const flagsAt = 32;
const backupEligible = 0x08;

/** Whether a passkey can be made or used here; undefined until it is known. */
export const useCanPasskeys = () => useCan("passkeyPlatformAuthenticator");

/** @param account hex. @param name of the passkey, and @param title of the app, in the person's list of passkeys. */
export async function makePasskey(account: string, name: string, title: string): Promise<Made> {
  const made = await notPutOff(() =>
    startRegistration({
      optionsJSON: {
        challenge: noChallenge(),
        rp: { id: location.hostname, name: title },
        user: { id: bufferToBase64URLString(bytesOf(account).buffer), name, displayName: name },
        pubKeyCredParams: algorithms,
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        extensions: prf,
      },
    }),
  );
  if (made === undefined) return "put-off";
  const { authenticatorData } = made.response;
  const flags =
    authenticatorData === undefined ? 0 : (new Uint8Array(base64URLStringToBuffer(authenticatorData))[flagsAt] ?? 0);
  if (made.authenticatorAttachment !== "cross-platform" && (flags & backupEligible) === 0) {
    await forgetCredential(made.id);
    return "stays";
  }
  const told = made.clientExtensionResults.prf;
  if (told?.results?.first !== undefined) return { secret: toBytes(told.results.first), account };
  if (told?.enabled !== true) {
    await forgetCredential(made.id);
    return "unable";
  }
  // Many authenticators give the PRF output only at an authentication, not at the registration.
  const answered = await askFor(made.id);
  return typeof answered === "string" ? answered : { ...answered, account };
}

/** The person chooses one of their passkeys for this home. */
export function askPasskey(): Promise<Passkey | "put-off" | "unable"> {
  return askFor(undefined);
}

async function askFor(id: string | undefined): Promise<Passkey | "put-off" | "unable"> {
  const answer = await notPutOff<AuthenticationResponseJSON>(() =>
    startAuthentication({
      optionsJSON: {
        challenge: noChallenge(),
        rpId: location.hostname,
        userVerification: "required",
        ...(id === undefined ? {} : { allowCredentials: [{ id, type: "public-key" }] }),
        extensions: prf,
      },
    }),
  );
  if (answer === undefined) return "put-off";
  const secret = answer.clientExtensionResults.prf?.results?.first;
  const account = new Uint8Array(base64URLStringToBuffer(answer.response.userHandle ?? ""));
  if (secret === undefined) return "unable";
  // Some password managers also list the lock's passkey (ST34), whose user id is no account: as if none was chosen.
  if (account.length !== accountBytes) return "put-off";
  return { secret: toBytes(secret), account: hexOf(account) };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
