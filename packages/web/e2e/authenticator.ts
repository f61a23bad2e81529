/** A phone's fingerprint reader, as Chromium plays one. */
import type { Page } from "@playwright/test";

/**
 * It belongs to this page, and outlives what the page stores; another page cannot be given its passkeys, for their
 * secrets do not come along.
 */
export async function authenticator(page: Page) {
  const line = await page.context().newCDPSession(page);
  await line.send("WebAuthn.enable");
  let authenticatorId = "";
  return {
    /** Another takes its place. */
    takes: async ({ isKeptElsewhere }: { isKeptElsewhere: boolean }) => {
      if (authenticatorId !== "") await line.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      const options = {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        automaticPresenceSimulation: true,
        isUserVerified: true,
        defaultBackupEligibility: isKeptElsewhere,
        defaultBackupState: isKeptElsewhere,
      } as const;
      ({ authenticatorId } = await line.send("WebAuthn.addVirtualAuthenticator", { options }));
    },
    /** Whether it knows the finger that touches it from now on. */
    knows: (isUserVerified: boolean) => line.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    /** Whether a finger comes at once when it asks for one. */
    isTouched: (enabled: boolean) => line.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    /** What it holds. */
    held: async () => (await line.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    /** As in the system's settings. */
    deletes: (credentialId: string) => line.send("WebAuthn.removeCredential", { authenticatorId, credentialId }),
  };
}
