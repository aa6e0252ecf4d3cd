/**
 * Reports the current step of long work in one short line ("compiling 412 packages, 1m 05s"). It is
 * called often. The receiver prints rarely, unless `now` is set.
 */
export type Progress = (line: string, now?: boolean) => void;
