/**
 * Lambda's response streaming in a local process: the global `awslambda`, as the Node.js runtime has it, on top of
 * which a handler writes its response piece by piece.
 */
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Context } from 'aws-lambda';
import type { EmitPiece, LocalHandler } from './runtime.ts';

type StreamingHandler = (event: never, response: Writable, context: Context) => unknown;

class ResponseStream extends Writable {
  readonly emitPiece: EmitPiece;

  constructor(say: EmitPiece) {
    super({ decodeStrings: false });
    this.emitPiece = say;
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.emitPiece('piece', chunk.toString());
    done();
  }

  /** Status and headers, ahead of the first piece. */
  static from(response: ResponseStream, metadata: Record<string, unknown>): ResponseStream {
    response.emitPiece('head', JSON.stringify(metadata));
    return response;
  }
}

/** Before the module is loaded that makes the handler. */
export function installResponseStreaming(): void {
  const streamifyResponse =
    (handler: StreamingHandler): LocalHandler =>
    async (event, context, say) => {
      const response = new ResponseStream(say);
      await handler(event, response, context);
      await finished(response);
    };
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: ResponseStream } });
}
