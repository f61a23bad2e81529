/**
 * Moods of Status: 24 line icons, each with one part in red. A mood is identified by its key, so that clients with
 * other icons agree on it. Class `v` is the red part, `n` a line over it.
 */
export const moods = {
  happy: [
    ["circle", { cx: "16", cy: "16", r: "11" }],
    ["path", { d: "M11 14h.01M21 14h.01" }],
    ["path", { class: "v", d: "M11.5 18.5h9a4.5 4.5 0 0 1-9 0z" }],
  ],
  quiet: [
    ["path", { d: "M5 24h22M8 20c2-1 4-1 8-1s6 0 8 1" }],
    ["path", { d: "M16 19V9" }],
    ["circle", { class: "v", cx: "16", cy: "7", r: "2.5" }],
  ],
  tired: [
    ["path", { d: "M5 23V11M5 19h22v4M27 19v-2a4 4 0 0 0-4-4H12v6" }],
    ["circle", { class: "v", cx: "8.5", cy: "15.5", r: "2" }],
  ],
  homesick: [
    ["path", { d: "M5 16 16 6l11 10" }],
    ["path", { d: "M8 14v12h16V14" }],
    ["rect", { class: "v", x: "13.5", y: "18", width: "5", height: "8", rx: ".5" }],
  ],
  low: [
    ["path", { d: "M8 20a5 5 0 0 1 1-9.9 7 7 0 0 1 13.5 1.5A4.3 4.3 0 0 1 23 20z" }],
    ["path", { d: "M11 24v2M21 24v2" }],
    ["path", { class: "v", d: "M16 23c1.4 1.8 1.9 2.6 1.9 3.3a1.9 1.9 0 0 1-3.8 0c0-.7.5-1.5 1.9-3.3z" }],
  ],
  unwell: [
    ["path", { d: "M20 6a3 3 0 0 0-6 0v12a5.5 5.5 0 1 0 6 0z" }],
    ["path", { d: "M17 11v9" }],
    ["circle", { class: "v", cx: "17", cy: "22.5", r: "2.5" }],
  ],
  cross: [
    [
      "path",
      {
        d: "M16 27c-5 0-8.5-3.5-8.5-8C7.5 12 14 11 13 4c5 2 6 6 6 8 1-1 1.5-2 1.5-3 2.5 2.5 4 6 4 9.5 0 5-3.5 8.5-8.5 8.5z",
      },
    ],
    ["path", { class: "v", d: "M16 25c-2 0-3.5-1.5-3.5-3.5S15 19 16 16c1.5 2.5 3.5 3.5 3.5 5.5S18 25 16 25z" }],
  ],
  dreaming: [
    ["path", { d: "M6 25h20" }],
    ["path", { d: "M10 25c0-6 2-9 6-9s6 3 6 9" }],
    ["circle", { cx: "16", cy: "11", r: "4" }],
    ["circle", { class: "v", cx: "25.5", cy: "6.5", r: "1.8" }],
    ["path", { d: "M22 8.5h.01" }],
  ],
  cooking: [
    ["path", { d: "M5 15h22c0 7-4 11-11 11S5 22 5 15z" }],
    ["path", { d: "M12 11c-1.5-2 1.5-3 0-5M20 11c-1.5-2 1.5-3 0-5" }],
    ["circle", { class: "v", cx: "16", cy: "15", r: "2.3" }],
  ],
  tea: [
    ["path", { d: "M7 13h15v6a6 6 0 0 1-6 6h-3a6 6 0 0 1-6-6z" }],
    ["path", { d: "M22 14h1.5a3 3 0 0 1 0 6H22M5 28h19" }],
    ["path", { d: "M14.5 9.5c-1.3-1.7 1.3-2.5 0-4.5" }],
    ["rect", { class: "v", x: "12.5", y: "16.5", width: "4", height: "4", rx: ".8" }],
  ],
  reading: [
    ["path", { d: "M16 9c-3-2.5-7-2.5-11-2v17c4-.5 8-.5 11 2 3-2.5 7-2.5 11-2V7c-4-.5-8-.5-11 2zM16 9v17" }],
    ["path", { class: "v", d: "M20.5 6.5h3v8l-1.5-1.3-1.5 1.3z" }],
  ],
  walking: [
    ["path", { d: "M4 25c6 0 5-5 11-5s5-6 13-6" }],
    ["path", { d: "M9 19v-6M9 13a4 4 0 1 1 .01 0z" }],
    ["circle", { class: "v", cx: "24", cy: "8", r: "3" }],
  ],
  running: [
    ["circle", { class: "v", cx: "20", cy: "6.5", r: "2.7" }],
    ["path", { d: "M9 13l5-2.5 4 3-3 5 5 3v6M15 18.5l-3 5H7M18 13.5l3 2.5h4" }],
  ],
  working: [
    ["rect", { x: "5", y: "11", width: "22", height: "14", rx: "2" }],
    ["path", { d: "M12 11V8.5A1.5 1.5 0 0 1 13.5 7h5A1.5 1.5 0 0 1 20 8.5V11M5 17h8M19 17h8" }],
    ["rect", { class: "v", x: "13.5", y: "15", width: "5", height: "4", rx: "1" }],
  ],
  singing: [
    ["path", { d: "M12 23V8l13-3v15" }],
    ["circle", { cx: "9", cy: "23", r: "3" }],
    ["circle", { class: "v", cx: "22", cy: "20", r: "3" }],
  ],
  travelling: [
    ["path", { d: "M4 20h24l-3 5H8z" }],
    ["path", { d: "M15 20V5l9 11h-9" }],
    ["path", { class: "v", d: "M13 8v9H7.5z" }],
  ],
  moon: [
    ["path", { d: "M25 19A10.5 10.5 0 1 1 13 6a8.5 8.5 0 0 0 12 13z" }],
    ["circle", { class: "v", cx: "22", cy: "9", r: "2" }],
  ],
  rain: [
    ["path", { d: "M4 17a12 12 0 0 1 24 0z" }],
    ["path", { d: "M16 17v7.5a2.5 2.5 0 0 0 5 0" }],
    ["circle", { class: "v", cx: "16", cy: "4", r: "2" }],
  ],
  snow: [
    ["circle", { cx: "16", cy: "21", r: "6.5" }],
    ["circle", { cx: "16", cy: "10.5", r: "4.5" }],
    ["path", { d: "M6 28h20" }],
    ["path", { class: "v", d: "M11.5 14h9v2.2l2.2 3h-3.2l-1-2.2h-7z" }],
  ],
  bloom: [
    ["path", { d: "M16 27V17M16 23c-2-3-5-3-7-2 1 3 4 4 7 2zM16 21c1-3 4-3.5 6-3 0 3-3 5-6 3z" }],
    [
      "path",
      {
        d: "M16 5.5c2 0 3 1.5 3 3.5 2-.6 3.8.3 4.2 2s-.8 3.3-2.7 3.6c.7 1.8.2 3.4-1.3 4.1M16 5.5c-2 0-3 1.5-3 3.5-2-.6-3.8.3-4.2 2s.8 3.3 2.7 3.6c-.7 1.8-.2 3.4 1.3 4.1",
      },
    ],
    ["circle", { class: "v", cx: "16", cy: "13", r: "2.3" }],
  ],
  birthday: [
    ["path", { d: "M6 26V17h20v9zM4 26h24M6 21c2 2 3.5 2 5 0 1.5 2 3.5 2 5 0 1.5 2 3.5 2 5 0 1.5 2 3 2 5 0M16 17v-5" }],
    ["path", { class: "v", d: "M16 4c1.6 2 2.2 3 2.2 4a2.2 2.2 0 0 1-4.4 0c0-1 .6-2 2.2-4z" }],
  ],
  festival: [
    ["path", { d: "M16 3v4M12 7h8M12 23h8M16 23v6" }],
    ["path", { class: "v", d: "M12.5 7.9h7C24 10 25 12.5 25 15s-1 5-5.5 7.1h-7C8 20 7 17.5 7 15s1-5 5.5-7.1z" }],
    ["path", { class: "n", d: "M16 9v12M12 9.5c-2 3.5-2 7.5 0 11M20 9.5c2 3.5 2 7.5 0 11" }],
  ],
  kids: [
    ["circle", { cx: "12", cy: "9", r: "4" }],
    ["path", { d: "M5 27v-5a7 7 0 0 1 12-4.8M5 27h22" }],
    ["circle", { class: "v", cx: "22", cy: "17", r: "3" }],
    ["path", { d: "M17.5 27v-1a4.5 4.5 0 0 1 9 0v1" }],
  ],
  cat: [
    ["path", { d: "M6 8l5 3.5h10L26 8v10c0 5-4.5 8.5-10 8.5S6 23 6 18z" }],
    ["path", { d: "M11.5 17h.01M20.5 17h.01M3.5 20.5h4M24.5 20.5h4" }],
    ["path", { class: "v", d: "M14 20h4l-2 2.3z" }],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [string, Readonly<Record<string, string>>])[]>>;

export type Mood = keyof typeof moods;

/** Groups of the picker: feelings, activities, and occasions. */
export const moodGroups = [
  { words: "status.moods", moods: ["happy", "quiet", "tired", "homesick", "low", "unwell", "cross", "dreaming"] },
  {
    words: "status.doing",
    moods: ["cooking", "tea", "reading", "walking", "running", "working", "singing", "travelling"],
  },
  { words: "status.days", moods: ["moon", "rain", "snow", "bloom", "birthday", "festival", "kids", "cat"] },
] as const satisfies readonly { readonly words: string; readonly moods: readonly Mood[] }[];

export const isMood = (text: string): text is Mood => Object.hasOwn(moods, text);
