import { createTheme, type MantineColorsTuple } from '@mantine/core';

// The brand's green-blue, light to dark. Index 7 carries white text at more than 5:1, index 4 dark text likewise.
const tide: MantineColorsTuple = [
  '#e6f6f4', '#cdebe7', '#9fd8d1', '#6cc4ba', '#45b3a7', '#249a8e', '#12827a', '#0b6b66', '#085552', '#05403e',
];

// Mantine's own `dark` scale, from text to page, with the tint of tokens.css.
const dark: MantineColorsTuple = [
  '#dbe5e7', '#b9c7cb', '#93a4aa', '#6d8087', '#46575e', '#334249', '#222e34', '#182228', '#10181d', '#0b1115',
];

export const themeOverride = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { tide, dark },
  fontFamily: 'var(--sf-font)',
  fontFamilyMonospace: 'var(--sf-font-mono)',
  headings: { fontFamily: 'var(--sf-font)', fontWeight: '620' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
