/**
 * Mini programs 小程序 in the terminal: packed from a folder as WeChat's tools have it, and checked against its sources.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { packageLimits, readPackage } from "@yanshu/mini";
import { Failed } from "../chat.ts";
import type { Aside } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, plain, sizeOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "program.packed": "{file}: {name}, {pages} pages, {size}",
    "program.true": "{name} {version}: the code is what its sources compile to",
    "program.false": "{name} {version}: the code is NOT what its sources compile to",
    "program.use": "program pack FOLDER [FILE], or program verify FILE",
    "program.unread": "not a mini program: {why}",
    "notice.program-said": "{by}, by {program}: {text}",
    "notice.program": "a mini program",
  },
  {
    "program.packed": "{file}：{name}，{pages}页，{size}",
    "program.true": "{name} {version}：代码就是它的源码编译出来的",
    "program.false": "{name} {version}：代码不是它的源码编译出来的",
    "program.use": "program pack 文件夹 [文件]，或 program verify 文件",
    "program.unread": "不是小程序：{why}",
    "notice.program-said": "{by}用“{program}”：{text}",
    "notice.program": "小程序",
  },
);
type Key = keyof (typeof words)["en"];

export const programs = cliFeature(words, {
  notices: {
    "program-said": (text, { by, program, text: said }) =>
      text("notice.program-said", {
        by: nameOf(text, by),
        program: plain(program) || text("notice.program"),
        text: plain(said),
      }),
  },
  commands: {
    program: {
      positionals: ["pack|verify", "PATH", "[FILE]"],
      options: ["name", "release"],
      isAside: true,
      help: {
        en: "mini programs: pack FOLDER [FILE] makes one file of a WeChat mini program, verify FILE compiles its sources again",
        zh: "小程序：pack 把微信小程序的文件夹打成一个文件，verify 用里面的源码重新编译核对",
      },
      run,
    },
  },
});

async function run(context: Aside<Key>): Promise<void> {
  const { args, text } = context;
  const [action, path = "", file] = args.positionals;
  if (action === "pack") return pack(context, path, file);
  if (action === "verify") return verify(context, path);
  throw new Fault("fault.file", { path: action ?? "", why: text("program.use") });
}

async function pack({ args, answer, hint, text }: Aside<Key>, path: string, file: string | undefined): Promise<void> {
  const folder = rootOf(path);
  const name = args.name ?? nameIn(folder) ?? basename(resolve(path));
  // The compiler is large, and needed here alone.
  const { packProgram } = await import("@yanshu/mini/compile");
  const about = { name: name.trim().slice(0, packageLimits.nameMax), version: (args.release ?? "1").slice(0, 40) };
  const packed = await packProgram(sourcesIn(folder), about).catch((error: unknown) => {
    throw new Fault("fault.file", { path, why: text("program.unread", { why: whyOf(error) }) });
  });
  for (const warning of packed.warnings) hint(plain(warning));
  const to = file ?? `${basename(resolve(path))}.ymp`;
  writeFileSync(to, packed.bytes);
  const read = readPackage(packed.bytes);
  const pages = "program" in read ? read.program.manifest.pages.length : 0;
  answer(text("program.packed", { file: to, name: plain(about.name), pages, size: sizeOf(packed.bytes.length) }), {
    file: to,
    name: about.name,
    bytes: packed.bytes.length,
    warnings: packed.warnings,
  });
}

async function verify({ answer, text }: Aside<Key>, path: string): Promise<void> {
  const bytes = bytesOf(path);
  const read = readPackage(bytes);
  if ("fault" in read) throw new Fault("fault.file", { path, why: text("program.unread", { why: read.fault }) });
  const { isTrueToSources } = await import("@yanshu/mini/compile");
  const isTrue = await isTrueToSources(bytes);
  const { name, version } = read.program.manifest;
  const said = { name: plain(name), version: plain(version) };
  answer(text(isTrue ? "program.true" : "program.false", said), { id: read.program.id, name, version, isTrue });
  if (!isTrue) throw new Failed();
}

function bytesOf(path: string): Uint8Array {
  try {
    if (statSync(path).size > packageLimits.packedBytesMax) throw new Error("too large");
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new Fault("fault.file", { path, why: whyOf(error) });
  }
}

/** The folder that holds `app.json`: a project may keep it in one of its own. */
function rootOf(path: string): string {
  if (existsSync(join(path, "app.json"))) return path;
  const { miniprogramRoot } = projectIn(path);
  return typeof miniprogramRoot === "string" ? join(path, miniprogramRoot) : path;
}

function nameIn(folder: string): string | undefined {
  for (const place of [folder, join(folder, "..")]) {
    const { projectname } = projectIn(place);
    if (typeof projectname === "string" && projectname.trim() !== "") return decoded(projectname);
  }
  return undefined;
}

function projectIn(folder: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(join(folder, "project.config.json"), "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** All files but hidden ones and packages that are not packed for WeChat. @throws Fault where they are too many. */
function sourcesIn(folder: string): Map<string, Uint8Array> {
  const sources = new Map<string, Uint8Array>();
  let bytes = 0;
  const walk = (under: string): void => {
    for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = under === "" ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const content = new Uint8Array(readFileSync(join(folder, path)));
        bytes += content.length;
        if (sources.size >= packageLimits.filesMax || bytes > packageLimits.unpackedBytesMax)
          throw new Fault("fault.file", { path: folder, why: "too large" });
        sources.set(path.normalize("NFC"), content);
      }
    }
  };
  try {
    walk("");
  } catch (error) {
    throw error instanceof Fault ? error : new Fault("fault.file", { path: folder, why: whyOf(error) });
  }
  return sources;
}

function whyOf(error: unknown): string {
  return (error as { code?: string }).code ?? (error instanceof Error ? error.message : "unknown");
}
