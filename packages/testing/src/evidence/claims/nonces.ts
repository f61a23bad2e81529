/**
 * R1.4: nonces of envelopes by the million, what cryptography is made of, and whether vectors are published with it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { allOf, type Check } from "../check.ts";

const root = join(import.meta.dir, "../../../../..");
/** All that may do cryptography: of the platform, by noble (audited), by ts-mls over our provider. */
const allowed = /^(?:node:crypto|@noble\/(?:ciphers|curves|hashes)(?:\/.*)?|ts-mls(?:\/.*)?)$/;
/** A picture's blur is called a hash, and is none. */
const cryptographic =
  /^(?!thumbhash$).*(?:crypt|noble|nacl|sodium|hash|sha\d|aes|rsa|25519|hpke|mls|tls|jose|jwt|cipher|argon)/i;

export async function nonces(times = 1_000_000): Promise<Check> {
  const crypto = createBunCrypto();
  const begins = new BigUint64Array(times);
  let sealed = 0;
  // The sealing itself is left out: what is looked at is with which nonce the real code would seal.
  const counting = {
    ...crypto,
    seal: async (_key: Uint8Array, nonce: Uint8Array) => {
      begins[sealed++] = new DataView(nonce.buffer, nonce.byteOffset, nonce.length).getBigUint64(0);
      return new Uint8Array(16);
    },
  };
  const keys = { tag: crypto.random(16), key: crypto.random(32) };
  const content = { mls: new Uint8Array(1), histories: [] };
  for (let i = 0; i < times; i++) await sealGroupEnvelope(counting, keys, content);
  // Two that are equal begin alike; that two begin alike by chance happens once in thirty million runs.
  begins.sort();
  const repeated = begins.reduce((count, one, i) => count + (i > 0 && one === begins[i - 1] ? 1 : 0), 0);
  const imports = importsOf();
  const others = [...imports].filter((name) => cryptographic.test(name) && !allowed.test(name));
  const vectors = (readdirSync(join(root, "vectors"), { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".json"),
  );
  return allOf(
    "P1.nonces",
    "no nonce twice under a key; cryptography of the platform, noble and ts-mls alone; vectors published",
    {
      "no nonce twice": repeated === 0 && sealed === times,
      "nothing of anybody else's": others.length === 0,
      "vectors are there": vectors.length > 0,
    },
    times > 0 && imports.has("ts-mls"),
    `${repeated} repeated among ${times.toLocaleString("en")} envelopes of one epoch; ${others.length} other libraries${others.length > 0 ? ` (${others.join(", ")})` : ""}; ${vectors.length} files of vectors. TLS is that of the proxy before the server`,
  );
}

/** What the code of all packages imports of others. */
function importsOf(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(join(root, "packages"), { recursive: true }) as string[]) {
    if (!/^[a-z]+.src.*\.tsx?$/.test(name) || name.includes(".test.")) continue;
    const text = readFileSync(join(root, "packages", name), "utf8");
    for (const [, module = ""] of text.matchAll(/\b(?:from |import\()"([^."][^"]*)"/g))
      if (!module.startsWith("@yanshu/")) found.add(module);
  }
  return found;
}
