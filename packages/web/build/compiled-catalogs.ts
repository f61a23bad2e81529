/**
 * Compiles the message catalogs while building, so that the app ships Lingui's 2 KB core and no
 * message parser. The catalogs stay plain TypeScript modules; tests read them as they are.
 */

import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { type Plugin, transformWithOxc } from "vite";

const catalogFile = /\/src\/locales\/(?:zh-Hans|zh-Hant|en)\.ts$/;

export function compiledCatalogs(): Plugin {
  return {
    name: "compiled-catalogs",
    apply: "build",
    enforce: "pre",
    async transform(code, id) {
      if (!catalogFile.test(id)) return null;
      const plain = await transformWithOxc(code, id, { lang: "ts" });
      const body = plain.code
        .replaceAll(/^import .*$/gm, "")
        .replaceAll(/^export (?:const|\{)/gm, (found) => found.replace("export ", ""));
      const messages = runInNewContext(`${body};messages`, {}, { filename: pathToFileURL(id).href }) as Record<
        string,
        string
      >;
      const compiled = Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, compileMessage(text)]));
      return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(compiled))});`, map: null };
    },
  };
}
