/** Limits of what is published here; a film may be one second long by docs/spec/channels.md CH20. */
export const filmMsMin = 3_000;
export const filmMsMax = 10 * 60_000;
export const picturesMax = 35;
/** Of a film's or pictures' words, and of a channel's or pen name, in UTF-16 units. */
export const titleMax = 4_000;
export const nameMax = 64;
