/** How long a test may take without a check, in milliseconds, that takes `ms` with every check: then it hangs. */
export function lateMsMax(ms: number): number {
  return Math.max(4_000, 10 * ms);
}
