/**
 * Error codes of refused requests (docs/spec/wire.md WI6). The number is sent; the name is for code and people. Numbers
 * are never reused.
 */
export const errorCodes = {
  malformed: 1,
  "unsupported-version": 2,
  "unknown-method": 3,
  "hello-first": 4,
  "not-signed-in": 5,
  "bad-signature": 6,
  "bad-token": 7,
  "unknown-account": 8,
  "unknown-device": 9,
  "bad-entry": 10,
  "list-conflict": 11,
  "pair-mismatch": 12,
  "bad-capability": 13,
  "no-packages": 14,
  "unknown-list": 15,
  "unknown-gate": 16,
  "gate-exists": 17,
  "stale-epoch": 18,
  "bad-post-token": 19,
  "too-large": 20,
  "rate-limited": 21,
  "queue-full": 22,
  "storage-full": 23,
  "address-taken": 24,
  unavailable: 25,
  "signed-in-connection": 26,
  "handle-taken": 27,
  "vault-off": 28,
  "vault-full": 29,
  "stale-offset": 30,
  "invite-expired": 40,
  "invite-used-up": 41,
  suspended: 42,
  unpaid: 50,
  moved: 60,
  "peer-refused": 61,
} as const;

export type ErrorCode = keyof typeof errorCodes;

const byNumber = new Map<number, ErrorCode>(
  Object.entries(errorCodes).map(([name, value]) => [value, name as ErrorCode]),
);

/** Returns the name of a number, or undefined for one of a newer server. */
export function errorCodeOf(value: number): ErrorCode | undefined {
  return byNumber.get(value);
}
