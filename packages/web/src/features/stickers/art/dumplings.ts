/** A family that one can eat: father bun, mother dumpling, and the little tangyuan. */
import { at, type Drawing, dot, gold, heart, ink, line, oval, pink, shape, star } from "./brush.ts";

const dough = "#fff8ec";
const shade = "#f1dfc3";
const blue = "#7fb7dc";

type Mood = "calm" | "happy" | "closed" | "wide" | "wink" | "angry" | "love" | "tired" | "dizzy";
type Mouth = "smile" | "laugh" | "yum" | "flat" | "wavy" | "kiss" | "o";

function face(mood: Mood, mouth: Mouth): string {
  return (
    eyeOf(mood, -17, -1) +
    eyeOf(mood, 17, 1) +
    oval(-29, 12, 7.5, 5, pink) +
    oval(29, 12, 7.5, 5, pink) +
    mouthOf(mouth)
  );
}

function eyeOf(mood: Mood, x: number, side: number): string {
  switch (mood) {
    case "calm":
      return dot(x, 0, 5.2, ink) + dot(x + 1.6, -2, 1.8, "#fff");
    case "wide":
      return oval(x, 0, 7, 8, "#fff", ink, 2.6) + dot(x, 1, 4, ink);
    case "happy":
      return line(`M${x - 6.5} 2Q${x}-8 ${x + 6.5} 2`, ink, 3.8);
    case "closed":
      return line(`M${x - 6.5}-1Q${x} 6 ${x + 6.5}-1`, ink, 3.8);
    case "tired":
      return line(`M${x - 7} 0H${x + 7}M${x - 4} 5H${x + 4}`, ink, 3);
    case "wink":
      return side < 0 ? eyeOf("calm", x, side) : line(`M${x + 5}-5l-9 5 9 5`, ink, 3.6);
    case "angry":
      return dot(x, 2, 5, ink) + line(`M${x + 7 * side}-10L${x - 6 * side}-4`, ink, 4);
    case "love":
      return heart(x, 3, 8.5, "#e8493f");
    case "dizzy":
      return line(`M${x - 5}-5l10 10M${x + 5}-5l-10 10`, ink, 3.6);
    default:
      return mood satisfies never;
  }
}

function mouthOf(mouth: Mouth): string {
  switch (mouth) {
    case "smile":
      return line("M-8 9Q0 18 8 9", ink, 3.8);
    case "laugh":
      return shape("M-10 8H10C9 24-9 24-10 8Z", "#a8322a", ink, 3) + oval(0, 17, 5, 3, pink);
    case "yum":
      return line("M-9 9Q0 18 9 9", ink, 3.8) + shape("M1 13C2 22 12 22 11 12Z", "#ef7d74", ink, 2.6);
    case "flat":
      return line("M-7 13H7", ink, 3.8);
    case "wavy":
      return line("M-10 13q5-6 10 0t10 0", ink, 3.6);
    case "kiss":
      return line("M-2 7C6 7 6 12 0 12 6 12 6 18-2 18", ink, 3.4);
    case "o":
      return oval(0, 13, 5, 6, "#a8322a", ink, 3);
    default:
      return mouth satisfies never;
  }
}

/** The child: round, white, of sticky rice. About 100 wide. */
function ball(mood: Mood, mouth: Mouth, more = ""): string {
  return (
    shape("M0-48C30-48 52-26 52 4 52 34 30 48 0 48-30 48-52 34-52 4-52-26-30-48 0-48Z", "#fffdf7") +
    line("M-34-18C-30-28-22-34-14-36", "#f0e6d2", 5) +
    at(0, 4, face(mood, mouth)) +
    more
  );
}

/** The mother: a dumpling with her pleats as hair. About 150 wide. */
function dumpling(mood: Mood, mouth: Mouth, more = ""): string {
  return (
    shape("M-76 14C-78-34-40-56 0-56 40-56 78-34 76 14 74 42 42 50 0 50-42 50-74 42-76 14Z", dough) +
    shape(
      "M-76 12C-82-4-72-14-68-22-66-36-54-40-50-42-44-54-32-54-28-54-20-64-8-62 0-60 8-62 20-64 28-54 32-54 44-54 50-42 54-40 66-36 68-22 72-14 82-4 76 12 66-12 40-34 0-34-40-34-66-12-76 12Z",
      shade,
    ) +
    line(
      "M-52-40C-48-34-46-30-46-24M-28-52C-26-44-24-40-24-34M0-58V-36M28-52C26-44 24-40 24-34M52-40C48-34 46-30 46-24",
      ink,
      3,
    ) +
    at(0, 10, face(mood, mouth)) +
    more
  );
}

/** The father: a bun, fresh from the steamer. About 140 wide. */
function bun(mood: Mood, mouth: Mouth, more = ""): string {
  return (
    shape(
      "M0-62C10-58 14-50 24-46 58-38 72-12 70 14 68 42 40 50 0 50-40 50-68 42-70 14-72-12-58-38-24-46-14-50-10-58 0-62Z",
      dough,
    ) +
    line("M0-60C-2-48-14-38-28-30M0-60C0-46-4-38-8-28M0-60C2-48 14-38 28-30M0-60C2-46 6-38 10-28", "#d9bd92", 3.5) +
    at(0, 8, face(mood, mouth)) +
    more
  );
}

const hop = "0 0;0 -8;0 0;0 -3;0 0";
const squash = "1 1;1.05 .95;1 1;.98 1.03;1 1";

function steam(x: number, y: number, color = "#d9c8ae"): string {
  return at(x, y, line("M-16 0C-24-10-8-14-16-26M0-4C-8-16 8-20 0-34M16 0C8-10 24-14 16-26", color, 4.5));
}

function arm(x: number, y: number, dx: number, dy: number): string {
  return line(`M${x} ${y}q${dx / 2} ${dy} ${dx} ${dy}`, ink, 5);
}

function bowl(color: string, more = ""): string {
  return (
    shape("M-62 0H62C62 40 36 54 0 54-36 54-62 40-62 0Z", color) +
    line("M-50 18C-20 30 20 30 50 18", "#fff6e6", 4.5) +
    more
  );
}

function cup(color: string): string {
  return (
    line("M26 4C44 2 44 30 24 28", ink, 6) +
    shape("M-28-10H28L22 36H-22Z", color) +
    oval(0, -10, 28, 7, "#b5793f", ink, 3.5)
  );
}

export const dumplingsPack: Readonly<Record<string, Drawing>> = {
  family: ({ move }) =>
    heart(122, 38, 20, "#ef7d74") +
    at(68, 110, move("translate", hop, 2, bun("happy", "smile")), 0.92) +
    at(174, 116, move("translate", "0 0;0 -5;0 0;0 -7;0 0", 2, dumpling("happy", "smile")), 0.82) +
    at(120, 158, move("translate", "0 0;0 -8;0 0;0 -10;0 0", 2, ball("happy", "laugh")), 0.76),
  home: ({ move, fade }) =>
    at(
      14,
      22,
      shape("M120 8 214 84H196V196H44V84H26Z", "#f6d9a8") +
        shape("M120 8 226 94 214 106 120 32 26 106 14 94Z", "#b5533c") +
        shape("M160 30V12H178V46Z", "#b5533c") +
        fade("0;1;0", 2.6, at(169, 8, line("M0 0C-8-8 8-10 0-20", "#cbb79a", 5))) +
        shape("M70 106H170V186H70Z", "#fff3d2", ink, 3.5) +
        at(
          120,
          150,
          move("translate", hop, 2, dumpling("happy", "laugh", arm(72, -4, 22, -20) + arm(-72, -4, -22, -20))),
          0.62,
        ),
      0.88,
    ),
  yum: ({ move }) =>
    at(120, 116, move("scale", squash, 1.2, dumpling("happy", "yum")), 1.22) +
    star(34, 46, 10) +
    star(206, 40, 12) +
    star(212, 84, 6),
  hungry: ({ fade }) =>
    at(120, 118, ball("tired", "wavy", shape("M-12 22C-16 34-14 40-10 40-6 40-6 34-8 24Z", blue, ink, 2.6)), 1.5) +
    fade(
      "0;1;1;0",
      2.4,
      at(190, 40, oval(0, 0, 40, 28, "#fff", "#cbb79a", 3.5) + at(0, 6, dumpling("calm", "smile"), 0.32)) +
        oval(160, 72, 7, 5, "#fff", "#cbb79a", 3),
    ),
  full: ({ move }) =>
    at(120, 112, move("scale", "1 1;1.04 1;1 1", 2, bun("closed", "smile")), 1.42) +
    at(
      40,
      180,
      shape("M-30 6C-30 24 30 24 30 6Z", "#7fb7dc", ink, 3.5) +
        shape("M-30-6C-30 12 30 12 30-6Z", "#fff", ink, 3.5) +
        shape("M-30-18C-30 0 30 0 30-18Z", "#7fb08f", ink, 3.5),
    ) +
    line("M190 190 226 176M194 198 228 188", "#a3552f", 5),
  share: ({ move }) =>
    at(96, 106, bun("happy", "smile"), 1.22) +
    move(
      "rotate",
      "0 200 150;-6 200 150;0 200 150",
      1.4,
      at(192, 138, oval(0, 34, 44, 10, "#7fb08f", ink, 4) + at(0, 10, dumpling("love", "smile"), 0.5)),
    ) +
    heart(206, 74, 13, "#ef7d74"),
  tea: ({ fade }) =>
    at(110, 104, dumpling("closed", "smile"), 1.18) +
    at(184, 158, cup("#86b39a"), 1.1) +
    fade("0;1;1;0", 2.6, steam(184, 132)),
  cheers: ({ move }) =>
    at(66, 122, bun("happy", "laugh"), 0.88) +
    at(180, 126, dumpling("happy", "laugh"), 0.78) +
    move(
      "rotate",
      "-8 96 110;4 96 110;-8 96 110",
      1.2,
      at(102, 66, shape("M-17-22H17L12 22H-12Z", "#f7d98b") + shape("M-17-22C-20-32 20-32 17-22Z", "#fff"), 1, 14),
    ) +
    move(
      "rotate",
      "8 150 110;-4 150 110;8 150 110",
      1.2,
      at(142, 66, shape("M-17-22H17L12 22H-12Z", "#f7d98b") + shape("M-17-22C-20-32 20-32 17-22Z", "#fff"), 1, -14),
    ) +
    line("M122 34V14M104 38 94 22M140 38 150 22", gold, 5),
  kiss: ({ move }) =>
    at(92, 120, move("rotate", "0 0 48;8 0 48;0 0 48", 1.4, ball("closed", "kiss")), 1.45) +
    move(
      "translate",
      "0 8;8 -8;0 8",
      1.8,
      heart(190, 96, 22, "#e8493f") + heart(214, 52, 14, "#ef7d74") + heart(184, 40, 9, pink),
    ),
  shy: ({ move }) =>
    at(
      120,
      114,
      move(
        "rotate",
        "-4 0 48;4 0 48;-4 0 48",
        1.6,
        ball(
          "closed",
          "smile",
          oval(-32, 18, 12, 8, "#f58f86") +
            oval(32, 18, 12, 8, "#f58f86") +
            line("M-36 14l-3 7M-30 14l-3 7M33 14l-3 7M39 14l-3 7", "#fff", 2.4),
        ),
      ),
      1.5,
    ) +
    heart(206, 46, 12, pink) +
    heart(34, 60, 9, pink),
  angry: ({ move, fade }) =>
    at(
      120,
      124,
      move(
        "translate",
        "0 0;2 0;-2 0;2 0;0 0",
        0.5,
        bun("angry", "wavy", oval(0, 12, 52, 30, "rgb(232 73 63 / .14)", "")),
      ),
      1.32,
    ) +
    fade("1;.2;1", 1, steam(60, 44, "#c9b89c") + steam(180, 44, "#c9b89c")) +
    at(196, 78, line("M-9-3C-5-3-3-5-3-9M3-9C3-5 5-3 9-3M9 3C5 3 3 5 3 9M-3 9C-3 5-5 3-9 3", "#e8493f", 4.5), 1.5),
  great: ({ move }) =>
    at(106, 118, dumpling("wink", "laugh"), 1.16) +
    move(
      "rotate",
      "0 196 130;-10 196 130;0 196 130",
      1.2,
      at(
        196,
        104,
        shape(
          "M-22 6C-22-2-14-6-8-8L-2-30C2-40 14-34 11-24L8-10H22C31-10 31 0 26 2 31 6 28 14 23 14 26 20 21 25 17 25 18 31 12 32 7 32H-10C-20 32-22 18-22 6Z",
          dough,
        ),
        1.2,
      ),
    ) +
    star(36, 46, 11) +
    star(168, 34, 8) +
    star(62, 26, 6),
  rest: ({ fade }) =>
    at(104, 96, bun("happy", "smile"), 1.16) +
    at(
      186,
      158,
      bowl(
        "#c8564a",
        shape("M-54 0C-50-16 50-16 54 0Z", "#f2d6a0", ink, 3.5) +
          dot(-22, -6, 9, "#fff") +
          dot(4, -8, 9, "#fff") +
          dot(26, -5, 8, "#fff"),
      ),
      0.74,
    ) +
    fade("0;1;1;0", 2.6, steam(186, 136)) +
    heart(206, 72, 11, "#ef7d74"),
  sleepy: ({ move }) =>
    at(
      120,
      122,
      move(
        "rotate",
        "-5 0 48;5 0 48;-5 0 48",
        3,
        ball("closed", "o", shape("M-24-46C-14-78 22-82 46-54 30-58 14-52 4-44Z", "#8fa9d6") + dot(48, -52, 8, gold)),
      ),
      1.42,
    ) +
    move(
      "translate",
      "0 0;5 -7;0 0",
      2.4,
      at(204, 84, line("M-8-8H8L-8 8H8", "#6f87b5", 5)) + at(220, 46, line("M-8-8H8L-8 8H8", "#6f87b5", 5), 1.3),
    ),
};
