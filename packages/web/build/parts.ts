/**
 * Parts: what the core and all features open from one place is one file, so that a weak line pays one round trip for it
 * (docs/spec/web.md WE12, WE90). Sources ask for `./in-chat.ts` of their own folder; the build leads them to the file
 * that holds those of all, by one function for each part: a request for a file, with the list of what that file needs
 * in turn, stands once in the first load and not at each of a hundred places (WE100).
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
  /** By its folder, since a part has one file of each; two of one name would end the build. */
  const nameOf = (file: string) =>
    relative(source, dirname(file))
      .replace(/^features\//, "")
      .replaceAll(/\W/g, "_");
  const fileOf = (part: string) => join(source, `parts/${part}.js`);
  const partAt = (id: string) => Object.keys(partFiles).find((part) => id === fileOf(part));
  /** Below `shell`, which is where the first load has it. */
  const asking = join(source, "shell/parts.js");
  return {
    name: "parts",
    apply: "build",
    enforce: "pre",
    resolveId: (id) => (id === asking || partAt(id) !== undefined ? id : undefined),
    load(id) {
      if (id === asking)
        return Object.keys(partFiles)
          .map((part) => `export const ${part} = (take) => import(${JSON.stringify(fileOf(part))}).then(take);`)
          .join("\n");
      const part = partAt(id);
      if (part === undefined) return null;
      return filesOfPart(source, part)
        .map((file) => `export * as ${nameOf(join(source, file))} from ${JSON.stringify(join(source, file))};`)
        .join("\n");
    },
    transform(code, id) {
      if (!id.startsWith(source) || !code.includes("import(")) return null;
      const used = new Set<string>();
      const led = code.replaceAll(asked, (found, specifier: string) => {
        const file = resolve(dirname(id), specifier);
        const part = Object.keys(partFiles).find((name) => partFiles[name]?.test(file));
        if (part === undefined) return found;
        used.add(`${part} as part_${part}`);
        return `part_${part}((parts) => parts.${nameOf(file)})`;
      });
      return used.size === 0 ? code : `${led}\nimport { ${[...used].join(", ")} } from ${JSON.stringify(asking)};`;
    },
  };
}
