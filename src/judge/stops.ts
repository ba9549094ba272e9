import type { Stop } from '../model/records.ts';

const TEXT: Readonly<Record<Stop, string>> = {
  'accepted-rate': 'its attempts were evidence enough that it fails rarely',
  'rejected-rate': 'its attempts were evidence enough that it fails too often',
  attempts: 'it made all the attempts that a run was to make',
  logins: 'the logins that a run may make at its server were used up',
  'wall-time': 'the time that a run may take was used up',
  credential: 'its identity was rejected before it had ever worked',
  'never-succeeded': 'nothing had worked yet, and more attempts would only knock',
  'not-testable': 'this client cannot try what comes next',
  interrupted: 'the run was interrupted',
  defect: 'this tool broke',
};

/** Why the sampling of a target came to its end. */
export const stopText = (reason: Stop): string => TEXT[reason];
