/** Page: the web app as the server hands it out, for P5. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { programFrames } from "@yanshu/release";
import { allOf, type Check } from "../check.ts";

const texts = /\.(?:html|js|css|webmanifest|svg|json|txt)$/;
/** Names of XML namespaces are not fetched; nor is what stands in a link that a person would tap. */
const namespaces = /^https?:\/\/www\.w3\.org\//;
/** Addresses that stand in libraries and are never asked; the policy would stop them too. Any other fails. */
const dead: readonly { readonly address: RegExp; readonly why: string }[] = [
  { address: /^https?:\/\/(?:localhost|127\.0\.0\.1|[\w.-]*\.?example)(?:[:/]|$)/, why: "a name, not a place" },
  { address: /^https:\/\/(?:www\.)?sqlite\.org[:/]/, why: "an error message of the database" },
  {
    address: /^https:\/\/(?:www\.webmproject\.org|aomediacodec\.github\.io)\//,
    why: "where the packer of films says which standard it follows",
  },
  {
    address: /^https:\/\/fastly\.jsdelivr\.net\/npm\/zxing-wasm\b/,
    why: "a default that the scanner replaces by a file of ours",
  },
  { address: /^https:\/\/simplewebauthn\.dev\/docs\//, why: "where a library says how it wants to be called" },
  {
    address: /^http:\/\/www\.ietf\.org\/id\/draft-holmer-rmcat-transport-wide-cc-extensions-01$/,
    why: "the name of a header extension of RTP in SDP (RFC 8285), which nobody fetches",
  },
];

export async function checkPage(origin: string, dist: string): Promise<Check> {
  const claim = "no third party, no cookie, a strict policy on everything that a browser is handed";
  if (!existsSync(join(dist, "index.html")))
    return allOf("P5.page", claim, {}, false, "the web app is not built: npm run build:web");
  const names = (
    readdirSync(dist, { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
    // Compressed ahead: handed out under the name of what it is compressed from.
    .filter((name) => !/\.(?:br|gz)$/.test(name));
  const asked = ["", ...names];
  const answers = await Promise.all(asked.map((name) => fetch(`${origin}/${name}`)));
  const policyOf = ({ headers }: Response) => headers.get("content-security-policy") ?? "none";
  const frames = Object.keys(programFrames).map((path) => answers[asked.indexOf(path.slice(1))]);
  const policies = new Set(answers.filter((answer) => !frames.includes(answer)).map(policyOf));
  const policy = policies.size === 1 ? ([...policies][0] as string) : "";
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const foreign = names
    .filter((name) => texts.test(name))
    .flatMap((name) => foreignIn(readFileSync(join(dist, name), "utf8")));
  return allOf(
    "P5.page",
    claim,
    {
      "every answer is a page or an asset": answers.every(({ ok }) => ok),
      "one policy, that allows only this origin": isStrict(policy),
      "the pages of mini programs are nobody's origin, and have no address to ask": frames.every(
        (frame) => frame !== undefined && isApart(policyOf(frame)),
      ),
      "no cookie": answers.every(({ headers }) => headers.get("set-cookie") === null),
      "no inline script or style": !/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=/i.test(html),
      "no address of anybody else": foreign.length === 0,
    },
    true,
    `${answers.length} answers, ${foreign.length} foreign addresses${foreign.length > 0 ? `: ${foreign.slice(0, 5).join(" ")}` : ""}`,
  );
}

/** Nothing by default, and no source but this origin, what the page made itself, and its own WebAssembly. */
export function isStrict(policy: string): boolean {
  const directives = directivesOf(policy);
  const sources = ["'self'", "'none'", "data:", "blob:", "'wasm-unsafe-eval'"];
  const isNothing = directives.some(([name, ...values]) => name === "default-src" && values.join() === "'none'");
  return isNothing && directives.every(([, ...values]) => values.every((value) => sources.includes(value)));
}

/** A sandbox of an origin of nobody's, with no source but what the page made itself: not even this origin. */
function isApart(policy: string): boolean {
  const directives = new Map(directivesOf(policy).map(([name = "", ...values]) => [name, values]));
  const sources = ["'none'", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'"];
  const ofNoSource = ["sandbox", "frame-ancestors", "require-trusted-types-for", "trusted-types"];
  const rest = [...directives].filter(([name]) => !ofNoSource.includes(name));
  return (
    directives.get("sandbox")?.join() === "allow-scripts" &&
    directives.get("frame-ancestors")?.join() === "'self'" &&
    directives.get("default-src")?.join() === "'none'" &&
    rest.every(([, values]) => values.every((value) => sources.includes(value)))
  );
}

/** The words of each directive, its name first. */
function directivesOf(policy: string): readonly (readonly string[])[] {
  return policy.split(";").map((one) => one.trim().split(/\s+/));
}

/** Addresses of others in code; what stands in a comment asks nobody. */
export function foreignIn(text: string): readonly string[] {
  const found = [...text.matchAll(/(?:https?|wss?):\/\/[\w.-]+\.[\w-]+[\w./:-]*/g)].filter(
    ({ index }) => !isComment(text, index),
  );
  const addresses = found.map(([address]) => address);
  return addresses.filter((one) => !namespaces.test(one) && !dead.some(({ address }) => address.test(one)));
}

/** After `//` or `/*` at the beginning of a line, and before it ends; a minified file has none. */
function isComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
  if (/^\s*\/\//.test(line)) return true;
  const opened = text.lastIndexOf("/*", at);
  const before = text.slice(text.lastIndexOf("\n", opened) + 1, Math.max(0, opened));
  return opened >= 0 && before.trim() === "" && text.lastIndexOf("*/", at) < opened;
}
