export { loadSettings, type Settings } from './config/index.ts';
export { type RunningServer, type ServerOptions, startServer } from './main.ts';
