// The language of a %%retarus cell: its magic line, after those of other magics around it, and GraphQL below.
import { StreamLanguage } from '@codemirror/language';

const KEYWORDS = new Set(['query', 'mutation', 'subscription', 'fragment', 'on']);
const VALUES = new Set(['true', 'false', 'null']);
const NAME = /^[_A-Za-z][_0-9A-Za-z]*/;

// What one call takes from the first lines.
function magic(stream, state) {
  if (stream.match(/^%%\S+/)) {
    state.begun ||= stream.current() === '%%retarus';
    return 'meta';
  }
  if (stream.match(/^"[^"]*"?|^'[^']*'?/)) return 'string';
  if (stream.match(/^--[^\s=]+/)) return 'attributeName';
  stream.match(/^[^\s"']+/) || stream.next();
  return null;
}

function blockString(stream, state) {
  while (!stream.eol()) {
    if (stream.match('\\"""')) continue;
    if (stream.match('"""')) {
      state.inBlock = false;
      break;
    }
    stream.next();
  }
  return 'string';
}

// A name is a keyword only where a definition can begin: fields may have any name.
function name(word, state) {
  if (KEYWORDS.has(word) && (state.depth === 0 || state.after === '...')) return 'keyword';
  if (VALUES.has(word) && state.values) return 'atom';
  return state.values ? 'attributeName' : 'propertyName';
}

function punctuation(char, state) {
  if (char === '{' || char === '[') state.depth += 1;
  if (char === '}' || char === ']') state.depth = Math.max(0, state.depth - 1);
  // Between parentheses stand arguments and their values, not fields.
  if (char === '(') state.values = true;
  if (char === ')') state.values = false;
  if ('{}'.includes(char)) return 'brace';
  if ('()'.includes(char)) return 'paren';
  if ('[]'.includes(char)) return 'squareBracket';
  return '!=&|'.includes(char) ? 'operator' : 'punctuation';
}

function graphql(stream, state) {
  if (state.inBlock) return blockString(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return 'comment';
  if (stream.match('"""')) {
    state.inBlock = true;
    return blockString(stream, state);
  }
  const after = state.after;
  state.after = '';
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
  if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return 'number';
  if (stream.match(/^\$[_0-9A-Za-z]*/)) return 'variableName.special';
  if (stream.match(/^@[_0-9A-Za-z]*/)) return 'meta';
  if (stream.match('...')) {
    state.after = '...';
    return 'operator';
  }
  const found = stream.match(NAME);
  return found ? name(found[0], { ...state, after }) : punctuation(stream.next(), state);
}

export const retarusLanguage = StreamLanguage.define({
  name: 'retarus',
  startState: () => ({ inMagic: true, inBlock: false, values: false, depth: 0, after: '' }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (stream.sol() && state.begun) state.inMagic = false;
    return state.inMagic ? magic(stream, state) : graphql(stream, state);
  },
  blankLine(state) {
    if (state.begun) state.inMagic = false;
  },
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['(', '[', '{', '"', '"""'] }
  }
});
