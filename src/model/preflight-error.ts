/** Something the operator must mend before anything can run: exit 2, message and hint on standard error, no stack. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
  readonly code: `ERR_${string}`;
  readonly hint: string | null;

  constructor(code: `ERR_${string}`, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
