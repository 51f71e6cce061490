export { createEngine, type EngineParts } from './api.ts';
export type { Engine } from './engine.ts';
export type { Caller, StartCall, TaskView } from './model.ts';
export { createRedrive } from './redrive.ts';
export { ENGINE_DEFAULTS, type EngineSettings } from './settings.ts';
export { systemClock, systemIds } from './system.ts';
export { createWorker } from './worker.ts';
export type { WorkerParts } from './worker-parts.ts';
export type { Redrive, Worker } from './worker-types.ts';
