import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import { readdirSync } from 'node:fs'

const features = readdirSync(new URL('./src/features', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

const closed = (groups, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ group: groups, message }] }],
})

export default tseslint.config(
  { ignores: ['dist', 'src/api/generated'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': 'off', // Suspense throws promises, routes throw answers
    },
  },
  // Directions: app -> routes -> features -> ui -> api. The generated client stays behind api and queries.
  {
    files: ['src/api/**'],
    rules: closed(['~/ui/*', '~/features/*', '~/routes/*', '~/app/*'], 'api knows nothing above it.'),
  },
  { files: ['src/ui/**'], rules: closed(['~/features/*', '~/routes/*', '~/app/*'], 'ui knows no feature.') },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: closed(
      [
        '~/routes/*',
        '~/app/*',
        ...features.filter((other) => other !== name).map((other) => `~/features/${other}/*`),
      ],
      'A feature imports no other feature; routes put them together.',
    ),
  })),
  { files: ['src/routes/**'], rules: closed(['~/app/*'], 'routes know nothing of app.') },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
)
