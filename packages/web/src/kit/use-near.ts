/** Whether an element has been near the screen: only then is its content fetched. */
import { useEffect, useRef, useState } from "preact/hooks";

/** One observer for all of them: a list that flies past mounts hundreds. */
let observer: IntersectionObserver | undefined;
const listeners = new WeakMap<Element, (isNear: boolean) => void>();

function watch(element: Element, listener: (isNear: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: "400px" },
  );
  const watching = observer;
  listeners.set(element, listener);
  watching.observe(element);
  return () => {
    watching.unobserve(element);
    listeners.delete(element);
  };
}

/** @param restMs it has been there for so long without a break: what flies past is not fetched. */
export function useNear<E extends HTMLElement>(restMs = 0) {
  const ref = useRef<E>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null || isNear) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = watch(element, (isHere) => {
      clearTimeout(timer);
      if (!isHere) return;
      if (restMs === 0) setNear(true);
      else timer = setTimeout(() => setNear(true), restMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [isNear, restMs]);
  return [ref, isNear] as const;
}
