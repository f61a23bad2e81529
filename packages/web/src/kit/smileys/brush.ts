/**
 * Shapes of which the smileys are drawn: 48 × 48 units, with few lines, so that they are recognizable at 24 px. One
 * style: a warm round face with a dark edge, eyes at x = 17 and 31, a mouth below y = 30. The drawings in this folder
 * are in the public domain (CC0 1.0), like the stickers.
 */
export const ink = "#4a3226";
const skin = "#ffd166";
const edge = "#a8651f";
export const red = "#d8432f";
export const rose = "#f4897b";
export const blue = "#6fb6e8";
export const deep = "#2f7fb8";
export const green = "#5da66a";
export const leaf = "#3f7f4c";
export const gold = "#f2b233";
export const brown = "#8a5a34";
export const cream = "#fff6e3";
export const grey = "#a9b0b4";

export const shape = (d: string, fill: string, line = "", width = 2) =>
  `<path d="${d}" fill="${fill}"${line === "" ? "" : ` stroke="${line}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"`}/>`;
export const line = (d: string, color = ink, width = 2.6) =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
export const dot = (x: number, y: number, r: number, fill = ink) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
export const oval = (x: number, y: number, rx: number, ry: number, fill: string, around = "", width = 2) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"${around === "" ? "" : ` stroke="${around}" stroke-width="${width}"`}/>`;
export const box = (x: number, y: number, w: number, h: number, r: number, fill: string, around = "", width = 2) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill}"${around === "" ? "" : ` stroke="${around}" stroke-width="${width}"`}/>`;
export const at = (x: number, y: number, held: string, turn = 0, grown = 1) =>
  `<g transform="translate(${x} ${y})${turn === 0 ? "" : ` rotate(${turn})`}${grown === 1 ? "" : ` scale(${grown})`}">${held}</g>`;
export const mirrored = (held: string) => `<g transform="translate(48 0) scale(-1 1)">${held}</g>`;
export const word = (x: number, y: number, size: number, text: string, fill: string) =>
  `<text x="${x}" y="${y}" font-size="${size}" font-weight="800" fill="${fill}" text-anchor="middle" font-family="'PingFang SC','Microsoft YaHei UI','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif">${text}</text>`;

/** The round face; in another color for a sick or angry one. */
export const head = (fill = skin, around = edge) =>
  `<circle cx="24" cy="24" r="20.5" fill="${fill}" stroke="${around}" stroke-width="2"/>` +
  `<path d="M9.5 18C11.500 12.500 15.500 9 20 7.800" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="2.600" stroke-linecap="round"/>`;
export const blush = oval(12, 29, 3.6, 2.2, rose) + oval(36, 29, 3.6, 2.2, rose);

export const heart = shape(
  "M0 4.500C-7-1-5-5.500-2-5.500-.500-5.500 0-4 0-3.500 0-4 .5-5.500 2-5.500 5-5.500 7-1 0 4.500Z",
  red,
);

const both = (eye: (x: number) => string) => eye(16.5) + eye(31.5);
export const eyes = {
  dots: both((x) => oval(x, 21, 2.4, 3, ink)),
  happy: both((x) => line(`M${x - 4} 22.500q4-5.500 8 0`)),
  closed: both((x) => line(`M${x - 4} 20.500q4 4 8 0`)),
  flat: both((x) => line(`M${x - 3.5} 21H${x + 3.5}`)),
  wide: both((x) => dot(x, 20.5, 5, "#fff") + dot(x, 20.5, 2.2)),
  tiny: both((x) => dot(x, 20.5, 5.4, "#fff") + dot(x, 20.5, 1.2)),
  up: both((x) => oval(x, 20.5, 5, 5, "#fff", ink, 1.5) + dot(x + 0.5, 17.6, 2)),
  aside: both((x) => oval(x, 21, 4.8, 4, "#fff", ink, 1.5) + dot(x + 2.4, 21.4, 2)),
  hearts: both((x) => at(x, 21, heart)),
  crosses: both((x) => line(`M${x - 3} 18l6 6M${x + 3} 18l-6 6`)),
  squeezed: line("M13 17.500l6 3.500-6 3.500") + line("M35 17.500l-6 3.500 6 3.500"),
  half: both((x) => shape(`M${x - 4.5} 20.500a4.500 4.500 0 0 0 9 0z`, "#fff", ink, 1.6) + dot(x + 1, 22, 1.8)),
  shiny: both((x) => dot(x, 21, 4.6) + dot(x - 1.5, 19.3, 1.6, "#fff") + dot(x + 1.5, 22.6, 0.9, "#fff")),
  wink: oval(16.5, 21, 2.4, 3, ink) + line("M28 21q3.500-3.500 7 0"),
  spirals: both((x) =>
    line(`M${x} 21m0 0a1.500 1.500 0 0 1 2 1.500a3 3 0 0 1-5-.5a4.500 4.500 0 0 1 7.500-3.500`, ink, 1.8),
  ),
  stars: both((x) =>
    shape(
      `M${x} 15.500l1.700 3.500 3.800.5-2.800 2.700.7 3.800-3.400-1.800-3.400 1.800.7-3.800-2.800-2.700 3.800-.5z`,
      "#e8743b",
    ),
  ),
} as const;

export const angry = line("M12 14.500l7 3M36 14.500l-7 3");
export const sad = line("M12.500 17l6-3M35.500 17l-6-3", ink, 2.2);
export const raised = line("M13 14q3.500-2.500 7 0M28 14q3.500-2.500 7 0", ink, 2.2);

export const mouths = {
  smile: line("M16 30q8 7.500 16 0"),
  small: line("M20 31.500q4 3 8 0"),
  flat: line("M18 32.500h12"),
  frown: line("M17 34.500q7-6 14 0"),
  skew: line("M18 34q6 .5 12-4"),
  wavy: line("M15.500 33q3-3.500 5.700 0t5.700 0 5.600 0", ink, 2.4),
  o: oval(24, 33, 3.6, 4.4, "#7a2e22"),
  bigO: oval(24, 33, 5.6, 7, "#7a2e22"),
  open:
    shape("M14.500 28.500h19c0 7-4 11-9.500 11s-9.500-4-9.500-11z", "#7a2e22") +
    shape("M18.500 37q5.500-4.500 11 0-5 3.800-11 0z", rose),
  cry: shape("M15 37c1-7 5-9.500 9-9.500s8 2.500 9 9.500q-9-3.500-18 0z", "#7a2e22"),
  teeth: box(14, 28.5, 20, 8, 4, "#fff", ink, 1.8) + line("M20.500 29v7M27.500 29v7M14.500 32.500h19", "#c9b8a8", 1.2),
  tongue:
    line("M15.500 29.500q8.500 7 17 0") + shape("M20.500 32.700c-.5 8 7.500 8 7-.2q-3.500 1-7 .2z", rose, ink, 1.5),
  kiss: line("M22 28.500c5 0 5 3.500 1 3.500 4 0 4 4-1 4", ink, 2.2),
  smirk: line("M17.500 32.500q8 3 13-3.500"),
  zip:
    line("M15 32h18") +
    line("M18 29.800v4.400M21 29.800v4.400M24 29.800v4.400M27 29.800v4.400M30 29.800v4.400", ink, 1.6),
} as const;

export const tear = (x: number, y: number, grown = 1) =>
  at(
    x,
    y,
    shape("M0-4.500C3 0 3.200 1 3.200 2.200a3.200 3.200 0 0 1-6.400 0C-3.200 1-3 0 0-4.500Z", blue, deep, 1),
    0,
    grown,
  );
export const streams =
  shape("M13.500 23.500h5.500v15q-3 2.500-5.500 0z", blue) + shape("M29 23.500h5.500v15q-2.500 2.500-5.500 0z", blue);
export const sweat = tear(38.5, 14, 1.15);
/** A hand that comes in from below, palm up; the thumb to the left. */
export const fist = (x: number, y: number, turn = 0, grown = 1) =>
  at(
    x,
    y,
    box(-6.5, -6, 13, 11.5, 4.5, "#ffc24d", edge, 1.8) + line("M-2.500-5.500v4M1.500-5.500v4M-6-1.500h5", edge, 1.5),
    turn,
    grown,
  );
export const palm = (x: number, y: number, turn = 0, grown = 1) =>
  at(
    x,
    y,
    shape(
      "M-6 7V-1L-9.500-3.500a2 2 0 0 1 2.500-3L-4-4.500V-10a2 2 0 0 1 3.600-1 2 2 0 0 1 3.600 0A2 2 0 0 1 6.500-9V4q0 5-5 5h-3q-3 0-4.500-2z",
      "#ffc24d",
      edge,
      1.8,
    ) + line("M-.400-10v6M3.200-10v6", edge, 1.3),
    turn,
    grown,
  );
export const thumb =
  shape(
    "M14 22l6.500-13.500q4.500.2 4 5.500l-.7 5H36q3.500.5 3 4l-2.300 12.500Q36 39 32.500 39H14z",
    "#ffc24d",
    edge,
    2,
  ) +
  box(6.5, 21, 9, 19, 2, deep, "", 0) +
  line("M27 25.500h11M26.500 30h11M26 34.500h10.500", edge, 1.3);
