// The height of an element as it changes: the legend grows with its series and takes its room from the plot.
import { useEffect, useState, type RefObject } from 'react';

export function useHeight(element: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = new ResizeObserver(() => setHeight(watched.offsetHeight));
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return height;
}
