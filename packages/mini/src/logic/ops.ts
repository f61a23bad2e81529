/**
 * Ops: what the Worker tells the frame to draw (docs/spec/programs.md PR4). An op names elements by number alone; it
 * carries no code and no markup.
 */
import type { Answers, Bar, Self } from "../frame-messages.ts";

/** Element numbers are from 1; 0 is none. */
export type Op =
  /** Makes an element of a tag, a text, or a page. */
  | readonly ["element" | "text" | "page", at: number, what: string]
  /** One that stands elsewhere is moved. */
  | readonly ["append", parent: number, child: number]
  | readonly ["insert", parent: number, child: number, before: number]
  | readonly ["replace", parent: number, child: number, old: number]
  | readonly ["remove", child: number]
  /** Removes so many siblings from `first` on. */
  | readonly ["cut", first: number, count: number]
  | readonly ["release", at: number]
  | readonly ["id" | "style" | "class" | "unclass" | "words" | "host", at: number, what: string]
  | readonly ["unstyled", at: number]
  /** Without a value: takes it away. */
  | readonly ["set", at: number, name: string, value?: unknown]
  | readonly ["sheet", path: string]
  | readonly ["top", page: number]
  | readonly ["scroll", at: number, left: number, top: number];

/** Of one element: by which number the answer is known. */
export type Measure = readonly [id: number, at: number, what: "box" | "scroll"];
/** So many elements are asked of in one message. */
export const measuresAtOnce = 100;

export type FromLogic =
  | { readonly kind: "ops"; readonly ops: readonly Op[] }
  /** Asks the frame how elements lie. */
  | { readonly kind: "measure"; readonly of: readonly Measure[] }
  /** Something for the app: see `FromProgram`. */
  | { readonly kind: "app"; readonly message: unknown };

export type Touch = {
  readonly identifier: number;
  readonly pageX: number;
  readonly pageY: number;
  readonly clientX: number;
  readonly clientY: number;
};
export type ToLogic =
  | LogicBegin
  | {
      readonly kind: "event";
      readonly at: number;
      readonly type: string;
      readonly detail: unknown;
      readonly bubbles: boolean;
      /** Two-way binding: which attribute has a new value. */
      readonly model?: { readonly name: string; readonly value: unknown };
      readonly touches?: readonly Touch[];
      readonly changedTouches?: readonly Touch[];
    }
  | { readonly kind: "measured"; readonly id: number; readonly result: unknown }
  | { readonly kind: "scrolled"; readonly top: number; readonly isEnd: boolean }
  | { readonly kind: "navigate"; readonly how: string; readonly url: string; readonly delta?: number }
  | { readonly kind: "app"; readonly message: unknown };
export type LogicBegin = {
  readonly kind: "begin";
  /** An address of the program's code, for `importScripts`. */
  readonly code: string;
  readonly manifest: import("../format/package.ts").Manifest;
  readonly sheets: readonly string[];
  readonly stored: Readonly<Record<string, string>>;
  readonly screen: Screen;
  readonly page?: string;
  readonly self?: Self;
  readonly answers?: Answers;
};
export type Screen = {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  readonly language: string;
  readonly theme: "light" | "dark";
};
export type { Bar };
