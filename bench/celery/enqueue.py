"""Sends tasks to the workers: each line of the input is a JSON list of arguments of `compress`."""

import json
import sys

from tasks import app, compress

with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
    print("ready", flush=True)
    for line in sys.stdin:
        for arguments in json.loads(line):
            compress.apply_async(arguments, producer=producer)
