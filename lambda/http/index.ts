/** The HTTP side: events in, replies out. */
export type { HttpRequest } from '../mcp/request.ts';
export { MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_BODY_VALUES } from './body.ts';
export { readHttpEvent, toHttpResponse } from './event.ts';
export { createFrontDoor, type FrontDoor, type FrontDoorOptions } from './front-door.ts';
export { readRestEvent } from './rest-event.ts';
