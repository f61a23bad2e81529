/**
 * Tokens of one start (docs/spec/homes.md HM96). A printed address opens one browser, once: it may stand in the
 * arguments of a process that everybody on this computer sees, in a history, in a log. What the browser is given for it
 * is printed nowhere.
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** Browsers at a time; the first gives way. */
const sessionsMax = 32;
const usedMax = 256;

const fresh = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");

/** Whoever is given the cookie at another port cannot find the secret by it. */
export const cookieOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** In the same time however much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

export class Tokens {
  private next = fresh();
  private secrets: readonly string[] = [];
  private used: readonly string[] = [];

  /** Of the address that opens the next browser. */
  get address(): string {
    return this.next;
  }

  /** `used`: by somebody before. */
  begin(token: string): { readonly secret: string } | "used" | "unknown" {
    // @checks HM96
    if (this.used.some((one) => isSame(token, one))) return "used";
    // @checks TE21
    if (!isSame(token, this.next)) return "unknown";
    const secret = fresh();
    this.used = [...this.used, this.next].slice(-usedMax);
    this.secrets = [...this.secrets, secret].slice(-sessionsMax);
    this.next = fresh();
    return { secret };
  }

  isCookie(cookie: string): boolean {
    return this.secrets.some((secret) => isSame(cookie, cookieOf(secret)));
  }

  isSecret(given: string): boolean {
    return this.secrets.some((secret) => isSame(given, secret));
  }
}
