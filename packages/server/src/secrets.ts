/**
 * Secrets: random bytes that a server keeps in its data folder, for its user alone, beside a database that does not
 * hold them. Where several servers share a log each of them has the one that stands there, which is that of the first
 * (docs/spec/delivery.md DS96).
 */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, equalBytes, fromBase64Url, toBase64Url } from "@yanshu/wire";
import { OptionError } from "./options.ts";

/** What is one for all: `made` where there is none yet. */
export type SharedSecret = (name: string, made: Bytes) => Bytes;

export type Secret = {
  /** Of the file, and in the log. */
  readonly name: string;
  readonly bytes: number;
  readonly make: () => Bytes;
  /** What is wrong with a file that holds something else. */
  readonly unless: string;
};

/** @throws OptionError when the file does not hold one. */
export function secretIn(folder: string, { name, bytes, make, unless }: Secret, shared?: SharedSecret): Bytes {
  const path = join(folder, name);
  try {
    write(path, make(), "wx");
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
  chmodSync(path, 0o600);
  const own = fromBase64Url(readFileSync(path, "utf8").trim());
  if (own?.length !== bytes) throw new OptionError(`${path} holds ${unless}`);
  const one = shared?.(name, own) ?? own;
  if (!equalBytes(one, own)) write(path, one, "w");
  return one;
}

function write(path: string, secret: Bytes, flag: "w" | "wx"): void {
  writeFileSync(path, `${toBase64Url(secret)}\n`, { flag, mode: 0o600 });
}
