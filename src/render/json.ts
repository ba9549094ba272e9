import type { Report } from '../model/report.ts';

/** The report as it is: its keys are the contract. */
export const renderJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;
