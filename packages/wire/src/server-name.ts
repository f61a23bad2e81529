/** Server name: by what servers know each other (docs/spec/peers.md PE1). */

/** As ASCII. */
export const serverNameBytesMax = 255;

/** A host, and its port if that is not the usual one; in lower case. */
export function isServerName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= serverNameBytesMax &&
    /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:\d{1,5})?$/.test(value)
  );
}
