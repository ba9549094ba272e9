"""What the operator can mend."""


class LauncherError(Exception):
    """Its first line says what is the matter, and the next one what to do."""


class GateClosed(Exception):
    """The gate is not passed: an answer, and no mistake of the launcher's."""
