/**
 * Who may turn to this person, and who learns where they are, by their own word (docs/spec/identity.md ID27,
 * docs/spec/calls.md CA41).
 */
export type Privacy = {
  /** Anyone who opens the contact link may ask to write. */
  readonly takesLink: boolean;
  /** People of whom none is a contact may ask to have one in a group. */
  readonly takesGroups: boolean;
  /** Calls always go through the own server, so that the other learns no address. */
  readonly relaysCalls: boolean;
};
