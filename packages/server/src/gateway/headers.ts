/** Headers of everything that the server hands to a browser (docs/spec/delivery.md DS33). */
import { securityHeaders } from "@yanshu/release";

export { securityHeaders };

/** Headers of a server that has its own certificate: browsers then use HTTPS only (HSTS). */
export const securedHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  "strict-transport-security": "max-age=31536000",
};
