/**
 * Each smiley as SVG elements in a box of 48 × 48 (docs/spec/media.md ME27). The device makes the picture and shows it
 * as an image, so no script in it could run.
 */
import {
  angry,
  at,
  blue,
  blush,
  box,
  brown,
  cream,
  deep,
  dot,
  eyes,
  fist,
  gold,
  green,
  grey,
  head,
  heart,
  ink,
  leaf,
  line,
  mirrored,
  mouths,
  oval,
  palm,
  raised,
  red,
  rose,
  sad,
  shape,
  streams,
  sweat,
  tear,
  thumb,
  word,
} from "./brush.ts";

/** Parts of a face, each as SVG elements. `of`: the head. */
type Look = {
  readonly of?: string;
  readonly eyes?: string;
  readonly mouth?: string;
  readonly more?: string;
};

/** A face of the usual parts. */
const face = ({ of = head(), eyes: e = eyes.dots, mouth = mouths.smile, more = "" }: Look) => of + e + mouth + more;

const angryHead = head("#f2784b", "#8f3519");
const sickHead = head("#c5d98a", "#66803a");
const coldHead = head("#a9d3ee", "#3f7ba3");
const shades =
  shape("M8 17h32l-1.500 6q-1 4.500-6 4.500-4.500 0-6-5-2.500-2-5 0-1.500 5-6 5-5 0-6-4.500z", ink) +
  line("M13 20l4 0", "#fff", 1.6);
const glasses =
  oval(16.5, 21, 6, 5.6, "#e8f4fb", ink, 2) +
  oval(31.5, 21, 6, 5.6, "#e8f4fb", ink, 2) +
  line("M22.500 20h3", ink, 2) +
  dot(17.5, 21, 2.2) +
  dot(32.5, 21, 2.2);
const zs = word(37, 13, 10, "z", deep) + word(43, 7.5, 7, "z", deep);
const steam = line("M6 8q-3-3 0-6M42 8q3-3 0-6M10.500 6q-2-2 0-4M37.500 6q2-2 0-4", "#c0392b", 1.8);
const slice = at(
  24,
  37,
  shape("M-15-5a15 13 0 0 0 30 0z", leaf) +
    shape("M-13-5a13 11 0 0 0 26 0z", "#f3f7dc") +
    shape("M-11.500-5a11.500 9.500 0 0 0 23 0z", "#e8493f") +
    dot(-4, -2, 1.1) +
    dot(3, -2, 1.1) +
    dot(0, 1, 1.1),
);
const flower = (petals: string, turn = 0) =>
  line("M24 24q-1 10 1 21", leaf, 3) +
  shape("M25 36q7-7 12-4-3 6-12 4z", green, leaf, 1.2) +
  at(
    24,
    15,
    shape("M-9-4q2-7 9-7t9 7q1 9-9 13-10-4-9-13z", petals, "#8e1f1f", 1.8) +
      line("M-5-2q5-6 8 0t-4 4M-3 5q5 0 7-5", "#8e1f1f", 1.5),
    turn,
  );
const cup =
  shape("M9 19h26v12q0 10-10 10h-6q-10 0-10-10z", "#fff", ink, 2) +
  line("M35 22q8-1 7 6-1 6-8 6", ink, 2.4) +
  oval(22, 19.5, 13, 3.2, "#7b4a2b", ink, 1.6);
const sparks = (x: number, y: number, size: number, color: string) =>
  at(
    x,
    y,
    Array.from(
      { length: 10 },
      (_, n) =>
        `<g transform="rotate(${36 * n})">${line(`M0-${size * 0.35}V-${size}`, color, 2)}${dot(0, -size - 1.5, 1.1, color)}</g>`,
    ).join(""),
  );
const hammer = at(35, 10, box(-8, -6, 15, 9, 2, grey, ink, 1.8) + line("M0 3l2 16", brown, 3.4), 24);
const pigNose =
  oval(24, 27, 7, 5, "#f08f93", "#a8485a", 1.8) + oval(21.5, 27, 1.4, 2, "#a8485a") + oval(26.5, 27, 1.4, 2, "#a8485a");
const shivers = line("M4 16q-2.500 3 0 6t0 6M44 16q2.500 3 0 6t0 6", deep, 2.2);
const smallHead = (held: string) => at(24, 20, at(-24, -24, held), 0, 0.78);

/** By `id` of names.ts. */
export const drawings: Readonly<Record<string, string>> = {
  微笑: face({ more: blush }),
  撇嘴: face({ mouth: line("M17 34q8-6 15 1", ink), eyes: eyes.half }),
  色: face({ eyes: eyes.hearts, mouth: mouths.open }),
  发呆: face({ eyes: eyes.wide, mouth: line("M20.500 33.500h7") }),
  得意: head() + shades + mouths.smirk,
  流泪: face({ eyes: eyes.closed, mouth: mouths.frown, more: tear(13, 28.5) + tear(35, 28.5) }),
  害羞: face({ eyes: eyes.closed, mouth: mouths.small, more: oval(12, 28, 5, 3.2, rose) + oval(36, 28, 5, 3.2, rose) }),
  闭嘴: face({ mouth: mouths.zip }),
  睡: face({ eyes: eyes.closed, mouth: mouths.o, more: zs }),
  大哭: face({ eyes: sad + line("M12.500 21.500h8M27.500 21.500h8"), mouth: mouths.cry, more: streams }),
  尴尬: face({ eyes: eyes.flat, mouth: mouths.wavy, more: sweat }),
  发怒: face({ of: angryHead, eyes: angry + eyes.dots, mouth: mouths.frown, more: steam }),
  调皮: face({ eyes: eyes.wink, mouth: mouths.tongue }),
  呲牙: face({ eyes: eyes.happy, mouth: mouths.teeth }),
  惊讶: face({ eyes: eyes.wide, mouth: mouths.o, more: raised.replaceAll("14q", "12q") }),
  难过: face({ eyes: sad + eyes.dots, mouth: mouths.frown }),
  囧:
    head() +
    shape("M10.500 19.500l9-4.500M37.500 19.500l-9-4.500", "none", ink, 2.8) +
    box(17.5, 27, 13, 10, 1.5, "#7a2e22", ink, 2),
  抓狂: face({
    of: angryHead,
    eyes: eyes.squeezed,
    mouth: mouths.teeth,
    more: line("M9 7l3 6M16 3.500l2 6M32 3.500l-2 6M39 7l-3 6", "#8f3519", 2.4),
  }),
  吐: face({
    of: sickHead,
    eyes: eyes.squeezed,
    mouth: shape("M18 29h12v10q-1 6-6 6t-6-6z", "#7ea83e", "#4f7423", 1.6),
  }),
  偷笑: face({ eyes: eyes.happy, mouth: mouths.small, more: palm(28, 38, -28, 0.95) + blush }),
  愉快: face({ eyes: eyes.happy, more: blush }),
  白眼: face({ eyes: eyes.up, mouth: mouths.skew }),
  傲慢: face({ eyes: eyes.half + line("M11.500 15.500l8 1.500M36.500 13.500l-8 3", ink, 2.2), mouth: mouths.skew }),
  困: face({ eyes: eyes.half, mouth: mouths.o, more: zs }),
  惊恐: face({ of: coldHead, eyes: eyes.tiny, mouth: mouths.bigO, more: sad.replaceAll("17l", "14l") }),
  流汗: face({ eyes: eyes.flat, mouth: mouths.flat, more: sweat + tear(9.5, 16) }),
  憨笑: face({ eyes: eyes.happy, mouth: mouths.open }),
  悠闲: face({
    eyes: eyes.half,
    mouth: mouths.smirk,
    more: shape("M6 13q18-14 36 0l2 4q-20-6-40 0z", green, leaf, 1.8) + dot(24, 9.5, 2.2, gold),
  }),
  奋斗: face({
    eyes: angry + eyes.dots,
    mouth: mouths.smirk,
    more: box(5, 8, 38, 5.5, 2, red) + fist(38, 38, 0, 0.95),
  }),
  咒骂: face({
    of: angryHead,
    eyes: angry + eyes.dots,
    mouth: box(11, 28, 26, 9.5, 3, ink) + word(24, 36, 9.5, "#@!", "#fff"),
  }),
  疑问: face({ eyes: eyes.wide, mouth: mouths.skew, more: word(40, 17, 20, "?", red) }),
  嘘: face({
    eyes: eyes.dots,
    mouth: mouths.o,
    more: at(24, 36, box(-2.6, -9, 5.2, 13, 2.6, "#ffc24d", "#a8651f", 1.6) + fist(0, 7, 0, 0.9)),
  }),
  晕: face({ eyes: eyes.spirals, mouth: mouths.wavy }),
  衰: face({
    of: head("#b9a27f", "#6d5332"),
    eyes: sad + eyes.flat,
    mouth: mouths.frown,
    more: line("M36 9l5 0M33 5l9-1", "#6d5332", 2),
  }),
  骷髅:
    shape("M24 4C12 4 5 12 5 22q0 8 6 11v6q0 4 4 4h18q4 0 4-4v-6q6-3 6-11C43 12 36 4 24 4Z", "#f6f1e4", ink, 2) +
    oval(16, 23, 5.5, 6, ink) +
    oval(32, 23, 5.5, 6, ink) +
    shape("M24 28l-2.500 5h5z", ink) +
    line("M19 37v6M24 37v6M29 37v6", ink, 1.8),
  敲打: face({ eyes: eyes.crosses, mouth: mouths.frown, more: hammer }),
  再见: face({ eyes: eyes.happy, more: palm(38.5, 33, 14, 1.05) }),
  擦汗: face({ eyes: eyes.flat, mouth: mouths.small, more: sweat + fist(33, 12, 20, 0.85) }),
  抠鼻: face({
    eyes: eyes.half,
    mouth: mouths.flat,
    more: at(27, 32, box(-2, -6, 4, 9, 2, "#ffc24d", "#a8651f", 1.5) + fist(4, 6, -20, 0.85), 18),
  }),
  鼓掌: face({ eyes: eyes.happy, mouth: mouths.small, more: palm(15, 40, 32, 0.9) + mirrored(palm(15, 40, 32, 0.9)) }),
  坏笑: face({
    eyes: eyes.aside + line("M12 14.500l7 1.500M36 14.500l-7 1.500", ink, 2.2),
    mouth: line("M15 30.500q9 7 17-2"),
  }),
  左哼哼: face({ eyes: mirrored(eyes.aside), mouth: line("M13.500 33q5-3.500 9 .5") }),
  右哼哼: face({ eyes: eyes.aside, mouth: mirrored(line("M13.500 33q5-3.500 9 .5")) }),
  哈欠: face({ eyes: eyes.closed, mouth: mouths.bigO, more: tear(36, 26, 0.7) + palm(33, 40, -10, 0.75) }),
  鄙视: face({ eyes: eyes.aside + line("M11.500 15h9M27.500 15h9", ink, 2.4), mouth: line("M17 34q7-4 14-1") }),
  委屈: face({ eyes: sad + eyes.shiny, mouth: line("M20 34q4-4 8 0") }),
  快哭了: face({ eyes: sad + eyes.shiny, mouth: mouths.wavy, more: tear(36, 28, 0.8) }),
  阴险: face({ eyes: angry + eyes.half, mouth: line("M14.500 30q9.500 8 19-1") }),
  亲亲: face({ eyes: eyes.wink, mouth: mouths.kiss, more: blush + at(38, 31, heart, 12, 0.9) }),
  可怜: face({ eyes: sad + eyes.shiny, mouth: mouths.small, more: blush }),
  笑脸: face({ mouth: mouths.open, more: blush }),
  生病: face({
    eyes: sad + eyes.dots,
    mouth:
      shape("M9 28q15-5 30 0l-2 9q-13 7-26 0z", "#eaf4f8", "#7ea3b5", 1.8) +
      line("M13 31.500h22M14 35h20", "#b7d0dc", 1.4),
  }),
  脸红: face({
    eyes: eyes.wide,
    mouth: mouths.small,
    more: oval(12, 29, 5.6, 3.6, "#ef6a5c") + oval(36, 29, 5.6, 3.6, "#ef6a5c"),
  }),
  破涕为笑: face({ eyes: eyes.happy, mouth: mouths.open, more: tear(8, 26, 1.25) + tear(40, 26, 1.25) }),
  恐惧: face({ of: coldHead, eyes: sad + eyes.tiny, mouth: mouths.wavy }),
  失望: face({ eyes: sad + eyes.closed, mouth: mouths.frown }),
  无语: face({ eyes: eyes.flat, mouth: mouths.flat, more: line("M34 8v6M38 9.500v5M42 12v3", deep, 2) }),
  嘿哈: face({ eyes: eyes.squeezed, mouth: mouths.open, more: fist(39, 36, 0, 1) + fist(8, 38, 0, 0.9) }),
  捂脸: face({ eyes: "", mouth: mouths.smile, more: palm(19, 22, -16, 1.35) + line("M31 21q2-2.500 5 0") }),
  奸笑: face({ eyes: eyes.happy + angry.replaceAll("14.5l7 3", "13l7 2.5"), mouth: mouths.teeth }),
  机智: head() + glasses + mouths.smirk + line("M38 6l2-4M42 9l4-2M34 4V0", gold, 2.4),
  皱眉: face({
    eyes: line("M12 16.500l7 1.500M36 16.500l-7 1.500", ink, 2.4) + eyes.dots,
    mouth: line("M18 33.500q6-3 12 0"),
  }),
  耶: face({
    eyes: eyes.wink,
    mouth: mouths.open,
    more: at(
      37,
      33,
      line("M-2 2l-4-13M2 2l4-13", "#a8651f", 6.4) + line("M-2 2l-4-13M2 2l4-13", "#ffc24d", 3.8) + fist(0, 5, 0, 0.85),
    ),
  }),
  吃瓜: face({ eyes: eyes.aside, mouth: "", more: slice }),
  加油: face({ eyes: angry + eyes.dots, mouth: mouths.open, more: fist(38, 35, 10, 1.15) }),
  汗: face({ eyes: eyes.happy, mouth: mouths.wavy, more: tear(38, 13, 1.5) }),
  天啊: face({ eyes: eyes.wide, mouth: mouths.bigO, more: palm(6.5, 33, 20, 0.8) + mirrored(palm(6.5, 33, 20, 0.8)) }),
  Emm: face({
    eyes: eyes.up,
    mouth: mouths.skew,
    more: at(31, 40, box(-8, -3, 11, 5, 2.5, "#ffc24d", "#a8651f", 1.6) + fist(3, 2, 0, 0.8), -20),
  }),
  社会社会: face({ eyes: shades, mouth: mouths.smirk, more: fist(15, 40, 0, 0.95) + palm(29, 41, -70, 0.75) }),
  旺柴:
    shape(
      "M7 18Q5 4 9 3.500q4 0 9 6h12q5-6 9-6 4 .5 2 14.500 4 8 0 16-4 9-17 9T7 34q-4-8 0-16z",
      "#e9a13b",
      "#8a5a1f",
      2,
    ) +
    shape("M10 8.500q3 1 5.500 4l-5 4q-1.500-4-.5-8zM38 8.500q-3 1-5.500 4l5 4q1.500-4 .5-8z", "#f7c9a0") +
    shape("M11 30q1-8 8-8 3 0 5 3 2-3 5-3 7 0 8 8-2 11-13 11T11 30z", cream) +
    oval(24, 27.5, 4, 2.8, ink) +
    line("M24 30v2.500M16 32q4 5 8 .5 4 4.500 9-2", ink, 2.2) +
    line("M12.500 20q3-3 6 0", ink, 2.6) +
    shape("M28.500 19.500q4-3 8 0-1 3-4 3t-4-3z", "#fff", ink, 1.6) +
    dot(34, 20, 1.7) +
    line("M13 14.500l4-1M35 13.500l-4-1", ink, 1.8),
  好的: face({
    eyes: eyes.wink,
    more: at(
      37,
      34,
      `<circle cx="-2" cy="-4" r="4.200" fill="none" stroke="#a8651f" stroke-width="5.400"/><circle cx="-2" cy="-4" r="4.200" fill="none" stroke="#ffc24d" stroke-width="3"/>` +
        line("M2-6l3-7M4-4l5-5M4-1l6-3", "#a8651f", 4.8) +
        line("M2-6l3-7M4-4l5-5M4-1l6-3", "#ffc24d", 2.6) +
        fist(2, 5, 0, 0.7),
    ),
  }),
  打脸: face({
    eyes: eyes.squeezed,
    mouth: mouths.wavy,
    more: palm(9, 29, 40, 1.05) + oval(36, 29, 4.5, 3.2, "#ef5a4c") + line("M4 12l4 3M12 6l2 4", red, 2.2),
  }),
  哇: face({ eyes: eyes.stars, mouth: mouths.open }),
  翻白眼: face({
    eyes:
      oval(16.5, 20.5, 5.4, 5.2, "#fff", ink, 1.6) +
      oval(31.5, 20.5, 5.4, 5.2, "#fff", ink, 1.6) +
      dot(18.5, 16.8, 1.7) +
      dot(33.5, 16.8, 1.7),
    mouth: line("M17.500 33.500q6-3.500 13 0"),
  }),
  666:
    at(
      24,
      26,
      line("M-6 4l-12-7M6 3l12-9", "#a8651f", 9) +
        line("M-6 4l-12-7M6 3l12-9", "#ffc24d", 6) +
        box(-10, -7, 20, 20, 6, "#ffc24d", "#a8651f", 2) +
        line("M-4-6v7M1-6v7M6-6v7", "#a8651f", 1.6),
    ) + word(24, 13, 13, "666", red),
  让我看看: face({ eyes: eyes.wide, mouth: mouths.o, more: palm(7, 27, 12, 0.95) + mirrored(palm(7, 27, 12, 0.95)) }),
  叹气: face({
    eyes: eyes.closed,
    mouth: mouths.o,
    more: shape("M29 35q6-4 8 0 6-1 6 4t-6 4q-9 1-9-3-2-3 1-5z", "#eef3f5", grey, 1.5),
  }),
  苦涩: face({ eyes: sad + eyes.happy, mouth: line("M15 34q3-4 9-3.500t9 2"), more: tear(36.5, 27, 0.8) }),
  裂开:
    at(0, 0, face({ eyes: eyes.dots, mouth: line("M17 33.500h14") })) +
    shape("M22 3.500l4 8-5 7 5 7-5 8 4 11q-4 0-2 0l-4-11 4-8-5-7 5-7-4-7.500z", "#fffdf6", "#a8651f", 1.4),
  怄火: face({ of: angryHead, eyes: angry + eyes.flat, mouth: mouths.zip, more: steam }),
  嘴唇:
    shape("M4 22q8-11 15-11 3 0 5 3 2-3 5-3 7 0 15 11-7 15-20 15T4 22z", "#dd4a4a", "#8e1f2b", 2) +
    shape("M7 22q10-3 17-1 7-2 17 1-9 4-17 4T7 22z", "#7a1f26") +
    line("M14 16q3-2 5-1", "#f7a8a0", 2.2),
  爱心: at(24, 25, heart, 0, 3.7) + line("M12 16q2-5 6-4.500", "#f7a8a0", 2.6),
  心碎: at(24, 25, heart, 0, 3.7) + shape("M24 13l-4 8 6 5-5 6 4 9 3-10 4-5-6-6 2-7z", "#fffdf6"),
  拥抱: face({ eyes: eyes.happy, more: blush + palm(8, 38, 46, 1.05) + mirrored(palm(8, 38, 46, 1.05)) }),
  强: thumb,
  弱: `<g transform="rotate(180 24 24)">${mirrored(thumb)}</g>`,
  握手: at(
    24,
    26,
    line("M-20 0l8-4", deep, 11) +
      line("M20 0l-8-4", red, 11) +
      shape("M-13-8l9-2q4-1 7 2l8-1 3 9-11 9q-3 2-5-1-3 2-4-1-3 1-4-2l-4-5z", "#ffc24d", "#a8651f", 2) +
      line("M-2-6l-5 4q3 3 7 0l9 7M-3 9l4-3M1 10l4-4", "#a8651f", 1.6),
  ),
  胜利: at(
    24,
    24,
    line("M-3 4l-6-20M4 4l7-19", "#a8651f", 9) +
      line("M-3 4l-6-20M4 4l7-19", "#ffc24d", 6) +
      box(-10, 0, 20, 19, 7, "#ffc24d", "#a8651f", 2) +
      line("M-9 8q6-3 10 1-1 4-6 4", "#a8651f", 1.7),
  ),
  抱拳: at(
    24,
    24,
    line("M-19 12l9-8", deep, 9) +
      line("M19 12l-9-8", deep, 9) +
      box(-11, -10, 15, 19, 5, "#ffc24d", "#a8651f", 2) +
      shape("M2-12h4q3 0 3 3V6q0 4-4 4H2z", "#ffc24d", "#a8651f", 2) +
      line("M-10-4h8M-10 1h8M-10 5.500h7", "#a8651f", 1.5),
  ),
  勾引:
    at(
      24,
      26,
      box(-10, -3, 20, 20, 7, "#ffc24d", "#a8651f", 2) +
        line("M-2-1v-10q0-6 6-5 4 1 3 5", "#a8651f", 8) +
        line("M-2-1v-10q0-6 6-5 4 1 3 5", "#ffc24d", 5) +
        line("M-9 4q6-3 11 1-1 4-6 4", "#a8651f", 1.7),
    ) + line("M38 8q5 5 2 12", red, 2.2),
  拳头: fist(24, 25, 0, 2.5),
  OK: at(
    23,
    27,
    `<circle cx="-5" cy="-1" r="7" fill="none" stroke="#a8651f" stroke-width="8.400"/><circle cx="-5" cy="-1" r="7" fill="none" stroke="#ffc24d" stroke-width="5"/>` +
      line("M4-6l3-15M7-2l9-13M8 4l12-8", "#a8651f", 7.6) +
      line("M4-6l3-15M7-2l9-13M8 4l12-8", "#ffc24d", 4.6) +
      shape("M-4 7q6 2 8-6l6 3q2 12-8 14-7 0-9-6z", "#ffc24d", "#a8651f", 1.8),
  ),
  合十: at(
    24,
    25,
    line("M-13 20l4-8M13 20l-4-8", deep, 9) +
      shape("M-1-20q-4 0-5 4L-11 4q-2 8 2 12h8z", "#ffc24d", "#a8651f", 2) +
      shape("M1-20q4 0 5 4L11 4q2 8-2 12h-8z", "#ffc24d", "#a8651f", 2) +
      line("M0-18V15", "#a8651f", 1.6),
  ),
  强壮:
    shape("M6 38q-3-12 3-19 2-9 8-13l5 1q1 6-3 8l1 7q7-4 12-1 8 1 11 8 1 9-5 12-14 6-32-3z", "#ffc24d", "#a8651f", 2) +
    line("M20 22q-2 4-1 8M30 25q5 1 6 6", "#a8651f", 1.8),
  啤酒:
    box(9, 14, 24, 29, 3, "#f5b93f", ink, 2) +
    line("M33 20h5q3 0 3 4v8q0 4-3 4h-5", ink, 2.6) +
    line("M15 21v16M21 21v16M27 21v16", "#fbe0a0", 2.4) +
    shape("M8 16q-2-6 4-7 2-5 8-3 4-4 8 0 7 0 6 7-1 5-5 3-3 3-6 1-4 3-7 0-5 2-8-1z", "#fffdf6", ink, 1.8),
  咖啡: line("M15 12q-3-3 0-6t0-5M23 12q-3-3 0-6t0-5", grey, 2) + cup + line("M6 44h32", ink, 2.4),
  蛋糕:
    box(7, 24, 34, 18, 3, "#f9d9b0", ink, 2) +
    shape("M7 27v-3q0-5 5-5h24q5 0 5 5v3q-3 5-6 0-3 5-6 0-2 5-5 0-3 5-6 0-3 5-5 0-3 5-6 0z", "#f7a8b0", ink, 1.6) +
    box(22, 9, 4, 10, 1.5, "#fff", ink, 1.4) +
    shape("M24 1q4 4 0 7-4-3 0-7z", "#f08c2e") +
    line("M10 36h28", "#e08a5a", 2.2),
  玫瑰: flower("#e03a3a"),
  凋谢:
    line("M20 45q1-14 10-22", brown, 3) +
    shape("M22 37q-8-6-13-2 4 5 13 2z", "#9a8250") +
    at(
      33,
      18,
      shape("M-9-4q2-7 9-7t9 7q1 9-9 13-10-4-9-13z", "#a0525e", "#5e2a33", 1.8) +
        line("M-5-2q5-6 8 0t-4 4", "#5e2a33", 1.5),
      78,
    ) +
    shape("M37 34q3 3 1 6-4-1-1-6z", "#a0525e"),
  菜刀:
    shape("M5 12q18-6 35-1v18H10q-4-6-5-17z", "#c9d3d8", ink, 2) +
    line("M9 24h30", "#eef3f5", 2) +
    dot(35, 15, 1.8) +
    shape("M29 29h9l3 15h-8z", brown, ink, 1.8),
  炸弹:
    dot(21, 29, 15.5, "#3b3b42") +
    box(25, 9, 9, 8, 2, "#3b3b42") +
    line("M31 9q3-6 9-5", brown, 2.6) +
    sparks(41, 5, 4, "#f08c2e") +
    line("M12 25q2-6 8-7", "#9a9aa6", 2.6),
  便便:
    shape(
      "M24 3q-1 5 4 7 5 3 3 8 7 2 6 9 6 2 5 9-1 7-9 7H15q-8 0-9-7-1-7 5-9-1-7 6-9-2-10 7-15z",
      "#a56b3c",
      "#5f3a1c",
      2,
    ) +
    dot(17.5, 28, 3.4, "#fff") +
    dot(30.5, 28, 3.4, "#fff") +
    dot(17.5, 28, 1.6) +
    dot(30.5, 28, 1.6) +
    line("M18 35q6 4.500 12 0", "#fff", 2.4),
  月亮:
    shape("M31 4a20.500 20.500 0 1 0 13 27A17 17 0 0 1 31 4z", "#ffd95e", "#b07c1e", 2) +
    line("M14 24q3-3 6 0", "#8a5a1f", 2.2) +
    line("M16 33q5 4 9 0", "#8a5a1f", 2.2) +
    oval(11.5, 29, 2.6, 1.8, rose),
  太阳:
    at(
      24,
      24,
      Array.from(
        { length: 8 },
        (_, n) => `<g transform="rotate(${45 * n})">${shape("M-4.500-15.500h9L0-23z", "#f59a2e")}</g>`,
      ).join(""),
    ) +
    `<circle cx="24" cy="24" r="14" fill="#ffcf4a" stroke="#c97a1a" stroke-width="2"/>` +
    oval(19, 22, 1.8, 2.4, ink) +
    oval(29, 22, 1.8, 2.4, ink) +
    line("M18.500 28q5.500 5 11 0", ink, 2.2) +
    oval(15.5, 26.5, 2, 1.4, rose) +
    oval(32.5, 26.5, 2, 1.4, rose),
  西瓜:
    shape("M3 17a21 21 0 0 0 42 0z", leaf, "#24572f", 2) +
    shape("M6.500 17a17.500 17.500 0 0 0 35 0z", "#f3f7dc") +
    shape("M9 17a15 15 0 0 0 30 0z", "#e8493f") +
    dot(17, 21, 1.4) +
    dot(24, 24, 1.4) +
    dot(31, 21, 1.4) +
    dot(24, 18.8, 1.2),
  庆祝:
    shape("M6 43l8-25 17 17z", "#f2b233", ink, 2) +
    line("M11.500 31l7 7M14 22l12 12", "#fff3cf", 2.2) +
    dot(30, 10, 2.4, red) +
    dot(41, 18, 2.2, green) +
    dot(37, 33, 2.2, deep) +
    line("M20 14q-2-6 2-10M28 19q6-1 7-8M34 25q6-3 10 1", "#d8432f", 2.2) +
    dot(22, 8, 1.6, gold) +
    dot(44, 8, 2, blue),
  礼物:
    box(6, 20, 36, 23, 2.5, "#e35d4e", ink, 2) +
    box(4, 14, 40, 9, 2.5, "#ef7a6a", ink, 2) +
    box(20, 14, 8, 29, 0, gold, ink, 1.6) +
    shape("M24 14Q12 15 13 8q3-5 8-1l3 7 3-7q5-4 8 1 1 7-11 6z", gold, ink, 1.8),
  红包:
    box(9, 3, 30, 42, 4, "#d63a2e", "#8e1f1f", 2) +
    shape("M9 10q15 12 30 0V7q0-4-4-4H13q-4 0-4 4z", "#b92d23") +
    dot(24, 17.5, 5.6, "#fbd26a") +
    word(24, 21.2, 9, "¥", "#a3391d") +
    line("M15 36h18", "#f0836f", 2),
  發: box(7, 3, 34, 42, 5, "#fffdf4", ink, 2) + box(7, 39, 34, 6, 3, green) + word(24, 32, 27, "發", "#2e8b4f"),
  福: at(24, 24, box(-16, -16, 32, 32, 2, "#d63a2e", "#8e1f1f", 2), 45) + word(24, 32, 23, "福", "#fbd26a"),
  烟花:
    sparks(17, 18, 11, red) +
    sparks(33, 14, 8, gold) +
    sparks(30, 34, 9, deep) +
    dot(17, 18, 2, gold) +
    dot(33, 14, 1.6, red) +
    dot(30, 34, 1.8, gold),
  爆竹:
    line("M24 2v40", brown, 2) +
    [8, 18, 28]
      .map(
        (y) =>
          at(16, y + 4, box(-3.6, -6, 7.2, 12, 2, red, "#8e1f1f", 1.5) + line("M-3-3h6M-3 3h6", gold, 1.4), 28) +
          at(32, y + 4, box(-3.6, -6, 7.2, 12, 2, red, "#8e1f1f", 1.5) + line("M-3-3h6M-3 3h6", gold, 1.4), -28),
      )
      .join("") +
    sparks(24, 42, 4, "#f08c2e"),
  猪头:
    shape("M6 18Q3 5 8 5q6 1 9 5h14q3-4 9-5 5 0 2 13 3 6 1 13-5 12-19 12T5 31q-2-7 1-13z", "#f9b4b8", "#a8485a", 2) +
    shape("M8.500 9q4 1 5.500 4l-4 4zM39.500 9q-4 1-5.500 4l4 4z", "#f08f93") +
    oval(16, 20.5, 2.2, 2.8, ink) +
    oval(32, 20.5, 2.2, 2.8, ink) +
    pigNose +
    line("M18 35.500q6 4 12 0", "#a8485a", 2.2),
  鬼魂:
    shape("M24 3q15 0 15 17v23l-5-4-5 4-5-4-5 4-5-4-5 4V20Q9 3 24 3z", "#fbfaf5", ink, 2) +
    oval(18, 19, 2.6, 3.6, ink) +
    oval(30, 19, 2.6, 3.6, ink) +
    oval(24, 29, 4, 5, "#7a2e22") +
    oval(14.5, 25, 2.4, 1.6, rose) +
    oval(33.5, 25, 2.4, 1.6, rose),
  跳跳:
    line("M6 44h10M32 44h10", grey, 2.4) +
    smallHead(face({ eyes: eyes.happy, mouth: mouths.open })) +
    line("M9 24l-6-8M39 24l6-8", "#a8651f", 3.4) +
    line("M18 37l-3 5M30 37l3 5", "#a8651f", 3.4),
  发抖: face({ of: coldHead, eyes: eyes.squeezed, mouth: mouths.teeth, more: shivers }),
  转圈:
    line("M5 37q19 13 38 0", deep, 2.6) +
    shape("M43 37l1-7-7 3z", deep) +
    at(24, 22, at(-24, -24, face({ eyes: eyes.happy, mouth: mouths.open })), 14, 0.82),
};

/** As an SVG of its own. Undefined when none is known by that id. */
export function svgOf(id: string): string | undefined {
  const drawn = drawings[id];
  return drawn === undefined
    ? undefined
    : `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="96" height="96">${drawn}</svg>`;
}
