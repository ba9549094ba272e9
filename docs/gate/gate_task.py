"""The gate as a task of a Databricks job: gate_task.py GATE_SH [NAME=VALUE…] [ARGUMENT…]

NAME=VALUE are variables of gate.sh, since serverless compute knows none of its own. Leaving with an exit code of 0 would be taken for an
error there: it returns where the gate is passed, and raises where it is not.
"""

import os
import re
import subprocess
import sys


def main(words: list[str]) -> None:
    script, *rest = words
    given = [word for word in rest if re.match(r"PROBE\w*=", word)]
    # what signs has no place where the jobs run
    environment = {name: value for name, value in os.environ.items() if name != "PROBE_SIGNING_KEY"}
    environment |= dict(word.split("=", 1) for word in given if not word.startswith("PROBE_SIGNING_KEY="))
    command = ["sh", script, *(word for word in rest if word not in given)]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(ended.stdout, flush=True)
    if ended.returncode != 0:
        raise RuntimeError(f"the gate is closed (exit code {ended.returncode})\n{ended.stdout}")


if __name__ == "__main__":
    main(sys.argv[1:])
