import type { AttemptRecord, Stop } from '../model/records.ts';

type Make = (n: number) => Promise<AttemptRecord | Stop>;
type Line = { made: number; last: Promise<unknown> };

/** The attempts of a target come one after another, numbered, whoever asks for one: its own course, or a check of the uplink. */
export class Turns {
  readonly #lines = new Map<string, Line>();

  async take(target: string, make: Make): Promise<AttemptRecord | Stop> {
    const line = this.#lines.get(target) ?? { made: 0, last: Promise.resolve() };
    this.#lines.set(target, line);
    const turn = line.last.then(() => this.#make(line, make));
    line.last = turn.catch(() => {});
    return turn;
  }

  async #make(line: Line, make: Make): Promise<AttemptRecord | Stop> {
    const made = await make(line.made + 1);
    // one that was not made has no number
    if (typeof made !== 'string') line.made += 1;
    return made;
  }
}
