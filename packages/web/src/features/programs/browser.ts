/**
 * Whether this browser can hold an app that has a document: all its markup is looked at (docs/spec/programs.md PR40).
 */
export const holdsApps = (): boolean => "trustedTypes" in globalThis;
