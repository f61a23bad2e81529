/** @yanshu/cli: the headless client as a command, and as a bot. What another program brings is an `Io`. */
export type { Incoming } from "./answering.ts";
export { type Answer, type Bot, type BotOptions, openBot } from "./bot.ts";
export type { Io } from "./io.ts";
export { run } from "./run.ts";
