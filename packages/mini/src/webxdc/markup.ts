/** Markup of ours: what the page itself writes passes by its own policy, which nobody makes a second time. */

type Policy = { readonly createHTML: (text: string) => string };
type Rule = (text: string, type: string, sink: string) => string | null;
type Types = {
  readonly createPolicy: (name: string, rules: Readonly<Record<string, Rule>>) => Policy;
};

/** Trusted Types, which not every browser has. */
export function trustedTypes(): Types | undefined {
  return (globalThis as unknown as { readonly trustedTypes?: Types }).trustedTypes;
}

/** It has to be asked before any code of an app runs. */
export function markupOfOurs(): (text: string) => string {
  const policy = trustedTypes()?.createPolicy("yanshu", { createHTML: (text) => text });
  return (text) => policy?.createHTML(text) ?? text;
}
