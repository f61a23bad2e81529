/**
 * 0009 segments: their rows are numbered by account and place (docs/spec/delivery.md DS136), and no more in the order in which all accounts'
 * segments came, which told who kept something just after whom.
 * Size: none. Going back is safe: version 8 reads them by account and place.
 */
export const up = "UPDATE segments SET rowid = (account << 31) | at";
