/**
 * Home: `node -r home.cjs bot.js` leads a bot that was written for WeChat to a bridge (docs/spec/bridge.md PA39). The
 * bot and its libraries stay as they are: the names of WeChat's servers stand in their sources, so it is their requests
 * to those names alone that go elsewhere. `YANSHU_BRIDGE` is the bridge's address.
 */
const http = require("node:http");
const https = require("node:https");

const bridge = new URL(process.env.YANSHU_BRIDGE || "http://127.0.0.1:7718");
const isWeChats = (host) =>
  /^(?:(?:sh|sz|hk|file)\.)?api2?\.weixin\.qq\.com$|^(?:mp|open)\.weixin\.qq\.com$/.test(host);

/** What `http.request` may be given: an address, options, or both. */
function optionsOf(args) {
  const [first] = args;
  const url = typeof first === "string" || first instanceof URL ? new URL(first) : undefined;
  const given = args.find((one) => typeof one === "object" && one !== null && !(one instanceof URL));
  const ofUrl = url && { hostname: url.hostname, port: url.port, path: url.pathname + url.search };
  return { ...ofUrl, ...given };
}

const plain = http.request;
for (const module of [http, https]) {
  const { request } = module;
  module.request = (...args) => {
    const options = optionsOf(args);
    const host = options.hostname || String(options.host || "").replace(/:\d+$/, "");
    if (!isWeChats(host)) return request.apply(module, args);
    const { hostname, port } = bridge;
    const headers = { ...options.headers, host: bridge.host };
    const led = { ...options, protocol: "http:", hostname, host: hostname, port, agent: undefined, headers };
    return plain.call(
      http,
      led,
      args.find((one) => typeof one === "function"),
    );
  };
  module.get = (...args) => module.request(...args).end();
}

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const url = new URL(typeof input === "string" || input instanceof URL ? input : input.url);
  return fetch(isWeChats(url.hostname) ? new URL(url.pathname + url.search, bridge) : input, init);
};
