/** What of the frame few programs need, and how it is known which (docs/spec/programs.md PR72). */

/** Tags of `view/more.ts`. A template names them in the code that was made of it. */
const tags = /picker|rich-text/;

/** Whether a program may draw them. One that only speaks of them is taken for one that does. */
export function namesMore({ logic }: { readonly logic: string }): boolean {
  return tags.test(logic);
}
