/** Where one can say something: what waits elsewhere waits in vain. */
export const speakable: ReadonlySet<string> = new Set(["open", "request-out", "forming"]);
