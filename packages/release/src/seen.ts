/**
 * Seen: stores the newest release that a reader has accepted, with its signing keys and its log. A release by keys that
 * are not pinned any more, such as the test keys, does not count as the newest (docs/spec/release.md RE13).
 */
import type { Keys, Seen, Verdict } from "./check.ts";
import type { Log } from "./log.ts";
import { keyIn } from "./note.ts";

export function seenText(
  { release, hash, signers, log }: Extract<Verdict, { readonly kind: "released" }>,
  { verifiers }: Keys,
  { verifier }: Log,
): string {
  const by = verifiers.filter((verifier) => signers.includes(keyIn(verifier)?.name ?? ""));
  return JSON.stringify({ version: release.version, hash, by, log, logKey: log && verifier });
}

/** Returns undefined if there is none, it is malformed, or none of its signers is pinned. */
export function seenIn(text: string | null | undefined, { verifiers }: Keys): Seen | undefined {
  try {
    const { version, hash, by, log, logKey } = JSON.parse(text ?? "") as Partial<Record<string, unknown>>;
    if (typeof version !== "string" || typeof hash !== "string" || !Array.isArray(by)) return undefined;
    return by.some((one) => verifiers.includes(one))
      ? {
          version,
          hash,
          ...(typeof log === "string" && { log }),
          ...(typeof logKey === "string" && { logKey }),
        }
      : undefined;
  } catch {
    return undefined;
  }
}
