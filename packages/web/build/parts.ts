/**
 * Parts: what the core and all features open from one place is one file, so that a weak line pays one round trip for it
 * (docs/spec/web.md WE12, WE90). Sources ask for `./in-chat.ts` of their own folder; the build leads them to the file
 * that holds those of all.
 */
import { readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Plugin } from "vite";

/** The files of each part, by the ends of their paths. */
export const partFiles: Readonly<Record<string, RegExp>> = {
  reading: /\/in-log\.tsx?$/,
  talking: /\/in-chat\.tsx?$/,
  self: /\/in-me\.tsx?$/,
  people: /\/in-contacts\.tsx?$/,
  arriving: /\/on-arrival\.tsx?$/,
};
const asked = /(?<!typeof )import\("(\.{1,2}\/[^"]*(?:in-log|in-chat|in-me|in-contacts|on-arrival)\.tsx?)"\)/g;

/** Paths below `source`. */
export function filesOfPart(source: string, part: string): readonly string[] {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  return files.filter((file) => partFiles[part]?.test(file)).sort();
}

export function parts(source: string): Plugin {
  const nameOf = (file: string) => relative(source, file).replaceAll(/\W/g, "_");
  const partAt = (id: string) => Object.keys(partFiles).find((part) => id === join(source, `parts/${part}.js`));
  return {
    name: "parts",
    apply: "build",
    enforce: "pre",
    resolveId: (id) => (partAt(id) === undefined ? undefined : id),
    load(id) {
      const part = partAt(id);
      if (part === undefined) return null;
      return filesOfPart(source, part)
        .map((file) => `export * as ${nameOf(join(source, file))} from ${JSON.stringify(join(source, file))};`)
        .join("\n");
    },
    transform(code, id) {
      if (!id.startsWith(source) || !code.includes("import(")) return null;
      return code.replaceAll(asked, (found, specifier: string) => {
        const file = resolve(dirname(id), specifier);
        const part = Object.keys(partFiles).find((name) => partFiles[name]?.test(file));
        return part === undefined
          ? found
          : `import(${JSON.stringify(join(source, `parts/${part}.js`))}).then((parts) => parts.${nameOf(file)})`;
      });
    },
  };
}
