/** Reads PDFs for the preview. Kept in a chunk of its own: the program starts without it. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs'
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'
import type { PDFDocumentProxy, PDFPageProxy, RenderTask } from 'pdfjs-dist'

export type { PDFDocumentProxy, PDFPageProxy, RenderTask }

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl

/** Why a document cannot be shown here; another program may still open it. */
export class Unreadable extends Error {
  readonly why: string

  constructor(why: string) {
    super(why)
    this.why = why
  }
}

/** A document that keeps the reader busy for longer is no invoice. */
const readLimit = 20_000

/** Beside the page: vite.config.ts puts them there. */
const besidePage = (folder: string) => new URL(`pdfjs/${folder}/`, document.baseURI).href

/**
 * Opens a document. Nothing in it is run: no scripts, no forms, no code made out of its fonts. The character maps and standard fonts are the
 * program's own, since a PDF that embeds no Chinese font is blank without them.
 */
export async function openPdf(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  const task = pdfjs.getDocument({
    data: bytes,
    cMapUrl: besidePage('cmaps'),
    cMapPacked: true,
    standardFontDataUrl: besidePage('standard_fonts'),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: true,
    stopAtErrors: true,
    // One that asks for a password would wait for ever.
    password: '',
  })
  try {
    return await inTime(task.promise)
  } catch (reason) {
    void task.destroy()
    throw toUnreadable(reason)
  }
}

/** Draws a page onto a canvas at a scale, and tells whether anything is on it. */
export async function drawPage(page: PDFPageProxy, canvas: HTMLCanvasElement, scale: number): Promise<boolean> {
  const ratio = Math.min(window.devicePixelRatio || 1, 2)
  const viewport = page.getViewport({ scale: scale * ratio })
  canvas.width = Math.floor(viewport.width)
  canvas.height = Math.floor(viewport.height)
  canvas.style.width = `${Math.floor(viewport.width / ratio)}px`
  canvas.style.height = `${Math.floor(viewport.height / ratio)}px`
  const task = page.render({ canvas, viewport })
  try {
    await inTime(task.promise)
  } catch (reason) {
    task.cancel()
    throw toUnreadable(reason)
  }
  return hasInk(canvas)
}

/** A page that came out white without any error: that happens to fonts that are missing. */
export function hasInk(canvas: HTMLCanvasElement): boolean {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  const nearlyWhite = 245
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3]! > 0 && (data[i]! < nearlyWhite || data[i + 1]! < nearlyWhite || data[i + 2]! < nearlyWhite)) {
      return true
    }
  }
  return false
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unreadable('读取时间过长')), readLimit)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

function toUnreadable(reason: unknown): Unreadable {
  if (reason instanceof Unreadable) return reason
  const name = reason instanceof Error ? reason.name : ''
  if (name === 'PasswordException') return new Unreadable('文件有密码保护')
  return new Unreadable('文件不是完整的 PDF，或内容已损坏')
}
