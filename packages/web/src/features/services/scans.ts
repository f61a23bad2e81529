/**
 * Codes with a scene that were opened, until the chat with their account is (docs/spec/bridge.md PA43). They are of
 * this window alone, and each is said once.
 */
const opened = new Map<string, string>();
const openedMax = 20;

export function keepScan(account: string, key: string): void {
  opened.delete(account);
  opened.set(account, key);
  for (const [oldest] of opened) if (opened.size > openedMax) opened.delete(oldest);
}

/** Once. */
export function takeScan(account: string): string | undefined {
  const key = opened.get(account);
  opened.delete(account);
  return key;
}
