/** The little goose of the mark, in everyday feelings: a red scarf, and a letter to carry. */
import {
  at,
  type Brush,
  cream,
  type Drawing,
  dot,
  gold,
  heart,
  ink,
  line,
  oval,
  pink,
  red,
  shape,
  star,
} from "./brush.ts";

const brown = "#a98560";
const dark = "#7d5f43";
const orange = "#f39a3a";
const blue = "#7fb7dc";

type Eyes = "open" | "happy" | "closed" | "cry" | "wide" | "wink" | "up";
type Beak = "shut" | "smile" | "open" | "sad" | "small";
type Pose = {
  readonly eyes?: Eyes;
  readonly beak?: Beak;
  /** Degrees from hanging down; up is about 130. */
  readonly wings?: readonly [left: number, right: number];
  /** How far the head leans. */
  readonly lean?: number;
  readonly over?: string;
  readonly under?: string;
  readonly feet?: boolean;
  /** Wings before what it holds. */
  readonly held?: string;
};

const outline =
  "M120 18C148 18 164 38 164 64 164 82 155 93 149 102 148 110 151 116 157 120 177 130 189 147 189 167 189 195 161 210 120 210 79 210 51 195 51 167 51 147 63 130 83 120 89 116 92 110 91 102 85 93 76 82 76 64 76 38 92 18 120 18Z";

function eye(kind: Eyes, x: number, side: number): string {
  switch (kind) {
    case "open":
      return dot(x, 80, 6.5, ink) + dot(x + 2, 77.5, 2.3, "#fff");
    case "wide":
      return oval(x, 80, 8, 9.5, "#fff", ink, 3) + dot(x, 81, 5, ink) + dot(x + 1.5, 79, 1.8, "#fff");
    case "up":
      return oval(x, 80, 8, 9.5, "#fff", ink, 3) + dot(x + 2, 76, 4.5, ink);
    case "happy":
      return line(`M${x - 8} 83Q${x} 71 ${x + 8} 83`, ink, 4.5);
    case "closed":
      return line(`M${x - 8} 79Q${x} 87 ${x + 8} 79`, ink, 4.5);
    case "cry":
      return line(`M${x - 8} 77Q${x} 84 ${x + 8} 77`, ink, 4.5) + line(`M${x - 8 * side} 70l${-3 * side}-4`, ink, 3);
    case "wink":
      return side < 0 ? dot(x, 80, 6.5, ink) + dot(x + 2, 77.5, 2.3, "#fff") : line(`M${x - 7} 76l9 5-9 5`, ink, 4);
    default:
      return kind satisfies never;
  }
}

function beakOf(kind: Beak): string {
  const top =
    shape(
      "M96 99C99 92 106 90 110 88 112 82 128 82 130 88 134 90 141 92 144 99 136 106 104 106 96 99Z",
      orange,
      ink,
      3.5,
    ) + shape("M111 88C112 81 128 81 129 88 126 91 114 91 111 88Z", dark, "");
  const nostrils = dot(113, 95, 1.6, dark) + dot(127, 95, 1.6, dark);
  switch (kind) {
    case "shut":
      return top + nostrils;
    case "smile":
      return shape("M108 102C112 113 128 113 132 102Z", "#e07b2c", ink, 3.5) + top + nostrils;
    case "open":
      return (
        shape("M103 102C105 123 135 123 137 102Z", "#a8322a", ink, 3.5) + oval(120, 114, 8, 4.5, pink) + top + nostrils
      );
    case "sad":
      return shape("M109 102C112 108 128 108 131 102Z", "#e07b2c", ink, 3.5) + top + nostrils;
    case "small":
      return shape(
        "M108 97C109 92 113 90 115 87 117 83 123 83 125 87 127 90 131 92 132 97 127 103 113 103 108 97Z",
        orange,
        ink,
        3.5,
      );
    default:
      return kind satisfies never;
  }
}

function wing(side: 1 | -1, turn: number): string {
  const d = "M0-8C22-4 34 22 33 50 33 58 26 58 24 53 22 61 14 61 13 54 9 60 2 57 2 49 0 30-10 14-8 2-7-5-4-9 0-8Z";
  const feathers = line("M24 52C24 42 22 34 18 28M13 53C13 44 11 37 8 32", dark, 2.5);
  return `<g transform="translate(${120 + side * 49} 138) scale(${side} 1) rotate(${-turn})">${shape(d, brown)}${feathers}</g>`;
}

function foot(x: number): string {
  return shape(
    `M${x} 203C${x + 4} 203 ${x + 16} 213 ${x + 18} 217Q${x + 10} 221 ${x + 7} 217 ${x} 222 ${x - 7} 217 ${x - 10} 221 ${x - 18} 217C${x - 16} 213 ${x - 4} 203 ${x} 203Z`,
    orange,
    ink,
    3.5,
  );
}

const scarf =
  shape("M142 122 156 160 139 165 129 126Z", red, ink, 3.5) +
  shape("M89 104C102 114 138 114 151 104L156 119C142 132 98 132 84 119Z", red, ink, 3.5) +
  line("M142 158l2-8M149 157l2-8", cream, 2.5);

function goose({
  eyes = "open",
  beak = "smile",
  wings = [0, 0],
  lean = 0,
  over = "",
  under = "",
  feet = true,
  held = "",
}: Pose): string {
  const head = at(
    0,
    -9,
    shape(
      "M77 64C80 40 98 27 120 27 142 27 160 40 163 64 152 50 137 48 128 57 124 61 121 65 120 70 119 65 116 61 112 57 103 48 88 50 77 64Z",
      brown,
      "",
    ) +
      line("M114 28C112 20 116 15 121 13M123 27C124 21 128 18 132 18", ink, 4) +
      oval(91, 97, 9, 6, pink) +
      oval(149, 97, 9, 6, pink) +
      eye(eyes, 99, -1) +
      eye(eyes, 141, 1) +
      beakOf(beak),
  );
  const belly = line("M104 168l5 5 5-5M127 178l5 5 5-5M106 188l5 5 5-5", "#e3cfae", 3);
  const all = `${under}${feet ? foot(100) + foot(140) : ""}${shape(outline, "#fffaf0", ink, 4.5)}${belly}${head}${scarf}${held}${wing(-1, wings[0])}${wing(1, wings[1])}${over}`;
  return at(12, 2, lean === 0 ? all : `<g transform="rotate(${lean} 120 205)">${all}</g>`, 0.9);
}

const sway = "0 120 200;-5 120 200;5 120 200;0 120 200";
const hop = "0 0;0 -6;0 0;0 -3;0 0";

function envelope(x: number, y: number, scale: number, turn = 0): string {
  return at(
    x,
    y,
    shape("M-34-22H34V22H-34Z", cream, ink, 4) +
      line("M-33-20 0 6 33-20", ink, 4) +
      dot(0, 6, 9, red) +
      heart(0, 7.5, 5, cream),
    scale,
    turn,
  );
}

function zzz({ move }: Brush): string {
  const z = (x: number, y: number, s: number) => at(x, y, line("M-8-8H8L-8 8H8", "#6f87b5", 4.5), s);
  return move("translate", "0 0;5 -6;0 0", 2.4, z(182, 62, 0.75) + z(200, 40, 1) + z(222, 14, 1.25));
}

export const goosePack: Readonly<Record<string, Drawing>> = {
  ok: ({ move }) =>
    move(
      "rotate",
      sway,
      1.6,
      goose({
        eyes: "wink",
        wings: [10, 92],
        over: at(
          214,
          128,
          shape(
            "M-20 4C-26-8-18-14-10-12L-2-32C0-40 12-38 11-29L8-14H22C30-14 30-4 25-2 31 2 28 10 23 10 27 15 22 20 18 20 20 26 14 28 8 28H-8C-15 28-17 15-20 4Z",
            brown,
          ),
          0.86,
        ),
      }),
    ),
  thanks: ({ move }) =>
    move(
      "rotate",
      "0 120 200;9 120 200;9 120 200;0 120 200",
      1.8,
      goose({ eyes: "closed", beak: "small", lean: 4, held: oval(120, 158, 13, 15, "#fffaf0", ""), wings: [-42, -42] }),
    ) +
    heart(196, 60, 15, "#ef7d74") +
    heart(216, 86, 9, pink),
  morning: ({ move }) =>
    at(
      120,
      96,
      move(
        "rotate",
        "0;30",
        5,
        Array.from(
          { length: 12 },
          (_, i) => `<path d="M0-84 7-104H-7Z" fill="${gold}" transform="rotate(${i * 30})"/>`,
        ).join(""),
      ) + dot(0, 0, 78, "#fbdc86"),
    ) + move("translate", hop, 1.6, goose({ eyes: "happy", wings: [118, 118] })),
  night: (brush) =>
    shape("M56 16A42 42 0 1 0 98 64 35 35 0 0 1 56 16Z", "#f6d26b", "#e0ac3c", 3.5) +
    star(112, 20, 8) +
    star(30, 116, 6) +
    at(
      30,
      26,
      `${brush.move("scale", "1 1;1.02 .98;1 1", 2.4, goose({ eyes: "closed", beak: "small", feet: false }))}${shape("M36 152C58 138 186 138 206 152 216 178 210 200 204 206 160 216 80 216 36 206 30 190 28 168 36 152Z", "#8fa9d6")}${line("M40 170C90 158 150 158 204 170", "#c9d7f0", 5)}${star(76, 186, 7, "#f6e3a1")}${star(124, 190, 9, "#f6e3a1")}${star(168, 184, 6, "#f6e3a1")}`,
      0.81,
    ) +
    at(-10, 26, zzz(brush)),
  miss: ({ fade }) =>
    at(-22, 22, goose({ eyes: "up", beak: "small", wings: [0, -38] }), 0.9) +
    dot(148, 74, 6, cream) +
    fade(
      ".2;1;1;.2",
      3,
      `${shape("M168 16C178 2 204 4 208 18 226 16 236 34 226 46 232 62 214 72 202 66 192 78 170 76 166 64 148 66 142 48 152 40 146 28 156 16 168 16Z", "#fff", "#cbb79a", 3.5)}${heart(189, 42, 22, "#ef7d74")}`,
    ) +
    oval(158, 84, 7, 6, "#fff", "#cbb79a", 3),
  hug: ({ move }) =>
    move("scale", "1 1;1.03 .98;1 1", 1.6, goose({ eyes: "happy", beak: "open", wings: [88, 88] })) +
    heart(28, 44, 15, "#ef7d74") +
    heart(212, 44, 15, "#ef7d74") +
    heart(120, 166, 20, "#ef7d74"),
  love: ({ move }) =>
    goose({
      eyes: "happy",
      held: "",
      wings: [-34, -34],
      over: `<g transform="translate(120 160)">${move("scale", "1;1.14;1;1.1;1", 1.4, heart(0, 6, 38, "#e8493f"))}${shape("M-16-14C-12-20-8-20-6-18", "none", "#ffb4ac", 4)}</g>`,
    }) +
    move(
      "translate",
      "0 6;0 -6;0 6",
      2,
      heart(34, 62, 12, pink) + heart(208, 70, 15, pink) + heart(196, 34, 9, "#ef7d74"),
    ),
  cheer: ({ move }) =>
    move(
      "translate",
      hop,
      1.2,
      goose({
        eyes: "happy",
        beak: "open",
        wings: [128, 20],
        over: `<g transform="translate(58 74) rotate(-14)">${line("M0 26V-56", "#8a6a45", 6)}${shape("M2-58C20-66 28-48 46-56V-24C28-16 20-34 2-26Z", gold)}${heart(24, -38, 11, cream)}</g>`,
      }),
    ) + line("M196 64l14-12M204 82l18-4M190 48l4-18", gold, 5),
  birthday: ({ fade }) =>
    at(
      18,
      20,
      goose({
        eyes: "happy",
        beak: "open",
        wings: [30, 30],
        over:
          shape("M100 26 124-14 141 24C130 30 112 32 100 26Z", "#5fae8b") +
          dot(124, -13, 8, gold) +
          line("M108 13l25 8M115 1l15 5", cream, 4),
      }),
      0.85,
    ) +
    at(
      120,
      172,
      shape("M-50-16H50V24C50 30-50 30-50 24Z", "#fbe3c0") +
        shape(
          "M-50-16C-50-28 50-28 50-16V-6C44 4 36 4 32-6 26 6 16 6 10-6 4 6-6 6-12-6-18 4-28 4-32-6-38 4-46 4-50-6Z",
          pink,
        ) +
        [-24, 0, 24].map((x) => shape(`M${x - 4}-24V-44H${x + 4}V-24Z`, cream, ink, 3)).join("") +
        fade("1;.55;1;.7;1", 0.9, [-24, 0, 24].map((x) => oval(x, -52, 4.5, 7.5, gold, "#e08a2c", 2.5)).join("")),
      0.92,
    ) +
    star(34, 50, 9) +
    dot(210, 44, 6, "#5fae8b") +
    dot(28, 96, 5, pink) +
    star(214, 92, 8) +
    dot(188, 16, 5, red),
  haha: ({ move }) =>
    move(
      "rotate",
      "0 120 200;-7 120 200;7 120 200;-7 120 200;0 120 200",
      0.9,
      goose({
        eyes: "happy",
        beak: "open",
        wings: [-30, 74],
        over: shape(
          "M70 74C60 82 56 88 58 94 62 100 72 96 72 88ZM170 74C180 82 184 88 182 94 178 100 168 96 168 88Z",
          blue,
          ink,
          3,
        ),
      }),
    ) + line("M30 54l-12-10M26 76H8M210 54l12-10", ink, 4),
  cry: ({ move }) => {
    const drop = (x: number) =>
      shape(`M${x} 84C${x - 9} 98 ${x - 9} 110 ${x} 110 ${x + 9} 110 ${x + 9} 98 ${x} 84Z`, blue, ink, 3);
    return (
      oval(120, 200, 92, 12, "#bfe0f2") +
      goose({
        eyes: "cry",
        beak: "sad",
        wings: [-14, -14],
        over:
          move("translate", "0 -4;0 26;0 -4", 1.4, drop(84) + drop(156)) +
          move("translate", "0 18;0 44;0 18", 1.4, at(0, 22, drop(74) + drop(166), 1)),
      })
    );
  },
  sorry: ({ move }) =>
    move(
      "rotate",
      "0 120 200;12 120 200;12 120 200;0 120 200",
      2.2,
      goose({ eyes: "cry", beak: "small", lean: 5, wings: [-40, -40] }),
    ) +
    shape("M190 34C182 46 182 56 190 56 198 56 198 46 190 34Z", blue, ink, 3) +
    line("M30 60l12 8M26 84h14", "#8a94a6", 4),
  busy: ({ move }) =>
    goose({
      eyes: "wide",
      beak: "small",
      wings: [-6, -6],
      feet: false,
      over:
        shape("M38 154H202L210 206H30Z", "#cfd6dc") +
        shape("M50 116H190V196H50Z", "#5d6d78", ink, 4) +
        shape("M58 124H182V188H58Z", "#e8f1f4", "") +
        at(120, 158, heart(0, 2, 14, "#ef7d74")),
    }) +
    move(
      "translate",
      "0 0;0 -4;0 0",
      0.7,
      at(
        196,
        52,
        shape("M-26-18H26V14H4L-8 26V14H-26Z", "#fff", ink, 3.5) +
          dot(-12, -2, 3.5, ink) +
          dot(0, -2, 3.5, ink) +
          dot(12, -2, 3.5, ink),
      ),
    ) +
    shape("M44 40C36 52 36 62 44 62 52 62 52 52 44 40Z", blue, ink, 3),
  eat: ({ move, fade }) =>
    goose({
      eyes: "happy",
      beak: "open",
      wings: [-20, 60],
      over:
        shape("M72 166H168C168 196 148 208 120 208 92 208 72 196 72 166Z", "#4f8fb8") +
        line("M82 182C108 190 132 190 158 182", cream, 4) +
        shape("M76 166C78 146 98 138 120 138 142 138 162 146 164 166Z", "#fff", ink, 4) +
        line("M104 152l6 3M122 148l6 4M136 156l5 2", "#d8cfc0", 3),
    }) +
    move("rotate", "0 206 130;10 206 130;0 206 130", 1.2, line("M178 156 220 66M190 160 228 78", "#a3552f", 6)) +
    fade("0;1;0", 2, line("M92 126C86 116 98 112 92 102M148 126C142 116 154 112 148 102", "#d9c8ae", 4)),
  go: ({ move }) =>
    line("M14 110H40M6 136H34M18 162H42", "#cbb79a", 5) +
    move(
      "translate",
      "0 0;6 -7;0 0;6 -7;0 0",
      1.2,
      at(10, 0, goose({ eyes: "open", beak: "open", wings: [40, 112], lean: 8 })),
    ) +
    at(
      52,
      176,
      shape("M-14-30C-14-42 14-42 14-30", "none", ink, 5) +
        shape("M-32-28H32V24H-32Z", "#5fae8b") +
        line("M-14-28V24M14-28V24", "#3f8a69", 4) +
        heart(0, 0, 9, cream) +
        dot(-20, 28, 5, ink) +
        dot(20, 28, 5, ink),
      0.9,
    ),
  letter: ({ move }) =>
    goose({ eyes: "happy", beak: "smile", wings: [104, 104] }) +
    move("rotate", "-4 120 60;5 120 60;-4 120 60", 1.4, envelope(120, 168, 1.25, -3)) +
    star(34, 36, 9) +
    star(208, 36, 9) +
    star(30, 150, 6) +
    star(214, 152, 6),
};
