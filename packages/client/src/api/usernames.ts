/** User names (docs/spec/identity.md ID28). Empty `handle`: this person has none. */
export type OwnUsername = { readonly handle: string; readonly isFound: boolean };
