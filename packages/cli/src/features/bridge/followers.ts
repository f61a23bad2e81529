/**
 * Followers: which contacts a bot was told of as new ones, whom its mini program was given to, and what its interface
 * is opened by. All lie in the account's folder, so that a bridge that starts again tells nobody twice
 * (docs/spec/bridge.md PA31, PA41).
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./sealing.ts";

/**
 * With the key that makes a person's pseudonym. The program is not given it: with the accounts that home knows, it
 * would tell who is who (docs/spec/bridge.md PA30).
 */
type OwnAccount = Account & { readonly openidKey: string };

/** Made at the first start, and the same from then on. */
export function accountIn(folder: string): OwnAccount {
  const path = join(folder, "bridge.json");
  const held: Partial<OwnAccount> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const account: OwnAccount = {
    appid: `wx${randomBytes(8).toString("hex")}`,
    secret: randomBytes(16).toString("hex"),
    token: randomBytes(16).toString("hex"),
    aesKey: randomBytes(32).toString("base64").slice(0, 43),
    openidKey: randomBytes(32).toString("hex"),
    ...held,
  };
  if (held.openidKey !== undefined) return account;
  // Whole, or not at all: a bridge that has lost its secret is another one to the program.
  writeFileSync(`${path}.new`, JSON.stringify(account), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return account;
}

export class Followers {
  private readonly path: string;
  private readonly told: Set<string>;

  constructor(folder: string, name = "bridge-followers") {
    this.path = join(folder, name);
    this.told = new Set(existsSync(this.path) ? readFileSync(this.path, "utf8").split("\n").filter(Boolean) : []);
  }

  has(openid: string): boolean {
    return this.told.has(openid);
  }

  add(openid: string): void {
    this.told.add(openid);
    appendFileSync(this.path, `${openid}\n`, { mode: 0o600 });
  }
}
