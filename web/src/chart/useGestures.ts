// Wheel, drag, brush (with Shift), pinch, double click and keys, turned into ranges of time.
import { useEffect, useRef, type RefObject } from 'react';
import { brushed, keyed, panBy, pinched, wheelFactor, zoomAt } from './zoom';
import type { TimeRange } from './types';

export interface Brush {
  left: number; // pixels from the element's left edge
  width: number;
}

export interface Gestures {
  range: TimeRange | undefined; // what is shown; undefined: nothing to zoom
  enabled: boolean;
  insets: { left: number; right: number };
  onRange: (range: TimeRange) => void;
  onReset: () => void;
  onBrush: (brush: Brush | undefined) => void;
}

const DRAG_MIN_PIXELS = 4;
const LINE_PIXELS = 16; // a wheel that counts lines

interface Drag {
  range: TimeRange; // when it began
  start: number; // fraction
  brush: boolean;
  moved: boolean;
}

export function useGestures(element: RefObject<HTMLElement | null>, gestures: Gestures): void {
  const latest = useRef(gestures);
  useEffect(() => {
    latest.current = gestures;
  });

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const pointers = new Map<number, number>(); // id to fraction
    let drag: Drag | undefined;
    let pinch: { range: TimeRange; fractions: [number, number] } | undefined;

    const plot = () => {
      const box = target.getBoundingClientRect();
      const { left, right } = latest.current.insets;
      return { left: box.left + left, width: Math.max(1, box.width - left - right), inset: left };
    };
    const fractionAt = (clientX: number) => (clientX - plot().left) / plot().width;
    const shown = () => (latest.current.enabled ? latest.current.range : undefined);
    const fractions = (): [number, number] => [...pointers.values()].slice(0, 2) as [number, number];

    const wheel = (event: WheelEvent) => {
      const range = shown();
      if (!range) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        latest.current.onRange(panBy(range, (event.deltaX * pixels) / plot().width));
        return;
      }
      const fraction = Math.min(1, Math.max(0, fractionAt(event.clientX)));
      latest.current.onRange(zoomAt(range, fraction, wheelFactor(event.deltaY * pixels)));
    };
    const down = (event: PointerEvent) => {
      const range = shown();
      if (!range || event.button !== 0) return;
      pointers.set(event.pointerId, fractionAt(event.clientX));
      if (pointers.size === 2) {
        drag = undefined;
        latest.current.onBrush(undefined);
        pinch = { range, fractions: fractions() };
      } else if (pointers.size === 1) {
        drag = { range, start: fractionAt(event.clientX), brush: event.shiftKey, moved: false };
      }
    };
    const move = (event: PointerEvent) => {
      if (!pointers.has(event.pointerId)) return;
      const fraction = fractionAt(event.clientX);
      pointers.set(event.pointerId, fraction);
      if (pinch) {
        latest.current.onRange(pinched(pinch.range, pinch.fractions, fractions()));
        return;
      }
      if (!drag) return;
      const { width, inset } = plot();
      if (!drag.moved && Math.abs(fraction - drag.start) * width < DRAG_MIN_PIXELS) return;
      if (!drag.moved) target.setPointerCapture(event.pointerId);
      drag.moved = true;
      if (drag.brush) {
        const inside = Math.min(1, Math.max(0, fraction));
        latest.current.onBrush({ left: inset + Math.min(inside, drag.start) * width, width: Math.abs(inside - drag.start) * width });
      } else {
        latest.current.onRange(panBy(drag.range, drag.start - fraction));
      }
    };
    const end = (event: PointerEvent) => {
      if (!pointers.delete(event.pointerId)) return;
      if (drag?.brush && drag.moved && event.type === 'pointerup') {
        latest.current.onRange(brushed(drag.range, drag.start, fractionAt(event.clientX)));
      }
      latest.current.onBrush(undefined);
      drag = undefined;
      if (pointers.size < 2) pinch = undefined;
    };
    const reset = () => shown() && latest.current.onReset();
    const key = (event: KeyboardEvent) => {
      const range = shown();
      if (!range || event.ctrlKey || event.metaKey || event.altKey) return;
      const result = keyed(range, event.key);
      if (result === undefined) return;
      event.preventDefault();
      if (result === 'reset') latest.current.onReset();
      else latest.current.onRange(result);
    };

    target.addEventListener('wheel', wheel, { passive: false });
    target.addEventListener('pointerdown', down);
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
    target.addEventListener('dblclick', reset);
    target.addEventListener('keydown', key);
    return () => {
      target.removeEventListener('wheel', wheel);
      target.removeEventListener('pointerdown', down);
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
      target.removeEventListener('dblclick', reset);
      target.removeEventListener('keydown', key);
    };
  }, [element]);
}
