/** Captions of a film: SubRip (SRT) and WebVTT texts read into cues. Pure. Text alone is shown; styles are left out. */
export type Cue = { readonly fromMs: number; readonly toMs: number; readonly text: string };

/** More are not read: a film of ten minutes has some two hundred. */
const cuesMax = 2_000;
/** More of a cue is not shown, in UTF-16 units: a caption has two lines. */
const cueMax = 500;
const timing =
  /^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})/;

/** The cues of a text, in the order of time; none where it is neither SRT nor VTT. */
export function cuesIn(text: string): readonly Cue[] {
  const cues: Cue[] = [];
  for (const block of text
    .replace(/^\uFEFF/, "")
    .replaceAll(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => timing.test(line));
    const found = timing.exec(lines[at] ?? "");
    if (found === null || cues.length === cuesMax) continue;
    const [fromMs, toMs] = [msOf(found.slice(1, 5)), msOf(found.slice(5, 9))];
    const words = plain(
      lines
        .slice(at + 1)
        .join("\n")
        .slice(0, cueMax)
        .toWellFormed(),
    );
    if (words !== "" && toMs > fromMs) cues.push({ fromMs, toMs, text: words });
  }
  return cues.sort((one, other) => one.fromMs - other.fromMs);
}

/** What is said at a time; undefined: nothing. */
export function cueAt(cues: readonly Cue[], ms: number): string | undefined {
  const said = cues.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  return said.length === 0 ? undefined : said.map(({ text }) => text).join("\n");
}

/** Cues as WebVTT. */
export function vttOf(cues: readonly Cue[]): string {
  return ["WEBVTT", ...cues.map(({ fromMs, toMs, text }) => `${clockOf(fromMs)} --> ${clockOf(toMs)}\n${text}`)].join(
    "\n\n",
  );
}

/**
 * Typed lines spread over a film, each as long as its share of the words: somebody who has no file of captions writes
 * one line for each sentence.
 */
export function spread(lines: string, durationMs: number): readonly Cue[] {
  const said = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const whole = said.reduce((sum, line) => sum + line.length, 0);
  let at = 0;
  return said.map((text) => {
    const fromMs = Math.round((at / whole) * durationMs);
    at += text.length;
    return { fromMs, toMs: Math.round((at / whole) * durationMs), text };
  });
}

/** Without tags, and with the characters that WebVTT escapes. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^<>\n]*>|\{\\[^{}\n]*\}/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&amp;", "&")
    .trim();
}

/** @param parts hours (may be missing), minutes, seconds, thousandths */
function msOf([hours = "0", minutes = "0", seconds = "0", rest = "0"]: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(rest.padEnd(3, "0"));
}

function clockOf(ms: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(ms / 1_000);
  const rest = String(ms % 1_000).padStart(3, "0");
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${rest}`;
}
