/**
 * Passkeys (docs/spec/identity.md ID33): what this browser can do, one that is made, and one that is asked. All that is
 * wanted of one is the secret that it answers (PRF); nobody checks its signatures.
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

/** `stays`: it is bound to this device, and lost with it. `unable`: it answers no secret. */
export type Made = Passkey | "put-off" | "stays" | "unable";

const asked = new TextEncoder().encode("yanshu passkey v1");
const prf = { prf: { eval: { first: asked } } };
const accountBytes = 32;
/** In the flags of what an authenticator signs: it is kept elsewhere too. */
const flagsAt = 32;
const backupEligible = 0x08;

/** Whether one can be made or asked here; undefined while it is being found out. */
export const useCanPasskeys = () => useCan("passkeyPlatformAuthenticator");

/** @param name what it is called where the person keeps their passkeys. */
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
  // Many answer only when they are asked for it.
  const answered = await askFor(made.id);
  return typeof answered === "string" ? answered : { ...answered, account };
}

/** The person chooses among those that they have of this home. */
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
  // Some keep the lock's beside it (ST34), which names nobody: that is none of what was asked for.
  if (account.length !== accountBytes) return "put-off";
  return { secret: toBytes(secret), account: hexOf(account) };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
