/** Says what long work is doing right now, in one short line ("compiling 412 packages, 1m 05s"). Called often; printing rarely is the receiver's business, save where it must be seen `now`. */
export type Progress = (line: string, now?: boolean) => void;
