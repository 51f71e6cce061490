export { createEngine, type EngineParts } from './api.ts';
export type { Caller, Engine, Redrive, StartCall, TaskView, Worker } from './engine.ts';
export { createRedrive } from './redrive.ts';
export { ENGINE_DEFAULTS, type EngineSettings } from './settings.ts';
export { systemClock, systemIds } from './system.ts';
export { createWorker, type WorkerParts } from './worker.ts';
