/** The family who help, under “Me”; and that somebody comes back by them. */
export { AskStrip } from "./ask-strip.tsx";
export { Family } from "./family.tsx";
