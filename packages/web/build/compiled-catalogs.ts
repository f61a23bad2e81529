/**
 * Compiles the message catalogs while building, so that the app ships Lingui's 2 KB core and no
 * message parser. The catalogs stay plain TypeScript modules; tests read them as they are.
 */

import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { type Plugin, transformWithOxc } from "vite";

const catalogFile = /\/src\/locales\/(?:zh-Hans|zh-Hant|en)\.ts$/;
/** The words of a part of the app, by language. */
const partFile = /\/src\/locales\/parts\/[a-z]+\.ts$/;

type Catalog = Readonly<Record<string, string>>;

export function compiledCatalogs(): Plugin {
  return {
    name: "compiled-catalogs",
    apply: "build",
    enforce: "pre",
    async transform(code, id) {
      const isPart = partFile.test(id);
      if (!isPart && !catalogFile.test(id)) return null;
      const plain = await transformWithOxc(code, id, { lang: "ts" });
      const body = plain.code
        .replaceAll(/^import .*$/gm, "")
        .replaceAll(/^export (?:const|\{)/gm, (found) => found.replace("export ", ""));
      const messages: unknown = runInNewContext(`${body};messages`, {}, { filename: pathToFileURL(id).href });
      const compiled = isPart
        ? Object.fromEntries(
            Object.entries(messages as Record<string, Catalog>).map(([language, words]) => [language, compile(words)]),
          )
        : compile(messages as Catalog);
      return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(compiled))});`, map: null };
    },
  };
}

function compile(catalog: Catalog) {
  return Object.fromEntries(Object.entries(catalog).map(([key, text]) => [key, compileMessage(text)]));
}
