/**
 * Compiles the message catalogs while building, so that the app ships Lingui's 2 KB core and no
 * message parser. The catalogs stay plain TypeScript modules; tests read them as they are.
 *
 * Words stand beside the screens that say them: `words.ts` in a feature's folder, in three languages. The build makes
 * one file a language of them, which comes after the first screen; those that are named as `first` it puts into the
 * first catalog.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { type Plugin, transformWithOxc } from "vite";

const catalogFile = /\/src\/locales\/(zh-Hans|zh-Hant|en)\.ts$/;
const virtual = "virtual:words/";

type Catalog = Readonly<Record<string, string>>;
type Words = {
  readonly messages: Readonly<Record<"zh-Hans" | "zh-Hant" | "en", Catalog>>;
  readonly first?: readonly string[];
};

export function compiledCatalogs(source: string): Plugin {
  const files = () =>
    readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((file) => /(?:^|\/)words\.ts$/.test(file))
      .sort()
      .map((file) => join(source, file));

  /** The words of features in one language: those of a first screen, or the others. */
  async function wordsIn(language: string, isFirst: boolean): Promise<Catalog> {
    const all = await Promise.all(files().map(wordsAt));
    return Object.fromEntries(
      all.flatMap(({ messages, first = [] }) =>
        Object.entries(messages[language as keyof Words["messages"]]).filter(([id]) => first.includes(id) === isFirst),
      ),
    );
  }

  return {
    name: "compiled-catalogs",
    enforce: "pre",
    // A name like that of a file gives the chunk its own.
    resolveId: (id) =>
      id.startsWith(virtual) ? join(source, `locales/words-${id.slice(virtual.length)}.js`) : undefined,
    async load(id) {
      const language = /\/locales\/words-([\w-]+)\.js$/.exec(id)?.[1];
      if (language === undefined) return null;
      for (const file of files()) this.addWatchFile(file);
      return exported(await wordsIn(language, false));
    },
    async transform(code, id) {
      const language = catalogFile.exec(id)?.[1];
      if (language === undefined) return null;
      const own = await run<Catalog>(code, id, "messages");
      return exported({ ...own, ...(await wordsIn(language, true)) });
    },
  };
}

/** The words of one feature. */
export function wordsAt(file: string): Promise<Words> {
  return run<Words>(readFileSync(file, "utf8"), file, "({ messages, first: globalThis.first })");
}

/** What a module of words alone holds. */
async function run<T>(code: string, file: string, answer: string): Promise<T> {
  const plain = await transformWithOxc(code, file, { lang: "ts" });
  const body = plain.code
    .replaceAll(/^import .*$/gm, "")
    .replaceAll(/^export const first\b/gm, "globalThis.first")
    .replaceAll(/^export (?:const|\{)/gm, (found) => found.replace("export ", ""));
  return runInNewContext(`${body};${answer}`, {}, { filename: pathToFileURL(file).href }) as T;
}

function exported(catalog: Catalog) {
  const compiled = Object.fromEntries(Object.entries(catalog).map(([key, text]) => [key, compileMessage(text)]));
  return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(compiled))});`, map: null };
}
