/** What ran, as counts, and by name what failed or did not run. */
export interface Totals {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

export const NOTHING: Totals = { passed: 0, failed: [], skipped: [] };

export function add(a: Totals, b: Totals): Totals {
  return {
    passed: a.passed + b.passed,
    failed: [...a.failed, ...b.failed],
    skipped: [...a.skipped, ...b.skipped],
  };
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/**
 * Totals of one suite. A file that failed outside its tests (it could not be loaded, a hook threw) is one failure, and so is a run without a single test or a run
 * that ended red though no test did (an error outside any test).
 */
export function totalsOfReport(suite: string, text: string | undefined, exitCode: number, root: string): Totals {
  // The shape is Vitest's own and pinned with it; a wrong one ends in "ran no test".
  const report: Report = text === undefined ? { testResults: [] } : (JSON.parse(text) as Report);
  const totals = report.testResults.map((file) => totalsOfFile(suite, file, root)).reduce(add, NOTHING);
  if (totals.passed + totals.failed.length + totals.skipped.length === 0) {
    return { ...NOTHING, failed: [`${suite}: ran no test`] };
  }
  if (exitCode === 0 || totals.failed.length > 0) return totals;
  return { ...totals, failed: [`${suite}: ended with ${exitCode} though no test failed`] };
}

function totalsOfFile(suite: string, { name, status, assertionResults }: FileReport, root: string): Totals {
  const file = name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name;
  const named = (wanted: (status: string) => boolean): string[] =>
    assertionResults.filter((result) => wanted(result.status)).map(({ fullName }) => `${suite}: ${file}: ${fullName}`);
  const failed = named((result) => result === 'failed');
  return {
    passed: named((result) => result === 'passed').length,
    failed: status === 'failed' && failed.length === 0 ? [`${suite}: ${file}: failed outside its tests`] : failed,
    skipped: named((result) => result !== 'passed' && result !== 'failed'),
  };
}
