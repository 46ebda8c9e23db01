/**
 * Lint rules. Each rule that is turned off or tuned says why; good code should pass without a single disable comment.
 * Run from the top of the repository: eslint --config .ci/eslint.config.js
 */
import functional from 'eslint-plugin-functional'
import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'

/** Folders of pure code: no I/O, no clock, no randomness, nothing that only Node has. */
const PURE = ['core', 'service', 'server', 'wire', 'oracle'].map((name) => `src/${name}/**/*.ts`)
const PURE_ALL = [...PURE, 'spec/**/*.ts', 'model/**/*.ts']

/** `fp-ts/Either`, `fp-ts/lib/Either` and `fp-ts/es6/…` type-check, and then fail when plain Node loads them. */
const FP_TS = {
  regex: '^fp-ts(?!/lib/[A-Za-z]+\\.js$)',
  message: "Plain Node cannot load this form: import 'fp-ts/lib/X.js'.",
}

const NODE = { regex: '^node:', message: 'This folder is pure: side effects belong to src/shell.' }

const GLOBALS = [
  'process',
  'Buffer',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'console',
  'performance',
  'crypto',
  'fetch',
  'global',
  'globalThis',
].map((name) => ({ name, message: 'This folder is pure: pass what you need as a value, or do it in src/shell.' }))

const CLOCK = 'Time is an event or an argument here, never read from a clock.'
const CLOCKS = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK },
  { selector: "CallExpression[callee.name='Date']", message: CLOCK },
]
const RANDOM = 'Randomness comes from a seed that is passed in.'

/** The rules about patterns judge what they can read. */
const MADE_PATTERN = {
  selector: ":matches(NewExpression, CallExpression)[callee.name='RegExp']:not([arguments.0.type='Literal'])",
  message: 'Write the pattern out, so that its cost can be judged.',
}

/** `f(...list)` puts every element on the stack: with a hundred thousand of them the process dies. */
const SPREAD = {
  selector: 'CallExpression > SpreadElement, NewExpression > SpreadElement',
  message: 'A list that grows must not become the arguments of a call: use a loop, reduce, flat or concat(list).',
}

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'dist/**', 'data/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` } },
    rules: {
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { patterns: [FP_TS] }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        // `as` on an object literal hides a missing field; annotate the constant instead.
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      // A new event, message or effect must be looked at by everyone who switches on it. A default arm is an answer too.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Numbers in messages are what messages are about. The rule still catches objects and undefined.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => socket.end()` and an early `return fail(reason)` are plain; braces around them say nothing more.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Spreading a string into its code points is what is meant; the rule still catches maps and promises.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // A function may return a promise because its contract says so, without having anything to wait for.
      '@typescript-eslint/require-await': 'off',
      // Where fields change, the rule takes a second read after a call for the first one. It is on for immutable code.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `_` marks a parameter that a signature asks for.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Type parameters that are used once still document what a caller may pass.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', SPREAD] } },
  {
    files: PURE_ALL,
    rules: {
      'no-restricted-imports': ['error', { patterns: [FP_TS, NODE] }],
      'no-restricted-globals': ['error', ...GLOBALS],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: CLOCK },
        { object: 'Math', property: 'random', message: RANDOM },
      ],
      'no-restricted-syntax': ['error', ...CLOCKS],
    },
  },
  {
    // The patterns that spec/ makes are for our own sources.
    files: [...PURE, 'model/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...CLOCKS, MADE_PATTERN] },
  },
  {
    // What a server runs: there a list may hold whatever a stranger, or a long life, has made of it.
    files: PURE,
    rules: { 'no-restricted-syntax': ['error', ...CLOCKS, MADE_PATTERN, SPREAD] },
  },
  {
    // The core is the definition: no mutation, no exceptions, no classes, no loops. (ReadonlyShallow: the deep check
    // cannot see through type parameters; `readonly` in our own types carries it.)
    files: ['src/core/**/*.ts'],
    plugins: { functional },
    rules: {
      'functional/no-let': 'error',
      'functional/immutable-data': 'error',
      'functional/no-loop-statements': 'error',
      'functional/no-throw-statements': 'error',
      'functional/no-try-statements': 'error',
      'functional/no-classes': 'error',
      'functional/no-this-expressions': 'error',
      'functional/prefer-immutable-types': ['error', { enforcement: 'ReadonlyShallow', ignoreInferredTypes: true }],
    },
  },
  {
    files: ['src/core/**/*.ts', 'src/service/**/*.ts', 'src/server/**/*.ts', 'spec/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        // `while (true)` with an exit inside is the plainest form of some loops.
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    // Errors are values in the rest of the pure code as well, but loops and local mutation are allowed where they pay.
    files: ['src/service/**/*.ts', 'src/server/**/*.ts'],
    plugins: { functional },
    rules: { 'functional/no-throw-statements': 'error', 'functional/no-classes': 'error' },
  },
  {
    // Texts come from strangers: a pattern that begins anew at every place, or tries every way to divide a text, takes the
    // square of its length, and a megabyte of colons then holds the server for minutes. Whatever may meet such a text counts.
    files: ['src/**/*.ts', 'spec/**/*.ts', 'model/**/*.ts', 'proofs/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false, ignorePartial: false }],
      // Two ways to read one character, again and again: not the square of the length, a power of two.
      'regexp/no-dupe-disjunctions': ['error', { report: 'trivial', reportExponentialBacktracking: 'potential' }],
    },
  },
  {
    files: ['src/shell/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', MADE_PATTERN, SPREAD] },
  },
  {
    // Tests plant faults on purpose and look into untyped JSON.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    // Outside tsconfig.json, hence without types.
    files: ['.ci/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error', 'no-unused-vars': 'error' },
  },
)
