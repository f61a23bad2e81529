/**
 * WXML: templates as WeChat's compiler takes them, and glass-easel's 1.1.0 does not (docs/spec/programs.md PR3).
 * `bindtap` without a colon becomes an attribute there, and `wx:for-items` nothing: no error is shown, and no button
 * does anything.
 */

const tag = /<([a-zA-Z][\w-]*)((?:\s+[^\s=>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)(\s*\/?)>/g;
const event = /(\s)(capture-bind|capture-catch|mut-bind|bind|catch)(?=[a-z])([\w-]+)(?=\s*=|\s|$)/g;
/** One that ends in its own tag has its code in a file. */
const wxs = /(<wxs\b(?:[^>]*[^>/])?>)([\s\S]*?)(<\/wxs>)/g;

/** @param script rewrites a script of the template (`<wxs>`). */
export function normalTemplate(source: string, script: (code: string) => string): string {
  return source
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(tag, (_, name: string, attributes: string, end: string) => `<${name}${withColons(attributes)}${end}>`)
    .replace(wxs, (_, open: string, code: string, close: string) => open + script(code) + close);
}

function withColons(attributes: string): string {
  // Values are set aside, so that words in a text such as "a bindtap" stay as they are.
  const values: string[] = [];
  const bare = attributes.replace(/"[^"]*"|'[^']*'/g, (value) => `\ue000${values.push(value) - 1}\ue000`);
  const said = bare
    .replace(event, (_, space: string, kind: string, name: string) => `${space}${kind}:${name}`)
    .replace(/(\s)wx:for-items(?=\s*=)/g, "$1wx:for");
  return said.replace(/\ue000(\d+)\ue000/g, (_, index: string) => values[Number(index)] ?? "");
}
