/**
 * Kind of conversation on screen: what each is called, and what stands beside it. A kind is one file of this folder and
 * one line in `index.ts` (docs/spec/rooms.md RO16); what a device does with it is said in @yanshu/client.
 */
export type ScreenKind = {
  readonly name: string;
  /** What it is called. @param title as the client has it; empty where it has none. */
  readonly title: (title: string) => string;
  /** Others are in it: a message there may ring, and the chat is offered where one chooses to whom to send. */
  readonly isWithOthers: boolean;
  /** It shows the other person's name and avatar, since it has none of its own. */
  readonly bearsPerson: boolean;
  /** Messages show their author, `@` mentions members, and the title shows how many there are. */
  readonly isOfMany: boolean;
  readonly hasCalls: boolean;
  readonly hasGroupCalls: boolean;
  /** Its page lists the members. */
  readonly hasPeople: boolean;
};
