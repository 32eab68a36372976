// ECharts on an element: loaded when the first chart is shown, resized with it, given up with it.
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { ChartInstance } from './echarts';
import { onSchemeChange, readPalette, type Palette } from './palette';

export interface Canvas {
  instance?: ChartInstance;
  palette?: Palette;
}

export function useCanvas(element: RefObject<HTMLDivElement | null>, width: number, height: number): Canvas {
  const [canvas, setCanvas] = useState<Canvas>({});
  const created = useRef<ChartInstance>(undefined);

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    let gone = false;
    void import('./echarts').then(({ create }) => {
      if (gone) return;
      created.current = create(target);
      setCanvas({ instance: created.current, palette: readPalette(target) });
    });
    const stop = onSchemeChange(() => setCanvas((old) => ({ ...old, palette: readPalette(target) })));
    return () => {
      gone = true;
      stop();
      created.current?.dispose();
      created.current = undefined;
    };
  }, [element]);

  useEffect(() => {
    canvas.instance?.resize({ animation: { duration: 0 } });
  }, [canvas.instance, width, height]);

  return canvas;
}
