import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const forbid = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns }],
});

const upwards = (layer, ...names) => ({
  group: names.map((name) => `**/${name}/**`),
  message: `${layer} does not know what lies above it: components -> hooks -> protocol.`,
});

const foreign = {
  group: ['react', 'react-*', 'livekit-client', '@livekit/*'],
  message: 'protocol is pure: no React, no LiveKit.',
};

const livekit = {
  group: ['livekit-client', '@livekit/*'],
  message: 'What is painted before a call must not load LiveKit: import it from call/ alone.',
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.node'] },
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'max-lines': ['error', 250],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['src/protocol/**'],
    rules: forbid(foreign, upwards('protocol', 'hooks', 'components')),
  },
  { files: ['src/hooks/**'], rules: forbid(upwards('hooks', 'components'), livekit) },
  { files: ['src/hooks/call/**'], rules: forbid(upwards('hooks', 'components')) },
  { files: ['src/components/**'], rules: forbid(livekit) },
  { files: ['src/components/call/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['*.config.{js,ts}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-exports': 'off' },
  },
);
