/**
 * Program frames: builds `mini/host.html`, the one page that draws mini programs (docs/spec/programs.md PR10), and
 * `mini/webxdc.html`, that of webxdc apps (PR30). Each is one file, with all code inside its script, so that opening a
 * program asks for nothing else. The policy of the first names that script by its hash; apps bring scripts of their
 * own. What few programs need is a text of its own (PR72).
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { build, type Plugin } from "vite";

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
  const logic = await bundled(join(mini, "logic/main.ts"), {});
  const script = await bundled(join(mini, "view/main.ts"), { __logic: JSON.stringify(logic) });
  const safe = withoutEnd(script);
  const hash = createHash("sha256").update(safe).digest("base64");
  const policy = `script-src 'sha256-${hash}' blob:`;
  return `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>小程序</title></head><body><script>${safe}</script></body></html>\n`;
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

async function bundled(entry: string, define: Readonly<Record<string, string>>): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    define: { "process.env.NODE_ENV": '"production"', ...define },
    build: { write: false, target: "es2022", lib: { entry, formats: ["iife"], name: "program" } },
  });
  const [output] = Array.isArray(made) ? made : [made];
  if (output === undefined || !("output" in output)) throw new Error(`${entry} is not built`);
  return output.output[0].code;
}
