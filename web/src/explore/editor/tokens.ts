// Cuts SQL into tokens without losing a character: joined, the tokens are the text. Knows what can hide a semicolon or a
// keyword: strings, quoted names, dollar quotes, comments.
export type TokenKind = 'space' | 'comment' | 'string' | 'name' | 'word' | 'number' | 'punctuation';

export interface Token {
  kind: TokenKind;
  text: string;
  start: number;
}

const PATTERNS: [TokenKind, RegExp][] = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /[eE]?'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/y],
  ['name', /"(?:[^"]|"")*(?:"|$)/y],
  ['number', /\d+(?:_\d+)*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['punctuation', /::|<=|>=|<>|!=|->>|->|=>|:=|\|\||!~\*|!~|~\*|./suy],
];

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < sql.length) {
    let found: Token | undefined;
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = start;
      const match = pattern.exec(sql);
      if (match && match[0] !== '') {
        found = { kind, text: match[0], start };
        break;
      }
    }
    found ??= { kind: 'punctuation', text: sql.charAt(start), start };
    tokens.push(found);
    start += found.text.length;
  }
  return tokens;
}

export interface Statement {
  text: string; // without the semicolon and the space around it
  start: number;
  end: number;
}

const isSilent = (token: Token) => token.kind === 'space' || token.kind === 'comment';

export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let tokens: Token[] = [];
  const close = () => {
    const first = tokens.find((token) => !isSilent(token));
    const last = tokens.findLast((token) => !isSilent(token));
    if (first && last) {
      const end = last.start + last.text.length;
      statements.push({ text: sql.slice(first.start, end), start: first.start, end });
    }
    tokens = [];
  };
  for (const token of tokenize(sql)) {
    if (token.text === ';' && token.kind === 'punctuation') close();
    else tokens.push(token);
  }
  close();
  return statements;
}

// What Ctrl-Enter runs: the selection, else the statement around the cursor, else the last one before it.
export function statementToRun(sql: string, selection: { from: number; to: number }): Statement | undefined {
  if (selection.to > selection.from) {
    const inside = splitStatements(sql.slice(selection.from, selection.to))[0];
    return inside && { text: inside.text, start: inside.start + selection.from, end: inside.end + selection.from };
  }
  const statements = splitStatements(sql);
  return (
    statements.find((statement) => selection.from <= statement.end + 1 && selection.from >= statement.start) ??
    statements.findLast((statement) => statement.end < selection.from) ??
    statements[0]
  );
}
