/**
 * What all of our passkeys share: nobody checks what one signs, all that is wanted is the secret that it answers (PRF).
 * Those that bring an account back (docs/spec/identity.md ID33) and the one that opens this device's lock
 * (docs/spec/store.md ST34) are others, asked for by other names.
 */
import { bufferToBase64URLString, sendSignal } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";

/** ES256, Ed25519 and RS256, as COSE numbers them: what all that make passkeys know. */
export const algorithms = [-7, -8, -257].map((alg) => ({ type: "public-key", alg }) as const);

type Capabilities = Readonly<Record<string, boolean | undefined>>;
/** A passkey of this device or of a phone nearby, or one that this device itself makes and asks its person for. */
type Kind = "passkeyPlatformAuthenticator" | "userVerifyingPlatformAuthenticator";

/** Whether one can be made or asked here. An address in figures has no name that a passkey could be made for. */
async function canPasskeys(kind: Kind): Promise<boolean> {
  if (!("PublicKeyCredential" in globalThis) || /^(?:[\d.]+$|\[)/.test(location.hostname)) return false;
  const { getClientCapabilities } = PublicKeyCredential as { getClientCapabilities?: () => Promise<Capabilities> };
  const can = await getClientCapabilities?.call(PublicKeyCredential);
  return can?.["extension:prf"] === true && can[kind] === true;
}

/** Undefined while it is being found out. */
export function useCanPasskeys(kind: Kind): boolean | undefined {
  const [can, setCan] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    canPasskeys(kind).then(setCan, () => setCan(false));
  }, [kind]);
  return can;
}

/**
 * A person who closes the browser's window, or has nothing to choose, is not told of a fault: browsers do not tell
 * these apart.
 */
export async function notPutOff<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name)) return undefined;
    throw error;
  }
}

/** Where the browser can, it goes from the person's list: it would open nothing. */
export async function forgetCredential(id: string): Promise<void> {
  await sendSignal({ signalName: "unknownCredential", rpID: location.hostname, credentialID: id }).catch(
    () => undefined,
  );
}

/** Browsers want one; nobody looks at what is signed. */
export function noChallenge(): string {
  return bufferToBase64URLString(crypto.getRandomValues(new Uint8Array(32)).buffer);
}

export function toBytes(given: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
}
