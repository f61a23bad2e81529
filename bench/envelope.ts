/**
 * Envelope: how large a message is when it leaves a client, which a server's figures are told in. `envelope.test.ts`
 * seals both and compares.
 */

/** A text of five letters, as most are. */
export const textBytes = 557;
/** A text of three hundred letters. */
export const longTextBytes = 813;
