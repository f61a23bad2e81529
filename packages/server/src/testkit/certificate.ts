/** Certificates of our own for this machine, made by openssl where it is installed. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import type { TlsFiles } from "../gateway/bun-tls.ts";

export const hasOpenssl = Bun.which("openssl") !== null;

/**
 * Makes a certificate for 127.0.0.1 and its key; its files take the place of older ones at once.
 *
 * @param name its common name, by which it is known again.
 */
export function certified(folder: string, name: string): TlsFiles {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"];
  const files = ["-keyout", `${key}.new`, "-out", `${cert}.new`];
  const made = Bun.spawnSync(["openssl", "req", "-x509", ...curve, ...subject, ...files]);
  if (made.exitCode !== 0) throw new Error(made.stderr.toString());
  renameSync(`${key}.new`, key);
  renameSync(`${cert}.new`, cert);
  return { cert, key };
}
