/**
 * Registration token: 16 random bytes in the data folder, readable by the server's user alone, so
 * that the invite can be printed again. The database does not hold it, unless several servers share one.
 */
import { type Bytes, idBytes } from "@yanshu/wire";
import { type SharedSecret, secretIn } from "./secrets.ts";

/** @throws OptionError when the file does not hold a token. */
export function registrationToken(folder: string, shared?: SharedSecret): Bytes {
  return secretIn(
    folder,
    {
      name: "registration-token",
      bytes: idBytes.token,
      make: () => crypto.getRandomValues(new Uint8Array(idBytes.token)),
      unless: "no registration token: remove it, and a new one is made",
    },
    shared,
  );
}
