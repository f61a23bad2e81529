/** Verifying worker: checks Ed25519 signatures, and holds nothing else (docs/spec/web.md WE240). */
import type { Signed, Verified } from "./verify-messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<readonly Signed[]>) => void) | null;
  postMessage: (message: Verified) => void;
};
const keysMax = 2_048;
const keys = new Map<string, Promise<CryptoKey>>();
/** Answers go out in the order of the questions. */
let last: Promise<void> = Promise.resolve();

function keyOf(bytes: Uint8Array): Promise<CryptoKey> {
  const name = bytes.join();
  const found = keys.get(name);
  if (found !== undefined) return found;
  const made = crypto.subtle.importKey("raw", Uint8Array.from(bytes), "Ed25519", false, ["verify"]);
  if (keys.size >= keysMax) keys.delete(keys.keys().next().value as string);
  keys.set(name, made);
  return made;
}

async function verify([publicKey, message, signature]: Signed): Promise<boolean | undefined> {
  try {
    const key = await keyOf(publicKey);
    return await crypto.subtle.verify("Ed25519", key, Uint8Array.from(signature), Uint8Array.from(message));
  } catch {
    return undefined; // The worker that asked finds out why.
  }
}

scope.onmessage = ({ data }) => {
  const verified = Promise.all(data.map(verify));
  last = last.then(async () => scope.postMessage(await verified));
};
