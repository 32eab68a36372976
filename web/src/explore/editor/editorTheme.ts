// CodeMirror's look, from the tokens. It lives in the editor's shadow root, where styles need no <style> element.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--sf-ink)', fontSize: '13.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--sf-font-mono)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--sf-accent)' },
  '.cm-line': { padding: '0 14px 0 6px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--sf-ink-faint)', border: 'none', paddingLeft: '6px' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--sf-ink)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sf-accent) 6%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--sf-accent)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'light-dark(#b9e3dd, #1d5f5b)',
  },
  '.cm-placeholder': { color: 'var(--sf-ink-faint)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--sf-selected)', outline: '1px solid var(--sf-accent)' },
  '.cm-tooltip': {
    border: '1px solid var(--sf-line)', borderRadius: '8px', backgroundColor: 'var(--sf-raised)', color: 'var(--sf-ink)', overflow: 'hidden',
    boxShadow: '0 8px 28px rgb(0 0 0 / 22%)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sf-font-mono)', fontSize: '12.5px', maxHeight: '15em', minWidth: '260px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', display: 'flex', gap: '12px', alignItems: 'baseline' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--sf-selected)', color: 'var(--sf-ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--sf-accent)' },
  '.cm-completionDetail': { marginLeft: 'auto', fontStyle: 'normal', color: 'var(--sf-ink-soft)', fontFamily: 'var(--sf-font)', fontSize: '12px' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--sf-danger)', backgroundColor: 'var(--sf-danger-soft)' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeft: '3px solid var(--sf-danger)', maxWidth: '60ch', whiteSpace: 'pre-wrap' },
});

const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--sf-series-4)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--sf-warning)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--sf-series-5)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--sf-ink-faint)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--sf-series-3)' },
  { tag: [tags.operator, tags.punctuation], color: 'var(--sf-ink-soft)' },
]);

export const editorTheme = [theme, syntaxHighlighting(highlight)];
