/**
 * Line: values as one line of a terminal. What others wrote is made harmless first: a terminal obeys
 * escape sequences, and a right-to-left override turns a name around.
 */
import type { PersonRef } from "@yanshu/client";
import { renderUnicodeCompact } from "uqr";
import type { Text } from "./words.ts";

/** Controls of C0 and C1, line and paragraph separators, and the marks that turn the direction of a line. */
const unruly = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line, whatever it was. */
export function plain(text: string): string {
  return text
    .replace(/\r\n?|\n|[\u2028\u2029]/g, " ⏎ ")
    .replaceAll("\t", " ")
    .replace(unruly, "")
    .toWellFormed();
}

/** As JSON, with nothing in it that a terminal would obey. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? undefined : item)).replace(
    unruly,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Such as `2026-11-24 09:30`, by this machine's clock. */
export function when(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function short(hex: string): string {
  return hex.slice(0, 8);
}

export function nameOf(text: Text, person: PersonRef): string {
  return person.isMe ? text("you") : named(person);
}

export function named({ name, account }: { readonly name: string; readonly account: string }): string {
  return plain(name) || short(account);
}

export function namesOf(text: Text, people: readonly PersonRef[]): string {
  return people.map((person) => nameOf(text, person)).join(text("and"));
}

/** Such as `4.8 MB`. */
export function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

export function qr(link: string): string {
  return renderUnicodeCompact(link);
}

/** A link for the eye and the camera where a person looks, else alone. */
export function linkLines(about: string, link: string, isTerminal: boolean): readonly string[] {
  return isTerminal ? [about, "", qr(link), "", link] : [link];
}
