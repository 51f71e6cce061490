/** A dialect encodes and decodes the messages of one protocol revision. */
import type { Exchange, HttpMessage, Services } from './exchange.ts';
import type { HeaderMap } from './headers.ts';
import type { JsonObject, Reply, RpcRequest } from './rpc.ts';

/** One revision of the protocol, with those whose clients it also serves. Dialects never import each other. */
export interface Dialect {
  /**
   * Whether a request belongs to this dialect. Dialects are asked in order, so the last one may claim everything.
   *
   * @param request absent for a GET, which carries headers only
   * @throws Refusal when headers and body name different dialects
   */
  claims(headers: HeaderMap, request?: RpcRequest): boolean;
  /** Serve a request. @throws the errors that `errors.ts` translates */
  serve(exchange: Exchange, services: Services): Promise<Reply>;
  /** Serve a GET, with which a client resumes a stream. Absent: the dialect has no resumable streams. */
  resume?(message: HttpMessage, services: Services): Promise<Reply>;
  /** Take a client's response to a request of ours. Absent: the dialect sends no requests to clients. */
  respond?(message: HttpMessage, response: JsonObject, services: Services): Promise<Reply>;
}
