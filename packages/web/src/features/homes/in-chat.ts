/** What is opened in a chat: the strip that says whose server does not answer. */
export { FarStrip } from "./far-strip.tsx";
