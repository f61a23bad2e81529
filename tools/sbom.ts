/**
 * SBOM: what the program is made of, as CycloneDX 1.6 (https://cyclonedx.org), from the lock file alone: it names no
 * time, no machine and no tool, so that whoever makes it from the same sources has the same bytes
 * (docs/spec/release.md RE8).
 */

/** One entry of package-lock.json (version 3), as far as it is read. */
type Locked = {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
};
export type Lock = { readonly version: string; readonly packages: Readonly<Record<string, Locked>> };

/** The parts that came from elsewhere, each once. */
function partsOf({ packages }: Lock): readonly (readonly [name: string, part: Locked])[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
    .map(([path, part]) => [path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length), part] as const)
    .sort(([a, one], [b, other]) => order(`${a}@${one.version}`, `${b}@${other.version}`));
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What runs in the program is `required`; what builds and tests it is `excluded` from it. */
export function sbomOf(lock: Lock): string {
  const components = partsOf(lock).map(([name, { version = "", integrity = "", license, dev }]) => {
    const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
    return {
      type: "library",
      name,
      version,
      scope: dev === true ? "excluded" : "required",
      purl,
      ...(license === undefined
        ? {}
        : { licenses: [isExpression(license) ? { expression: license } : { license: { name: license } }] }),
      hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex") }],
    };
  });
  const once = components.filter((one, at) => components[at - 1]?.purl !== one.purl);
  const program = { type: "application", name: "yanshu", version: lock.version };
  const list = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: program },
    components: once,
  };
  return `${JSON.stringify(list, null, 1)}\n`;
}

/** A name or expression of SPDX, rather than words about a licence. */
function isExpression(license: string): boolean {
  return /^[\w.()+ -]+$/.test(license) && !license.startsWith("SEE LICENSE");
}

/** What would run code of others when it is installed, or is not held to its bytes: of what runs in the program. */
export function looseParts(lock: Lock): readonly string[] {
  return partsOf(lock)
    .filter(([, { dev, hasInstallScript, integrity = "" }]) => {
      return (dev !== true && hasInstallScript === true) || !integrity.startsWith("sha512-");
    })
    .map(([name, { version }]) => `${name}@${version}`);
}
