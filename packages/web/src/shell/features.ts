/** The features of this app, as the core reads them: `main.tsx` hands in the list (docs/spec/web.md WE88). */
import type { InChat, InMe, WebFeature } from "../feature.ts";

let known: readonly WebFeature[] = [];
let chatParts: readonly InChat[] | undefined;
let meParts: readonly InMe[] | undefined;

export function register(list: readonly WebFeature[]): void {
  known = list;
}

export const features = (): readonly WebFeature[] => known;

/** Loads what features add to a conversation; `inChats` then has it. */
export async function loadInChats(): Promise<void> {
  chatParts ??= await Promise.all(
    known.flatMap(({ inChat }) => (inChat === undefined ? [] : [inChat().then((m) => m.inChat)])),
  );
}

/** Loads what features add to “Me” and to the settings; `inMe` then has it. */
export async function loadInMe(): Promise<void> {
  meParts ??= await Promise.all(known.flatMap(({ inMe }) => (inMe === undefined ? [] : [inMe().then((m) => m.inMe)])));
}

export const inChats = (): readonly InChat[] => chatParts ?? [];
export const inMe = (): readonly InMe[] => meParts ?? [];
