/**
 * Keeps where a list was scrolled to, so that back returns to the same place.
 */
import { useLayoutEffect, useRef } from "preact/hooks";

const places = new Map<string, number>();

export function useKeptScroll<E extends HTMLElement>(key: string) {
  const ref = useRef<E>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    element.scrollTop = places.get(key) ?? 0;
    const keep = () => places.set(key, element.scrollTop);
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [key]);
  return ref;
}
