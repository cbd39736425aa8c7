import js from '@eslint/js'
import globals from 'globals'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'wailsjs', 'node_modules', 'src/components.d.ts', 'test-results'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      // Layout belongs to prettier.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      // Server texts are data: they never become markup (TRUST 4).
      'vue/no-v-html': 'error',
      'no-restricted-properties': ['error', { property: 'innerHTML', message: 'Texts are data, not markup.' }],
      // Only src/api speaks to the bindings.
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['#wails/*', '**/wailsjs/**'], message: 'Go through src/api.' }] },
      ],
    },
  },
  { files: ['tests/e2e/**', 'tests/window/**'], languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  { files: ['src/api/**'], rules: { 'no-restricted-imports': 'off' } },
)
