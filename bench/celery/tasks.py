"""The stack that Halve replaces, as a good engineer would write it: Celery, requests and Pillow.

BENCH_BROKER is the broker's URL.
"""

import io
import os

import requests
from celery import Celery
from celery.signals import worker_process_init
from PIL import Image

QUALITY = 50
TIMEOUT_SECONDS = 30

app = Celery("bench", broker=os.environ["BENCH_BROKER"])
app.conf.update(
    # Nobody waits for results: the files on disk are the results.
    task_ignore_result=True,
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
    worker_send_task_events=False,
)

session = None


@worker_process_init.connect
def open_session(**_):
    """Each process keeps its connections open from one image to the next."""
    global session
    session = requests.Session()


@app.task
def compress(url, path, optimize):
    response = session.get(url, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    partial = f"{path}.part"
    with Image.open(io.BytesIO(response.content)) as image:
        image.save(partial, "JPEG", quality=QUALITY, optimize=optimize)
    os.replace(partial, path)
