/** What the tables of push must do, in each database (docs/spec/push.md PU2). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function pushCases(open: () => LogUnderTest): void {
  test("[PU2] a device has one subscription, which goes with it, and only the one that is meant is dropped", () => {
    const { log, again, first, second } = withDevices(open, 2);
    const at = (endpoint: string) => ({ endpoint, key: bytes(4, 65), secret: bytes(5, 16) });
    log.transaction(() => {
      log.features.push.setSubscription(first, at("https://push.example/1"));
      log.features.push.setSubscription(first, at("https://push.example/2"));
      log.features.push.setSubscription(second, at("https://push.example/3"));
    });
    const { push } = again().features;
    expect(push.subscription(first)).toEqual(at("https://push.example/2"));
    log.transaction(() => log.features.push.dropSubscription(first, "https://push.example/1"));
    expect(push.subscription(first)).toEqual(at("https://push.example/2"));
    log.transaction(() => log.features.push.dropSubscription(first, "https://push.example/2"));
    expect(push.subscription(first)).toBeUndefined();
    log.transaction(() => log.accounts.dropDevice(second));
    expect(push.subscription(second)).toBeUndefined();
  });
}
