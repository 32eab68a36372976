import type { ComponentType, Ref } from 'react';
import type { ChartHandle, ChartProps } from '../../chart/types';

type ChartModule = { default: ComponentType<ChartProps & { ref?: Ref<ChartHandle> }> };
const modules = import.meta.glob<ChartModule>('../../chart/Chart.tsx');

export function loadChart(): Promise<ChartModule> {
  const load = Object.values(modules)[0];
  return load ? load() : Promise.resolve({ default: () => null });
}
