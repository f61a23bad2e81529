/** Kinds of elements that the frame draws: what each is given, and how it draws what changes (PR4). */

/** Says that a person did something to an element. `model`: a two-way binding's attribute. */
export type Fire = (
  element: Element,
  type: string,
  detail: unknown,
  options?: { readonly bubbles?: boolean; readonly model?: { readonly name: string; readonly value: unknown } },
) => void;
/** An address of a file of the package, or nothing: no other picture is ever shown. */
export type AddressOf = (path: string) => string | undefined;
export type Builder = {
  readonly fire: Fire;
  readonly addressOf: AddressOf;
  /** Of what our own sheets say. */
  readonly language: string;
};
export type Props = Map<string, unknown>;
/** What takes long is drawn by what `steps` returns, some at each step. */
type Steps = Iterator<unknown> | undefined;
/** Draws a changed property. */
export type Kind = {
  readonly made?: (element: HTMLElement, props: Props, build: Builder) => void;
  readonly set?: (element: HTMLElement, name: string, value: unknown, props: Props, build: Builder) => void;
  readonly steps?: (element: HTMLElement, name: string, value: unknown, build: Builder) => Steps;
  /** What the form around it has of it. */
  readonly held?: (element: Element) => unknown;
};
/** By their tags, as a program writes them. */
export type Kinds = Readonly<Record<string, Kind>>;
export type Drawn = { readonly element: HTMLElement; readonly set: (name: string, value: unknown) => Steps };

/** Whether a property that says yes or no says yes. */
export function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "false" && value !== 0;
}
