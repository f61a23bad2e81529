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
  // Letters of icons, which style sheets of programs hold in themselves.
  "font-src data:",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-scripts",
].join("; ");

const powers =
  "accelerometer autoplay bluetooth browsing-topics camera clipboard-read clipboard-write display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer microphone midi otp-credentials payment picture-in-picture publickey-credentials-create publickey-credentials-get screen-wake-lock serial storage-access usb web-share window-management xr-spatial-tracking";

const apart = {
  "permissions-policy": powers
    .split(" ")
    .map((power) => `${power}=()`)
    .join(", "),
  "x-dns-prefetch-control": "off",
};

/**
 * The page that draws webxdc apps (docs/spec/programs.md PR30). They have a document, so scripts that they brought run
 * in it; nothing is fetched but what the page itself made. `require-trusted-types-for` makes all markup pass one
 * policy, which the page watches. A browser that knows `connection-allowlist` neither looks up a name nor connects for
 * it.
 */
export const webxdcFrame = "/mini/webxdc.html";

const webxdcPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: data:",
  "style-src 'unsafe-inline' blob: data:",
  "img-src blob: data:",
  "media-src blob: data:",
  "font-src blob: data:",
  "connect-src blob: data:",
  "worker-src blob:",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types default yanshu",
  "sandbox allow-scripts",
].join("; ");

/** Headers of the pages that draw strangers' programs, by their paths, in place of those of other files. */
export const programFrames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [programFrame]: { "content-security-policy": policy, ...apart },
  [webxdcFrame]: { "content-security-policy": webxdcPolicy, "connection-allowlist": "()", ...apart },
};
