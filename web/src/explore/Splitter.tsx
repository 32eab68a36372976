// The edge between editor and result: dragged, or moved by the arrow keys.
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import classes from './ExplorePage.module.css';

interface SplitterProps {
  value: number;
  min: number;
  max: number;
  onChange(value: number): void;
}

const STEP = 24;

export function Splitter({ value, min, max, onChange }: SplitterProps) {
  const drag = useRef<{ y: number; value: number } | undefined>(undefined);
  const set = (next: number) => onChange(Math.round(Math.max(min, Math.min(max, next))));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { y: event.clientY, value };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (drag.current) set(drag.current.value + event.clientY - drag.current.y);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    set(value + (event.key === 'ArrowDown' ? STEP : -STEP));
  };
  return (
    <div
      className={classes.splitter} role="separator" aria-orientation="horizontal" aria-label="Height of the editor" aria-valuenow={value} aria-valuemin={min}
      aria-valuemax={max} tabIndex={0} onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={() => (drag.current = undefined)} onKeyDown={onKeyDown}
    />
  );
}
