/**
 * Kind of conversation on screen: what each is called, and what stands beside it. A kind is one file of this folder and
 * one line in `index.ts` (docs/spec/rooms.md RO16); what a device does with it is said in @yanshu/client.
 */
export type ScreenKind = {
  readonly name: string;
  /** What it is called. @param title as the client has it; empty where it has none. */
  readonly title: (title: string) => string;
  /** With somebody else: it may be rung for, and stands among those one writes to. */
  readonly isWithOthers: boolean;
  /** It bears name and face of a person, not of its own. */
  readonly bearsPerson: boolean;
  /** Words there say whose they are, and people are called by `@`; how many there are stands beside its title. */
  readonly isOfMany: boolean;
  readonly hasCalls: boolean;
  readonly hasGroupCalls: boolean;
  /** Who is in it is seen on its page. */
  readonly hasPeople: boolean;
};
