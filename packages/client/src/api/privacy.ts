/** Who may turn to this person, by their own word (docs/spec/identity.md ID27). */
export type Privacy = {
  /** Anyone who opens the contact link may ask to write. */
  readonly takesLink: boolean;
  /** People of whom none is a contact may ask to have one in a group. */
  readonly takesGroups: boolean;
};
