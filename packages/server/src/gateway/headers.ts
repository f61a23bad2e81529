/** Headers of everything that the server hands to a browser (docs/spec/delivery.md DS33). */
import { securityHeaders } from "@yanshu/release";

export { securityHeaders };

/** Of a server that has its certificate itself: no page of it is asked for without. */
export const securedHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  "strict-transport-security": "max-age=31536000",
};
