/**
 * Policy of the page that draws mini programs (docs/spec/programs.md PR10). It is sandboxed by its own header, and not
 * by an attribute, so that the service worker serves it also while home is away; its origin is nobody's. No source but
 * what the page itself made: no address of home either, so no query of a program reaches home's log.
 */
export const programFrame = "/mini/host.html";

/** The script stands in the page; the page itself names its hash in a policy of its own, so that no other runs. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "worker-src blob:",
  "img-src data: blob:",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-scripts",
].join("; ");

const powers =
  "accelerometer autoplay bluetooth browsing-topics camera clipboard-read clipboard-write display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer microphone midi otp-credentials payment picture-in-picture publickey-credentials-create publickey-credentials-get screen-wake-lock serial storage-access usb web-share window-management xr-spatial-tracking";

/** In place of those of other files. */
export const programFrameHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "permissions-policy": powers
    .split(" ")
    .map((power) => `${power}=()`)
    .join(", "),
  "x-dns-prefetch-control": "off",
};
