/**
 * Festivals and good wishes, cut from red paper as for a window. What is cut out is drawn in the colour of the pane.
 */
import { around, at, cream, type Drawing, dot, gold, han, line, oval, red, shape, star } from "./brush.ts";

const cut = cream;

function paper(d: string): string {
  return shape(d, red, "");
}
function hole(d: string): string {
  return shape(d, cut, "");
}
function slit(d: string, width = 3.5): string {
  return line(d, cut, width);
}

/** A petal that points up from (0, 0): `far` long, `wide` across. */
function petal(far: number, wide: number, near = 0): string {
  const middle = (far + near) / 2;
  return `M0 ${-near}C${wide} ${-middle} ${wide / 2} ${-far} 0 ${-far}C${-wide / 2} ${-far} ${-wide} ${-middle} 0 ${-near}Z`;
}

/** A round flower for a window: `n` lobes around a middle for a word. */
function rosette(n: number, middle: string): string {
  const lobes = around(n, oval(0, -74, 25, 25, red)) + dot(0, 0, 78, red);
  const cuts =
    around(n, hole(petal(90, 13, 66)) + dot(0, -95, 2.8, cut)) +
    around(n, hole("M0-62 6-56 0-48-6-56Z") + slit("M-9-70Q-16-74-15-84M9-70Q16-74 15-84", 2.6), 360 / n / 2);
  return at(120, 102, `${lobes}${cuts}<circle r="44" fill="${cut}"/><circle r="40" fill="${red}"/>${middle}`);
}

function plum(size: number, fill = red, heart = cut): string {
  return (
    around(5, dot(0, -size * 0.62, size * 0.5, fill)) +
    dot(0, 0, size * 0.45, fill) +
    around(5, line(`M0 0V${-size * 0.5}`, heart, 2)) +
    dot(0, 0, size * 0.16, heart)
  );
}

function cloud(): string {
  return (
    paper("M-34 10C-46 10-46-8-32-8-32-22-10-24-6-12 4-22 22-16 20-4 34-6 38 10 26 10Z") +
    slit("M-28 3C-34 3-34-3-28-3-24-3-24 2-27 2M-2 3C-10 3-10-7-2-7 4-7 4 0 0 0M20 4C15 4 15-1 20-1", 2.4)
  );
}

function tassel(y: number): string {
  return (
    dot(0, y, 7, red) +
    dot(0, y, 3, cut) +
    paper(`M-9 ${y + 7}H9L12 ${y + 44}H-12Z`) +
    slit(`M-5 ${y + 14}L-6 ${y + 44}M0 ${y + 14}V${y + 44}M5 ${y + 14}L6 ${y + 44}`, 2)
  );
}

function lantern(word: string): string {
  return (
    line("M0-74V-56", red, 5) +
    paper("M-22-60H22V-48H-22Z") +
    oval(0, -4, 62, 48, red) +
    paper("M-22 40H22V52H-22Z") +
    slit("M-26-44C-46-24-46 16-26 36M26-44C46-24 46 16 26 36", 4) +
    slit("M-48-32C-60-14-60 6-48 24M48-32C60-14 60 6 48 24", 3) +
    `<circle r="25" cy="-4" fill="${cut}"/>` +
    han(0, 9, 36, word, red) +
    slit("M-14-54H14M-14 46H14", 3) +
    tassel(58)
  );
}

function fish(): string {
  return (
    paper(
      "M-64 4C-44-34 4-40 40-14 52-26 72-34 84-30 74-18 72-8 74 2 80 12 84 22 82 32 68 32 52 22 40 10 4 36-44 32-64 4Z",
    ) +
    paper("M-20-26C-14-44 8-48 20-40 14-34 12-28 12-22Z") +
    dot(-42, -2, 7, cut) +
    dot(-42, -2, 3, red) +
    slit("M-28-20C-18-8-18 10-28 22", 4) +
    [-14, 2, 18].map((x) => slit(`M${x}-14q9 7 0 14M${x} 1q9 7 0 14`, 3)).join("") +
    slit("M44-10 70-22M48-2 68 0M44 6 70 20", 3)
  );
}

function rabbit(): string {
  return (
    paper(
      "M-30 44C-44 20-34-8-8-12-14-40-8-64 0-66 8-64 6-36 6-26 12-48 24-60 30-56 34-48 22-30 18-20 34-16 42-2 38 10 34 18 24 20 18 18 26 28 26 40 18 46Z",
    ) +
    dot(24, -2, 3.4, cut) +
    slit("M0-56C-2-44-1-34 1-24M25-48C20-40 17-34 14-26", 2.6) +
    slit("M-20 40C-28 24-20 8-8 8M-4 44C-2 36 4 32 10 32", 3) +
    dot(-34, 30, 9, red) +
    slit("M34 8h6M33 12l6 3", 2)
  );
}

function leaf(): string {
  return (
    paper("M0 0C18-14 22-44 0-66-22-44-18-14 0 0Z") + slit("M0-6V-54M0-20 9-30M0-20-9-30M0-34 8-44M0-34-8-44", 2.6)
  );
}

function zongzi(): string {
  return (
    paper("M0-58C10-58 54 24 50 34 46 44-46 44-50 34-54 24-10-58 0-58Z") +
    slit("M-4-52C-20-14-34 18-46 34M4-52C20-14 34 18 46 34M0-54V40", 3) +
    `<path d="M-34 6C-12 16 12 16 34 6" fill="none" stroke="${gold}" stroke-width="7"/><path d="M0 12 16 26M0 12-16 26" stroke="${gold}" stroke-width="5" stroke-linecap="round"/>` +
    dot(0, 12, 6, gold)
  );
}

function peach(word: string): string {
  return (
    paper("M0 62C-52 62-72 22-60-14-50-44-18-54 2-74 14-54 52-42 60-12 70 26 50 62 0 62Z") +
    slit("M2-72C-12-48-18-34-16-20", 4) +
    slit("M-50 6C-50 32-34 50-12 54", 3) +
    at(-24, 56, leaf(), 0.72, -62) +
    at(26, 56, leaf(), 0.72, 62) +
    han(6, 34, 62, word, cut)
  );
}

function knot(): string {
  // A cord that never ends: four rows across four, woven.
  const rows = [-30, -10, 10, 30];
  const across =
    rows.map((y) => line(`M-44 ${y}H44`, red, 11)).join("") + rows.map((x) => line(`M${x}-44V44`, red, 11)).join("");
  const seams = rows.map((y) => slit(`M-44 ${y}H44`, 2)).join("") + rows.map((x) => slit(`M${x}-44V44`, 2)).join("");
  const over = rows
    .flatMap((y, i) =>
      rows.map((x, j) =>
        (i + j) % 2 === 0 ? line(`M${x - 7} ${y}H${x + 7}`, red, 11) + slit(`M${x - 8} ${y}H${x + 8}`, 2) : "",
      ),
    )
    .join("");
  const loop =
    line("M-30-44C-30-62-10-62-10-44M10-44C10-62 30-62 30-44", red, 11) +
    slit("M-30-44C-30-62-10-62-10-44M10-44C10-62 30-62 30-44", 2);
  return `<g transform="rotate(45)">${across}${seams}${over}${around(4, loop)}</g>`;
}

const swing = "-5;5;-5";

export const paperPack: Readonly<Record<string, Drawing>> = {
  fu: ({ move }) =>
    at(
      120,
      102,
      // Upside down it has arrived: 倒 sounds like 到.
      move(
        "rotate",
        "0;0;180;180;360",
        5,
        paper("M0-98 98 0 0 98-98 0Z") +
          slit("M0-86 86 0 0 86-86 0Z", 3) +
          around(4, dot(0, -71, 4, gold) + slit("M-14-62Q-10-74 0-74M14-62Q10-74 0-74", 2.6)) +
          around(4, dot(0, -62, 3, cut), 45) +
          han(0, 34, 94, "福", gold),
      ),
    ),
  "new-year": ({ move, fade }) => {
    const cracker = (x: number, y: number, turn: number) =>
      at(x, y, paper("M-8-14H8V14H-8Z") + slit("M-8-9H8M-8 9H8", 2.6), 1, turn);
    const string = [0, 1, 2, 3, 4].map((i) => cracker(-12, -52 + i * 30, 24) + cracker(12, -44 + i * 30, -24)).join("");
    const spark = around(8, line("M0-9V-17", gold, 4)) + dot(0, 0, 5, gold);
    return (
      at(32, 80, line("M0-78V96", red, 4) + string) +
      at(208, 80, line("M0-78V96", red, 4) + string) +
      fade("1;.2;1", 0.8, at(32, 190, spark) + at(208, 190, spark)) +
      at(
        120,
        100,
        move(
          "rotate",
          "-2 0 -90;2 0 -90;-2 0 -90",
          2,
          paper("M-52-92H52V92L0 74-52 92Z") +
            slit("M-44-84H44V78L0 63-44 78Z", 3) +
            han(0, -24, 62, "新", gold) +
            han(0, 44, 62, "年", gold),
        ),
      )
    );
  },
  wealth: ({ move, fade }) =>
    at(
      120,
      148,
      paper("M-98-44C-74-44-58-28-46-8-48-60 48-60 46-8 58-28 74-44 98-44 96 18 62 44 0 44-62 44-96 18-98-44Z") +
        slit("M-46-6C-30 10 30 10 46-6M-84-30C-78 12-50 32 0 33 50 32 78 12 84-30M-18-30C-6-38 6-38 18-30", 4) +
        dot(0, -14, 6, gold),
    ) +
    at(
      120,
      52,
      move(
        "translate",
        "0 0;0 -5;0 0",
        1.6,
        dot(0, 0, 46, red) +
          `<circle r="38" fill="none" stroke="${gold}" stroke-width="4"/>` +
          shape("M-11-11H11V11H-11Z", cut, gold, 3) +
          han(0, -15, 21, "招", gold) +
          han(0, 31, 21, "财", gold) +
          han(25, 8, 21, "进", gold) +
          han(-25, 8, 21, "宝", gold),
      ),
    ) +
    fade("1;.3;1", 1.4, star(38, 66, 13) + star(204, 60, 13) + star(52, 30, 7) + star(190, 24, 8)),
  plenty: ({ move }) =>
    at(
      120,
      102,
      move("rotate", "0;12;0;-12;0", 4, at(2, -48, fish(), 1.06, -10) + at(-2, 48, fish(), 1.06, 170)) +
        at(-74, 14, plum(15)) +
        at(74, -14, plum(15)) +
        dot(-94, -18, 4, gold) +
        dot(94, 18, 4, gold),
    ),
  lantern: ({ move }) =>
    at(120, 88, move("rotate", "-5 0 -76;5 0 -76;-5 0 -76", 2.4, lantern("元"))) +
    at(36, 92, move("rotate", "5 0 -76;-5 0 -76;5 0 -76", 2.4, lantern("灯")), 0.55) +
    at(204, 92, move("rotate", "5 0 -76;-5 0 -76;5 0 -76", 2.4, lantern("谜")), 0.55),
  spring: ({ move }) =>
    line(
      "M16 190C70 176 96 150 122 118 146 90 176 74 222 70M122 118C112 86 96 66 70 52M88 158C66 142 50 136 26 138",
      red,
      8,
    ) +
    slit("M26 186C74 172 98 148 124 118 146 92 176 78 214 73", 2) +
    at(70, 50, move("scale", "1;1.08;1", 2, plum(26))) +
    at(150, 88, plum(24)) +
    at(196, 66, move("scale", "1.08;1;1.08", 2, plum(28))) +
    at(104, 140, plum(20)) +
    at(36, 136, plum(22)) +
    dot(120, 66, 8, red) +
    dot(174, 108, 8, red) +
    dot(64, 178, 7, red) +
    at(
      166,
      40,
      move(
        "translate",
        "0 0;-8 5;0 0",
        2,
        paper(
          "M-40-6C-22-14-10-8-2-2 4-22 20-32 40-34 30-16 22-6 10 4 26 4 38 12 48 26 30 20 14 18 0 12-12 14-26 8-40-6Z",
        ) +
          dot(-22, -3, 2.6, cut) +
          slit("M6-4C14-12 22-20 30-26M8 8C20 8 30 12 38 18", 2.4),
      ),
    ),
  "dragon-boat": ({ move }) =>
    at(66, 126, leaf(), 1.2, -40) +
    at(174, 126, leaf(), 1.2, 40) +
    at(120, 104, leaf(), 1.3) +
    at(80, 116, leaf(), 1.3, -20) +
    at(160, 116, leaf(), 1.3, 20) +
    at(120, 148, move("rotate", "-3 0 40;3 0 40;-3 0 40", 1.8, zongzi()), 1.22) +
    at(40, 172, zongzi(), 0.62, -8) +
    at(200, 172, zongzi(), 0.62, 8),
  moon: ({ move }) =>
    at(
      120,
      98,
      dot(0, 0, 92, gold) +
        `<circle r="84" fill="none" stroke="${red}" stroke-width="3"/>` +
        around(12, dot(0, -77, 3, red)),
    ) +
    at(112, 104, move("translate", "0 0;0 -6;0 0", 1.8, rabbit()), 1.12) +
    at(54, 164, move("translate", "-4 0;4 0;-4 0", 3, cloud()), 1.15) +
    at(186, 160, move("translate", "4 0;-4 0;4 0", 3, cloud()), 1.2) +
    at(172, 54, plum(13)) +
    at(190, 82, plum(10)) +
    at(150, 34, plum(10)),
  winter: ({ move }) =>
    at(
      120,
      102,
      move(
        "rotate",
        "0;30;0",
        6,
        around(
          6,
          line("M0 0V-92", red, 11) +
            line("M0-62-22-82M0-62 22-82M0-36-18-52M0-36 18-52", red, 8) +
            oval(0, -92, 9, 9, red) +
            slit("M0-30V-84", 2.4) +
            dot(0, -92, 3.4, cut),
        ) +
          around(6, shape("M0-22 12-40 0-52-12-40Z", red, ""), 30) +
          around(6, hole("M0-30 5-40 0-46-5-40Z"), 30),
      ) +
        dot(0, 0, 30, red) +
        `<circle r="25" fill="${cut}"/>` +
        han(0, 13, 34, "冬", red),
    ),
  congratulations: ({ move }) =>
    move("rotate", "-4 120 102;4 120 102;-4 120 102", 2.4, rosette(8, han(0, 20, 56, "喜", gold))),
  joy: ({ move }) =>
    at(
      120,
      102,
      dot(0, 0, 96, red) +
        `<circle r="87" fill="none" stroke="${cut}" stroke-width="3"/>` +
        around(16, hole("M0-72 5-78 0-84-5-78Z")) +
        han(0, 39, 108, "囍", gold),
    ) +
    at(
      40,
      176,
      move(
        "scale",
        "1;1.12;1",
        1.4,
        shape("M0 14C-26-6-20-26-8-26-2-26 0-20 0-18 0-20 2-26 8-26 20-26 26-6 0 14Z", red, cut, 4),
      ),
    ) +
    at(
      200,
      176,
      move(
        "scale",
        "1.12;1;1.12",
        1.4,
        shape("M0 14C-26-6-20-26-8-26-2-26 0-20 0-18 0-20 2-26 8-26 20-26 26-6 0 14Z", red, cut, 4),
      ),
    ),
  longevity: ({ move }) =>
    at(120, 112, move("scale", "1;1.04;1", 2, peach("寿")), 1.34) +
    star(40, 46, 10) +
    star(206, 52, 10) +
    star(190, 26, 6),
  peace: ({ move }) =>
    at(
      120,
      108,
      move(
        "rotate",
        "-4 0 80;4 0 80;-4 0 80",
        2.2,
        paper("M0-44C22-62 72-50 74-2 76 46 40 82 14 80 4 79-4 79-14 80-40 82-76 46-74-2-72-50-22-62 0-44Z") +
          line("M0-42C0-62 6-74 16-84", red, 8) +
          paper("M12-66C26-92 58-90 70-84 60-64 34-52 12-66Z") +
          slit("M20-66C34-72 48-78 60-80", 3) +
          slit("M-62 2C-62-24-46-38-30-38", 4) +
          han(0, 20, 48, "平", cut) +
          han(0, 66, 42, "安", cut),
      ),
      1.06,
    ),
  luck: ({ move }) =>
    at(
      120,
      84,
      move(
        "rotate",
        swing.replaceAll(";", " 0 -80;").concat(" 0 -80"),
        2.4,
        line("M0-82V-60", red, 6) + knot() + at(0, 64, tassel(6)),
      ),
      1,
    ) +
    star(34, 66, 11) +
    star(206, 66, 11) +
    star(54, 138, 7) +
    star(186, 138, 7),
};
