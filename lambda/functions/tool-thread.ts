/** The entry of a worker's thread, which runs one tool with `thread: true`. */
import { workerData } from 'node:worker_threads';
import { serveThread } from '../engine/worker/thread/guest.ts';

await serveThread(workerData);
