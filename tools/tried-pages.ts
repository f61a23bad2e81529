/**
 * `npm run tried -- --pages FOLDER [PAGES]`: each page of somebody else's mini program is opened without a browser
 * (packages/mini/src/testkit), and those that throw are told. PAGES is a part of the paths to open.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readPackage } from "@yanshu/mini";
import { packProgram } from "@yanshu/mini/compile";
import { play } from "@yanshu/mini/testkit";

/** Of what is not there at all: told, and not counted. */
const notThere = /^packageXR|\/ar\/|live|bluetooth|beacon|nfc|\/ads?\//i;
/** A page's own timers run too. */
const rounds = 12;

export async function triedPages(folder: string, only = ""): Promise<void> {
  const sources = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) sources.set(relative(folder, path), new Uint8Array(readFileSync(path)));
  }
  const { bytes } = await packProgram(sources, { name: "tried", version: "1" });
  const read = readPackage(bytes);
  if ("fault" in read) throw new Error(read.fault);
  const { program } = read;
  // What a page's timer throws would end this process.
  let thrown: string[] = [];
  const keep = (error: unknown) => void thrown.push(String(error));
  process.on("uncaughtException", keep);
  process.on("unhandledRejection", keep);
  // Timers of a page that was left belong to no other.
  let timers: ReturnType<typeof setTimeout>[] = [];
  const { setInterval, setTimeout } = globalThis;
  const kept = (begin: typeof setTimeout) => (then: () => void, ms?: number) => {
    const timer = begin(then, ms);
    timers.push(timer);
    return timer;
  };
  Object.assign(globalThis, { setInterval: kept(setInterval as typeof setTimeout), setTimeout: kept(setTimeout) });
  const sum = { all: 0, clean: 0, counted: 0, countedClean: 0 };
  for (const page of program.manifest.pages.filter((one) => one.includes(only))) {
    for (const timer of timers) clearTimeout(timer);
    [thrown, timers] = [[], []];
    const played = await play(program, {}, undefined, undefined, undefined, page);
    for (let round = 0; round < rounds; round += 1) await played.settled();
    const [fault] = [
      ...thrown,
      ...played.faults().map(String),
      ...(played.ops().length === 0 ? ["nothing was drawn"] : []),
    ];
    const isCounted = !notThere.test(page);
    sum.all += 1;
    if (isCounted) sum.counted += 1;
    if (fault === undefined) sum.clean += 1;
    if (fault === undefined && isCounted) sum.countedClean += 1;
    if (fault !== undefined) console.log(`${page}${isCounted ? "" : " (not counted)"}: ${fault.split("\n")[0]}`);
  }
  console.log(`tried: ${sum.clean} of ${sum.all} pages without an exception`);
  console.log(
    `without those of AR, XR, live, Bluetooth, NFC and advertisements: ${sum.countedClean} of ${sum.counted}`,
  );
}
