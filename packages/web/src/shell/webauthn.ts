/**
 * What all of our passkeys share: nobody verifies their signatures, only the secret of the PRF extension is used. The
 * passkeys that bring an account back (docs/spec/identity.md ID33) and the one that opens this device's lock
 * (docs/spec/store.md ST34) are different credentials, with different user ids.
 */
import { bufferToBase64URLString, sendSignal } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";

/** COSE algorithm numbers of ES256, Ed25519 and RS256: every authenticator supports one of them. */
export const algorithms = [-7, -8, -257].map((alg) => ({ type: "public-key", alg }) as const);

type Capabilities = Readonly<Record<string, boolean | undefined>>;
/** The first also allows a phone nearby; the second is this device alone, which verifies its user. */
type Kind = "passkeyPlatformAuthenticator" | "userVerifyingPlatformAuthenticator";

/** Whether a passkey can be made or used here. An IP address is no valid RP ID, so passkeys need a host name. */
async function canPasskeys(kind: Kind): Promise<boolean> {
  if (!("PublicKeyCredential" in globalThis) || /^(?:[\d.]+$|\[)/.test(location.hostname)) return false;
  const { getClientCapabilities } = PublicKeyCredential as { getClientCapabilities?: () => Promise<Capabilities> };
  const can = await getClientCapabilities?.call(PublicKeyCredential);
  return can?.["extension:prf"] === true && can[kind] === true;
}

/** As `canPasskeys`; undefined until it is known. */
export function useCanPasskeys(kind: Kind): boolean | undefined {
  const [can, setCan] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    canPasskeys(kind).then(setCan, () => setCan(false));
  }, [kind]);
  return can;
}

/**
 * Returns undefined when the person closed the browser's dialog or has no such passkey: browsers report both alike,
 * and neither is a fault. @throws other errors.
 */
export async function notPutOff<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name)) return undefined;
    throw error;
  }
}

/** Asks the browser to remove a useless credential from the person's list, where it supports that (Signal API). */
export async function forgetCredential(id: string): Promise<void> {
  await sendSignal({ signalName: "unknownCredential", rpID: location.hostname, credentialID: id }).catch(
    () => undefined,
  );
}

/** A random challenge: the API requires one, but nobody verifies the signature. */
export function noChallenge(): string {
  return bufferToBase64URLString(crypto.getRandomValues(new Uint8Array(32)).buffer);
}

export function toBytes(given: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
}
