// What a vitest JSON report says, as the three numbers of the closing line.

/**
 * A file that could not be loaded, or whose set-up failed, lists no failed test of its own: it counts as one failure.
 * So does a run that ended badly for another reason, such as an unhandled rejection after its last test.
 */
export function count(report, exitCode) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const closingLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The outermost titles under which tests were skipped: they name the tool that is missing. */
export function skippedTitles(report) {
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'skipped' || status === 'pending'),
  );
  return [...new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title))];
}
