/**
 * Config: the settings of the core and of all features that the operator may change, with their defaults
 * (docs/spec/delivery.md DS24).
 */
import { features } from "../features/index.ts";
import { type CoreConfig, coreDefaults } from "./core-config.ts";

type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type FeatureLimits = All<(typeof features)[number]["limits"]>;

export type ServerConfig = CoreConfig & Readonly<FeatureLimits>;

export const defaultConfig: ServerConfig = Object.assign({}, coreDefaults, ...features.map(({ limits }) => limits));
