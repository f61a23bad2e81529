/**
 * Counts: what the server tells its operator. The transactions that reached the disk are taken from
 * there: each is one sync of the write-ahead log.
 */

/** @throws Error when the server does not tell them. */
export async function readSyncs(countsUrl: string): Promise<number> {
  const response = await fetch(countsUrl);
  if (!response.ok) throw new Error(`the operator's counts: status ${response.status}`);
  const { commits } = (await response.json()) as { readonly commits?: unknown };
  if (typeof commits !== "number") throw new Error("the operator's counts do not tell the commits");
  return commits;
}
