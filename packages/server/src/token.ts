/**
 * Registration token: 16 random bytes in the data folder, readable by the server's user alone, so
 * that the invite can be printed again. The database does not hold it.
 */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, fromBase64Url, idBytes, toBase64Url } from "@yanshu/wire";
import { OptionError } from "./options.ts";

const fileName = "registration-token";

/** @throws OptionError when the file does not hold a token. */
export function registrationToken(folder: string): Bytes {
  const path = join(folder, fileName);
  try {
    writeFileSync(path, `${toBase64Url(crypto.getRandomValues(new Uint8Array(idBytes.token)))}\n`, {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
  chmodSync(path, 0o600);
  const token = fromBase64Url(readFileSync(path, "utf8").trim());
  if (token?.length !== idBytes.token)
    throw new OptionError(`${path} holds no registration token: remove it, and a new one is made`);
  return token;
}
