import type { StatedCell, StatedWorkload, Statement } from '../model/statement.ts';
import { listed, type Objection, refused, undetermined } from './objection.ts';

/** A workload in a context, as somebody means to run it. */
export type Asked = { readonly workload: string; readonly context: string };

export type PlacementAnswer =
  | { readonly asked: Asked; readonly cell: StatedCell; readonly objection: null }
  | { readonly objection: Objection };

export function placementOf({ predicate: { workloads } }: Statement, asked: Asked, at: string): PlacementAnswer {
  const workload = workloads.find(({ name }) => name === asked.workload);
  if (workload === undefined) {
    return unknown(
      `${asked.workload} is no workload of this statement (${listedOrNone(workloads.map(({ name }) => name))})`,
    );
  }
  const cell = workload.cells.find(({ context }) => context === asked.context);
  if (cell === undefined) {
    const known = listedOrNone(workload.cells.map(({ context }) => context));
    return unknown(`the statement says nothing of ${asked.workload} on ${asked.context} (it knows ${known})`);
  }
  const objection = objectionTo(cell, asked, at);
  return objection === null ? { asked, cell, objection } : { objection };
}

/** Where nothing is asked, every workload is to have a place: the one that the recommended strategy gives it. */
export const placesOfAll = ({ predicate: { workloads } }: Statement): readonly (Asked | Objection)[] =>
  workloads.length === 0
    ? [undetermined('the statement names no workload')]
    : workloads.map((workload) =>
        workload.placement === null ? placeless(workload) : { workload: workload.name, context: workload.placement },
      );

function objectionTo(
  { placement, why, waived }: StatedCell,
  { workload, context }: Asked,
  at: string,
): Objection | null {
  const place = `${workload} on ${context}`;
  switch (placement) {
    case 'unsuitable':
      return refused(`${place}: unsuitable. ${why}`);
    case 'undetermined':
      return undetermined(`${place}: undetermined. ${why}`);
    case 'suitable': {
      const ended = waived.filter(({ until }) => isBefore(until, at));
      const rules = ended.map(({ target, rule, until }) => `${rule} of ${target} until ${until}`);
      return ended.length === 0 ? null : undetermined(`${place}: a waiver has ended (${listed(rules)}). Attest again.`);
    }
    default:
      return placement satisfies never;
  }
}

function placeless({ name, cells }: StatedWorkload): Objection {
  const found = cells.map(({ context, placement }) => `${context} ${placement}`);
  const says = `${name} has no place (${listedOrNone(found)})`;
  const isRefused = cells.length > 0 && cells.every(({ placement }) => placement === 'unsuitable');
  return isRefused ? refused(says) : undetermined(says);
}

const unknown = (says: string): PlacementAnswer => ({ objection: undetermined(says) });
const listedOrNone = (names: readonly string[]): string => (names.length === 0 ? 'none' : listed(names));

export const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);
