/** What a thread of the worker runs for a tool with `thread: true`. */
import { workerData } from 'node:worker_threads';
import { serveThread } from '../engine/worker/thread/guest.ts';

await serveThread(workerData);
