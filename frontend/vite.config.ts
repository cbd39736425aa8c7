import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Vite empties dist, but Go embeds it: without this file a clean checkout would not build before npm ran. */
const keepDist: Plugin = {
  name: 'keep-dist',
  apply: 'build',
  closeBundle() {
    writeFileSync(here('./dist/.gitkeep'), '')
  },
}

/** Puts what pdf.js asks for while it reads beside the page: without its character maps a PDF with a Chinese font of its own is blank. */
const pdfFiles: Plugin = {
  name: 'pdf-files',
  apply: 'build',
  generateBundle() {
    for (const folder of ['cmaps', 'standard_fonts']) {
      const from = here(`./node_modules/pdfjs-dist/${folder}/`)
      for (const name of readdirSync(from)) {
        this.emitFile({ type: 'asset', fileName: `pdfjs/${folder}/${name}`, source: readFileSync(`${from}${name}`) })
      }
    }
  },
}

export default defineConfig(({ mode }) => ({
  // Wails serves the pages from a scheme of its own: relative addresses work there, in its dev server and in a preview.
  base: './',
  resolve: { alias: { '@': here('./src'), '#wails': here('./wailsjs') } },
  plugins: [
    vue(),
    components({
      dirs: [],
      dts: 'src/components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: mode === 'test' ? false : 'css' })],
    }),
    keepDist,
    pdfFiles,
  ],
  build: { target: 'es2022', chunkSizeWarningLimit: 900, reportCompressedSize: false },
  test: {
    environment: 'happy-dom',
    // For machines that are busy with other things as well: what usually takes a moment may take many.
    testTimeout: 60_000,
    include: ['src/**/*.test.ts', 'tests/unit/**/*.test.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
}))
