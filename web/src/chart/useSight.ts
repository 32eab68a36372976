// Whether anybody can see an element: it is scrolled into sight and the page is not hidden. And how wide it is.
import { useEffect, useState, type RefObject } from 'react';

const WIDTH_STEP = 16; // pixels: a smaller change of the window does not ask for new data

export function useSight(element: RefObject<HTMLElement | null>): { visible: boolean; width: number } {
  const [inSight, setInSight] = useState(true);
  const [pageShown, setPageShown] = useState(() => !document.hidden);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const changed = () => setPageShown(!document.hidden);
    document.addEventListener('visibilitychange', changed);
    const sight = new IntersectionObserver((entries) => setInSight(entries.some((entry) => entry.isIntersecting)));
    sight.observe(watched);
    const size = new ResizeObserver(() => setWidth(Math.floor(watched.clientWidth / WIDTH_STEP) * WIDTH_STEP));
    size.observe(watched);
    return () => {
      document.removeEventListener('visibilitychange', changed);
      sight.disconnect();
      size.disconnect();
    };
  }, [element]);

  return { visible: inSight && pageShown, width };
}
