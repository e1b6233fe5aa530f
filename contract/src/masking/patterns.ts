import { RE2JS, RE2Set } from 're2js';
import type { PatternEngine } from './account-rules.ts';

/**
 * RE2's syntax and its linear time, through re2js. Apart from the engine, because it is 64 KB: the widget does without.
 */
export const linearPatterns: PatternEngine = {
  compile(pattern, { ignoreCase }) {
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return {
      programSize: compiled.programSize(),
      test: (text) => compiled.test(text),
      find(text, from) {
        const matcher = compiled.matcher(text);
        return matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : null;
      },
    };
  },
  compileSet(patterns) {
    const set = new RE2Set();
    for (const { pattern, ignoreCase } of patterns) set.add(ignoreCase ? `(?i:${pattern})` : pattern);
    set.compile();
    return (text) => set.match(text);
  },
};
