/**
 * TLS in the server itself (docs/spec/delivery.md DS150): a certificate and its key, from files that another program
 * renews. Bun sets a listener's certificate once, so a new certificate needs a new listener on the same port. Open
 * connections stay with the older listener.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

export type TlsFiles = { readonly cert: string; readonly key: string };
export type TlsPair = {
  readonly cert: string;
  readonly key: string;
  readonly validToMs: number;
};

/** The files are no valid pair. The message is for the operator; an older pair stays in use. */
export class TlsError extends Error {
  override name = "TlsError";
}

/** @throws TlsError */
export function readPair({ cert: certFile, key: keyFile }: TlsFiles): TlsPair {
  const [cert, key] = [textOf(certFile), textOf(keyFile)];
  let read: X509Certificate;
  try {
    read = new X509Certificate(cert);
  } catch {
    throw new TlsError(`${certFile} holds no certificate`);
  }
  let isPair = false;
  try {
    isPair = read.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new TlsError(`${keyFile} holds no private key`);
  }
  if (!isPair) throw new TlsError(`${keyFile} is not the key of ${certFile}`);
  return { cert, key, validToMs: Date.parse(read.validTo) };
}

/** Changes whenever one of the files does. */
export function stampOf({ cert, key }: TlsFiles): string {
  try {
    return [cert, key]
      .map((path) => statSync(path))
      .map(({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`)
      .join(" ");
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new TlsError(`${path} cannot be read (${(error as { code?: string }).code ?? "unknown fault"})`);
  }
}
