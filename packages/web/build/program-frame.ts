/**
 * Program frame: builds `mini/host.html`, the one page that draws mini programs (docs/spec/programs.md PR10). It is one
 * file, with the code of the Worker inside its script, so that opening a program asks for nothing else; its own policy
 * names that script by its hash.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { build, type Plugin } from "vite";

export function programFrame(mini: string): Plugin {
  return {
    name: "program-frame",
    apply: "build",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "mini/host.html", source: await frameHtml(mini) });
    },
  };
}

async function frameHtml(mini: string): Promise<string> {
  const logic = await bundled(join(mini, "logic/main.ts"), {});
  const script = await bundled(join(mini, "view/main.ts"), { __logic: JSON.stringify(logic) });
  // An end tag in a string would end the script.
  const safe = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const hash = createHash("sha256").update(safe).digest("base64");
  const policy = `script-src 'sha256-${hash}' blob:`;
  return `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>小程序</title></head><body><script>${safe}</script></body></html>\n`;
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
