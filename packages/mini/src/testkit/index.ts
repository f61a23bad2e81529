/** For tests: a program as one is written for WeChat, and what plays it without a browser. */

export { appOf, board } from "./board.ts";
export { type Played, play } from "./open.ts";
export { orchard, orchardAbout } from "./orchard.ts";
export { pears, pearsAbout } from "./pears.ts";
export { sourcesOf } from "./sources.ts";
