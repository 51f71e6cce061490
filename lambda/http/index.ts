export type { HttpRequest } from '../mcp/request.ts';
export { MAX_BODY_BYTES, MAX_DEPTH, MAX_VALUES } from './body.ts';
export { requestOf, resultOf } from './event.ts';
export { createFrontDoor, type FrontDoor, type FrontDoorOptions } from './front-door.ts';
export { restRequestOf } from './rest-event.ts';
