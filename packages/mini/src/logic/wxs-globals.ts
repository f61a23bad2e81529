/** What scripts of templates (wxs) find besides JavaScript: `getRegExp`, `getDate`, and names as constructors. */
export function addWxsGlobals(to: object): void {
  Object.assign(to, {
    getRegExp: (pattern: string, flags?: string) => new RegExp(pattern, flags ?? ""),
    getDate: (...given: [] | [number]) => new Date(...(given as [number])),
  });
  if (Object.hasOwn(Object.prototype, "__wxsConstructor")) return;
  // The compiled scripts ask any value for it.
  Object.defineProperty(Object.prototype, "__wxsConstructor", {
    configurable: true,
    get(this: unknown) {
      if (this instanceof RegExp) return "RegExp";
      if (this instanceof Date) return "Date";
      if (Array.isArray(this)) return "Array";
      return typeof this === "function" ? "Function" : (Object(this) as object).constructor.name;
    },
  });
}
