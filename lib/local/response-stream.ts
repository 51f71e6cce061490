/**
 * Lambda's response streaming in a local process: the global `awslambda`, as in Lambda's Node.js runtime, with which a
 * handler writes its response piece by piece.
 */
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Context } from 'aws-lambda';
import type { LocalHandler, PieceHandler } from './runtime.ts';

type StreamingHandler = (event: never, response: Writable, context: Context) => unknown;

class ResponseStream extends Writable {
  readonly #sendPiece: PieceHandler;

  constructor(sendPiece: PieceHandler) {
    super({ decodeStrings: false });
    this.#sendPiece = sendPiece;
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.#sendPiece('piece', chunk.toString());
    done();
  }

  /** Sends status and headers, before the first piece. */
  static from(response: ResponseStream, metadata: Record<string, unknown>): ResponseStream {
    response.#sendPiece('head', JSON.stringify(metadata));
    return response;
  }
}

/** Must run before the module that creates the handler is loaded. */
export function installResponseStreaming(): void {
  const streamifyResponse =
    (handler: StreamingHandler): LocalHandler =>
    async (event, context, sendPiece) => {
      const response = new ResponseStream(sendPiece);
      await handler(event, response, context);
      await finished(response);
    };
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: ResponseStream } });
}
