// Writes Mantine's CSS variables, as the theme defines them, into a style sheet at build time. Mantine would otherwise add
// them in a <style> element at run time, which our Content-Security-Policy (style-src 'self') refuses.
import { convertCssVariables, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core';
import type { Plugin } from 'vite';
import { themeOverride } from '../src/theme/theme.ts';

const NAME = 'virtual:mantine-variables.css';

export function mantineVariables(): Plugin {
  return {
    name: 'mantine-variables',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      const variables = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, themeOverride));
      return convertCssVariables(variables, ':root');
    },
  };
}
