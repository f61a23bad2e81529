/** The tree of a log, by the vectors of Certificate Transparency, which RFC 6962 describes, and by a naive reader. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { grownBy, growthPath, inclusionPath, leafHash, rootOf } from "./merkle.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (entry) => leafHash(bytes(entry)),
);
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("[RE15] a log of each size has the root that other logs compute", () => {
  for (const [size, root] of roots.entries()) expect([size, hex(rootOf(leaves.slice(0, size)))]).toEqual([size, root]);
});

test("[RE15] the way from a leaf to the root is that of other logs", () => {
  const paths: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
    [0, 1, []],
    [
      0,
      8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    ],
    [
      5,
      8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
    [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
    [
      1,
      5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    ],
  ];
  for (const [index, size, path] of paths)
    expect([index, size, inclusionPath(leaves.slice(0, size), index).map(hex)]).toEqual([index, size, [...path]]);
});

/** By RFC 9162 §2.1.3.2, which walks up from the leaf, and shares no line with what made the path. */
function rootBy(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): string | undefined {
  const node = (left: Uint8Array, right: Uint8Array) =>
    createHash("sha256")
      .update(Buffer.from([1]))
      .update(left)
      .update(right)
      .digest();
  let [at, last, hash] = [index, size - 1, leaf];
  for (const one of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = node(one, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else hash = node(hash, one);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hex(hash) : undefined;
}

test("[RE15] each leaf of any log leads to its root, and no other leaf does by the same way", () => {
  const entries = fc.uniqueArray(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 70 });
  fc.assert(
    fc.property(entries, fc.nat(), (texts, at) => {
      const all = texts.map((text) => leafHash(new TextEncoder().encode(text)));
      const index = at % all.length;
      const path = inclusionPath(all, index);
      for (const [other, leaf] of all.entries())
        expect(rootBy(leaf, index, all.length, path) === hex(rootOf(all))).toBe(other === index);
    }),
    { numRuns: 60 },
  );
});

test("[RE22] from the hashes of a growth come the root of any smaller log and that of all, and of no other sizes", () => {
  const entries = fc.uniqueArray(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 70 });
  fc.assert(
    fc.property(entries, fc.nat(), (texts, some) => {
      const all = texts.map((text) => leafHash(new TextEncoder().encode(text)));
      const size = (some % all.length) + 1;
      const path = growthPath(all, size);
      expect(path.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(all.length)) + 1);
      const grown = grownBy(path, size, all.length);
      expect([grown?.before, grown?.now].map((root) => hex(root ?? new Uint8Array()))).toEqual([
        hex(rootOf(all.slice(0, size))),
        hex(rootOf(all)),
      ]);
      for (const other of [path.slice(1), [...path, leafHash(new Uint8Array())]])
        expect(grownBy(other, size, all.length)).toBeUndefined();
      expect(grownBy(path, all.length + 1, all.length)).toBeUndefined();
      expect(grownBy(path, 0, all.length)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("[RE22] where the smaller log is no whole tree, the hashes are RFC 6962’s proof of consistency", () => {
  // From the vectors of Certificate Transparency, of 6 to 8.
  expect(growthPath(leaves, 6).map(hex)).toEqual([
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  ]);
});
