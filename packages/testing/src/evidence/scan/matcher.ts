/**
 * Matcher: looks for thousands of byte strings in hundreds of megabytes, at every offset, in one
 * pass. The first four bytes of each are hashed into a bitmap; only where it answers is anything compared.
 */

export type Needle = { readonly name: string; readonly form: string; readonly bytes: Uint8Array };
export type Hit = { readonly needle: Needle; readonly at: number };
export type Matcher = (haystack: Uint8Array) => readonly Hit[];

const hashBits = 20;
const lengthMin = 8;

export function createMatcher(needles: readonly Needle[]): Matcher {
  const filter = new Uint8Array(1 << hashBits);
  const byHash = new Map<number, Needle[]>();
  for (const needle of needles) {
    if (needle.bytes.length < lengthMin) throw new Error(`"${needle.name}" is too short to look for`);
    const [a = 0, b = 0, c = 0, d = 0] = needle.bytes;
    const hash = hashOf((a << 24) | (b << 16) | (c << 8) | d);
    filter[hash] = 1;
    const others = byHash.get(hash);
    if (others === undefined) byHash.set(hash, [needle]);
    else others.push(needle);
  }

  return (haystack) => {
    const hits: Hit[] = [];
    if (haystack.length < lengthMin) return hits;
    let word = ((haystack[0] as number) << 16) | ((haystack[1] as number) << 8) | (haystack[2] as number);
    for (let end = 3; end < haystack.length; end++) {
      word = (word << 8) | (haystack[end] as number);
      const hash = Math.imul(word, 0x9e37_79b1) >>> (32 - hashBits);
      if (filter[hash] === 0) continue;
      const at = end - 3;
      for (const needle of byHash.get(hash) ?? []) if (standsAt(haystack, at, needle.bytes)) hits.push({ needle, at });
    }
    return hits;
  };
}

function hashOf(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> (32 - hashBits);
}

function standsAt(haystack: Uint8Array, at: number, bytes: Uint8Array): boolean {
  if (at + bytes.length > haystack.length) return false;
  for (let i = 0; i < bytes.length; i++) if (haystack[at + i] !== bytes[i]) return false;
  return true;
}
