/** @yanshu/cli: the headless client as a command. What another program brings is an `Io`. */
export type { Io } from "./io.ts";
export { run } from "./run.ts";
