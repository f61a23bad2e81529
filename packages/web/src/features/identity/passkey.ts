/**
 * Passkeys (docs/spec/identity.md ID33): what this browser can do, one that is made, and one that is asked. All that is wanted
 * of one is the secret that it answers (PRF); nobody checks its signatures.
 */
import {
  type AuthenticationResponseJSON,
  base64URLStringToBuffer,
  bufferToBase64URLString,
  sendSignal,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import type { Passkey } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";

/** `stays`: it is bound to this device, and lost with it. `unable`: it answers no secret. */
export type Made = Passkey | "put-off" | "stays" | "unable";

const asked = new TextEncoder().encode("yanshu passkey v1");
const prf = { prf: { eval: { first: asked } } };
const accountBytes = 32;
/** In the flags of what an authenticator signs: it is kept elsewhere too. */
const flagsAt = 32;
const backupEligible = 0x08;
/** ES256, Ed25519 and RS256, as COSE numbers them: what all that make passkeys know. */
const algorithms = [-7, -8, -257];

type Capabilities = Readonly<Record<string, boolean | undefined>>;

/** Whether one can be made or asked here. An address in figures has no name that a passkey could be made for. */
async function canPasskeys(): Promise<boolean> {
  if (!("PublicKeyCredential" in globalThis) || /^(?:[\d.]+$|\[)/.test(location.hostname)) return false;
  const { getClientCapabilities } = PublicKeyCredential as { getClientCapabilities?: () => Promise<Capabilities> };
  const can = await getClientCapabilities?.call(PublicKeyCredential);
  return can?.["extension:prf"] === true && can["passkeyPlatformAuthenticator"] === true;
}

/** Undefined while it is being found out. */
export function useCanPasskeys(): boolean | undefined {
  const [can, setCan] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    canPasskeys().then(setCan, () => setCan(false));
  }, []);
  return can;
}

/** @param name what it is called where the person keeps their passkeys. */
export async function makePasskey(account: string, name: string, title: string): Promise<Made> {
  const made = await notPutOff(() =>
    startRegistration({
      optionsJSON: {
        challenge: noChallenge(),
        rp: { id: location.hostname, name: title },
        user: { id: bufferToBase64URLString(bytesOf(account).buffer), name, displayName: name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
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
    await forget(made.id);
    return "stays";
  }
  const told = made.clientExtensionResults.prf;
  if (told?.results?.first !== undefined) return { secret: toBytes(told.results.first), account };
  if (told?.enabled !== true) {
    await forget(made.id);
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
  if (secret === undefined || account.length !== accountBytes) return "unable";
  return { secret: toBytes(secret), account: hexOf(account) };
}

/** Whoever closes the browser's window, or has nothing to choose, is not told of a fault: browsers do not tell these apart. */
async function notPutOff<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name)) return undefined;
    throw error;
  }
}

/** Where the browser can, it goes from the person's list: it would open nothing. */
async function forget(id: string): Promise<void> {
  await sendSignal({ signalName: "unknownCredential", rpID: location.hostname, credentialID: id }).catch(
    () => undefined,
  );
}

/** Browsers want one; nobody looks at what is signed. */
function noChallenge(): string {
  return bufferToBase64URLString(crypto.getRandomValues(new Uint8Array(32)).buffer);
}

function toBytes(given: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
