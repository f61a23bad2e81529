/** The page of family help under “Me”, and the strip of a running recovery. */
export { AskStrip } from "./ask-strip.tsx";
export { Family } from "./family.tsx";
