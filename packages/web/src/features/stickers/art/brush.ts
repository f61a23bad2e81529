/**
 * Brush: what all packs are drawn with. A picture is put together here, on the device, as SVG of our own; it is shown
 * as an image, so nothing in it runs. Its words are in the reader's language. It moves a few times and then rests;
 * where no motion is wanted it does not move at all.
 *
 * The drawings of this folder are dedicated to the public domain (CC0 1.0): LICENSE in this folder.
 */
export const ink = "#4a3a2c";
export const cream = "#fff6e6";
export const red = "#c8342a";
export const gold = "#f0b94b";
export const pink = "#f7a8a0";

/** Draws one sticker around (120, 100), within 240 × 205; its words go below. */
export type Drawing = (brush: Brush) => string;

export type Brush = {
  /** Turns, shifts or grows what it holds: `values` as SVG has them, such as `0 120 180;8 120 180;0 120 180`. */
  readonly move: (kind: "rotate" | "translate" | "scale", values: string, seconds: number, held: string) => string;
  /** Comes and goes. */
  readonly fade: (values: string, seconds: number, held: string) => string;
};

const times = 4;

export function brushFor(isStill: boolean): Brush {
  const animated = (name: string, values: string, seconds: number) => {
    const steps = values.split(";").length - 1;
    const ease = Array(steps).fill(".4 0 .6 1").join(";");
    return `${name} values="${values}" dur="${seconds}s" repeatCount="${times}" calcMode="spline" keySplines="${ease}"/>`;
  };
  return {
    move: (kind, values, seconds, held) =>
      isStill
        ? held
        : `<g>${animated(`<animateTransform attributeName="transform" type="${kind}" additive="sum"`, values, seconds)}${held}</g>`,
    fade: (values, seconds, held) =>
      isStill ? held : `<g>${animated('<animate attributeName="opacity"', values, seconds)}${held}</g>`,
  };
}

export function at(x: number, y: number, held: string, scale = 1, turn = 0): string {
  const grown = scale === 1 ? "" : ` scale(${scale})`;
  const turned = turn === 0 ? "" : ` rotate(${turn})`;
  return `<g transform="translate(${x} ${y})${turned}${grown}">${held}</g>`;
}

/** `n` times around (0, 0). */
export function around(n: number, held: string, from = 0): string {
  return Array.from({ length: n }, (_, i) => `<g transform="rotate(${from + (360 / n) * i})">${held}</g>`).join("");
}

export function shape(d: string, fill: string, line = ink, width = 4): string {
  const stroke = line === "" ? "" : ` stroke="${line}" stroke-width="${width}" stroke-linejoin="round"`;
  return `<path d="${d}" fill="${fill}"${stroke}/>`;
}

export function line(d: string, color = ink, width = 4): string {
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

export function dot(x: number, y: number, r: number, fill: string): string {
  return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
}

export function oval(x: number, y: number, rx: number, ry: number, fill: string, edge = "", width = 4): string {
  const stroke = edge === "" ? "" : ` stroke="${edge}" stroke-width="${width}"`;
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"${stroke}/>`;
}

const songs = "'Songti SC','STSong','Noto Serif CJK SC','Noto Serif SC','SimSun',serif";
const rounds = "'PingFang SC','Microsoft YaHei UI','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif";

/** A large character as it is cut. */
export function han(x: number, y: number, size: number, word: string, fill: string): string {
  return `<text x="${x}" y="${y}" font-family="${songs}" font-size="${size}" font-weight="700" fill="${fill}" text-anchor="middle">${word}</text>`;
}

export function heart(x: number, y: number, size: number, fill = red): string {
  const d = "M0 8C-14-3-11-14-4-14-1-14 0-11 0-10 0-11 1-14 4-14 11-14 14-3 0 8Z";
  return at(x, y, shape(d, fill, ""), size / 14);
}

export function star(x: number, y: number, size: number, fill = gold): string {
  return at(x, y, shape("M0-10 3-3 10 0 3 3 0 10-3 3-10 0-3-3Z", fill, ""), size / 10);
}

/** The words below: large for a few Han, smaller for long English. */
export function caption(words: string, color = ink): string {
  const units = Array.from(words).reduce((sum, one) => sum + (one > "\u2e80" ? 1 : 0.6), 0);
  const size = Math.min(29, 226 / units);
  return `<text x="120" y="230" font-family="${rounds}" font-size="${size.toFixed(1)}" font-weight="700" fill="${color}" stroke="${cream}" stroke-width="6" stroke-linejoin="round" paint-order="stroke" text-anchor="middle">${words}</text>`;
}
