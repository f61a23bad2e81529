/**
 * Program frames: builds `mini/host.html`, the one page that draws mini programs (docs/spec/programs.md PR10), and
 * `mini/webxdc.html`, that of webxdc apps (PR30). Each is one file, with all code inside its script, so that opening a
 * program asks for nothing else. The policy of the first names that script by its hash; apps bring scripts of their
 * own. What few programs need is a text of its own (PR72).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin, transformWithOxc } from "vite";

/** The code of the part that comes with a program that names it (PR72), as a text. */
const more = "virtual:program-more";

export function programFrame(mini: string): Plugin {
  const moreFile = join(mini, "view/program-more.js");
  return {
    name: "program-frame",
    // A name like that of a file gives the chunk its own.
    resolveId: (id) => (id === more ? moreFile : undefined),
    async load(id) {
      if (id !== moreFile) return null;
      return `export default ${JSON.stringify(await bundled(join(mini, "view/more.ts"), {}))};`;
    },
    async generateBundle() {
      const [host, webxdc] = await Promise.all([frameHtml(mini), webxdcHtml(mini)]);
      this.emitFile({ type: "asset", fileName: "mini/host.html", source: host });
      this.emitFile({ type: "asset", fileName: "mini/webxdc.html", source: webxdc });
    },
  };
}

async function frameHtml(mini: string): Promise<string> {
  const logic = await programLogic(mini);
  const script = await bundled(join(mini, "view/main.ts"), { __logic: JSON.stringify(logic) });
  const safe = withoutEnd(script);
  const hash = createHash("sha256").update(safe).digest("base64");
  const policy = `script-src 'sha256-${hash}' blob:`;
  return `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>小程序</title></head><body><script>${safe}</script></body></html>\n`;
}

/** The code of the Worker in which a program runs. */
export function programLogic(mini: string): Promise<string> {
  return bundled(join(mini, "logic/main.ts"), {}, [composed(mini)]);
}

/**
 * glass-easel from its sources, for the one way of drawing that we have: its own build can make it for one, and what
 * it publishes is for all four (PR78). As its build does, this puts constants in their places and leaves types out:
 * with the imports of them a module would run before the one that has the class which it extends.
 */
function composed(mini: string): Plugin {
  const root = join(dirname(createRequire(join(mini, "index.ts")).resolve("glass-easel/package.json")), "src");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const all = files.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  const constants = new Map([
    ["BM.DYNAMIC", "false"],
    ["BM.SHADOW", "false"],
    ["BM.COMPOSED", "true"],
    ["BM.DOMLIKE", "false"],
    ["ENV.DEV", "false"],
    ...constantsIn(all),
  ]);
  const named = (kinds: string) =>
    new Set([...all.matchAll(new RegExp(`^export (?:${kinds}) (\\w+)`, "gm"))].map(([, name]) => name));
  const [types, values] = [named("type|interface"), named("class|abstract class|const|const enum|enum|function|let")];
  return {
    name: "glass-easel-composed",
    enforce: "pre",
    config: () => ({ oxc: { exclude: [/\.js$/, /\/glass-easel\/src\//] } }),
    resolveId: (id) => (id === "glass-easel" ? join(root, "index.ts") : undefined),
    // What draws in a document, which is not there.
    load: (id) => (id.startsWith(root) && inDocument.test(id) ? nothingInDocument : undefined),
    async transform(code, id) {
      if (!id.startsWith(root)) return undefined;
      const placed = code
        .replaceAll(/\b[A-Z]\w+\.[A-Z]\w*\b/g, (name) => constants.get(name) ?? name)
        .replaceAll(/^export \{([^}]*)\} from/gm, (handedOn) =>
          handedOn.replaceAll(/(?<!type |as )\b[A-Z]\w+/g, (name) =>
            types.has(name) && !values.has(name) ? `type ${name}` : name,
          ),
        );
      // A field that is only declared is a type to it, and would else undo what the class above has set.
      const { code: script } = await transformWithOxc(placed, id, {
        lang: "ts",
        tsconfig: false,
        sourcemap: false,
        assumptions: { setPublicClassFields: true },
        typescript: { removeClassFieldsWithoutInitializer: true },
      });
      return { code: script, map: null, moduleType: "js" };
    },
  };
}

const inDocument = /\/(?:current_window_backend_context|native_rendering)\.ts$/;
const nothingInDocument = "export class CurrentWindowBackendContext {}\nexport class GlassEaselTemplateDOM {}";

/** Members of constant enumerations, with their values. */
function constantsIn(code: string): [name: string, value: string][] {
  return [...code.matchAll(/const enum (\w+) \{(.*?)\}/gs)].flatMap(([, name, body = ""]) => {
    const members = body.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, "").matchAll(/(\w+)(?: = ([^,\n]+))?/g);
    return [...members].map(([, member, value], at): [string, string] => [`${name}.${member}`, value ?? `${at}`]);
  });
}

/** The app's own frame begins with the same script: it stands in the page once. */
async function webxdcHtml(mini: string): Promise<string> {
  const script = withoutEnd(await bundled(join(mini, "webxdc/main.ts"), {}));
  return `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>webxdc</title></head><body><script>${script}</script></body></html>\n`;
}

/** An end tag in a string would end the script. */
function withoutEnd(script: string): string {
  return script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

async function bundled(
  entry: string,
  define: Readonly<Record<string, string>>,
  plugins: readonly Plugin[] = [],
): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    plugins: [...plugins],
    define: { "process.env.NODE_ENV": '"production"', ...define },
    build: { write: false, target: "es2022", lib: { entry, formats: ["iife"], name: "program" } },
  });
  const [output] = Array.isArray(made) ? made : [made];
  if (output === undefined || !("output" in output)) throw new Error(`${entry} is not built`);
  return output.output[0].code;
}
