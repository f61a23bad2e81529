/** A package that a chat brought, before it is read (docs/spec/programs.md PR92). */
import type { FileView } from "@yanshu/client";
import { packageLimits } from "@yanshu/mini";

/** Undefined where it is larger than a package may be: then none of it is fetched. */
export async function packedIn(
  { bytes }: Pick<FileView, "bytes">,
  fetched: () => Promise<Blob>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // @checks PR92
  if (bytes > packageLimits.packedBytesMax) return undefined;
  return new Uint8Array(await (await fetched()).arrayBuffer());
}
