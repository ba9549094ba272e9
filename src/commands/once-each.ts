import type { Command } from 'commander';
import { PreflightError } from '../model/preflight-error.ts';

/** Of two values of one option the last would silently win: what takes one value is refused a second. */
export function onceEach(command: Command): void {
  for (const option of command.options) {
    if (!option.required || option.variadic || option.parseArg !== undefined) continue;
    option.argParser((value: string) => {
      // a default is no value that was given
      if (command.getOptionValueSource(option.attributeName()) !== 'cli') return value;
      throw new PreflightError('ERR_OPTION_TWICE', `${option.long} was given twice`, 'It takes one value: name one.');
    });
  }
}
