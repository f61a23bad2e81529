/** Sources of a program for tests, as `pack` takes them: bytes by path. */
export function sourcesOf(files: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

/** Of a page with a button for each of these methods, which shows `said`. */
export function sourcesOfPage(script: string): Map<string, Uint8Array> {
  const names = ["name", "place", "pasted", "copied", "picture", "settings", "agreed"];
  const taps = names.map((name) => `<view bindtap="${name}">${name}</view>`);
  return sourcesOf({
    "app.json": '{ "pages": ["pages/a/a"] }',
    "pages/a/a.wxml": `<text>{{said}}</text>${taps.join("")}`,
    "pages/a/a.js": script,
  });
}
