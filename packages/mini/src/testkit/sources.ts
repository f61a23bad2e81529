/** Sources of a program for tests, as `pack` takes them: bytes by path. */
export function sourcesOf(files: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}
