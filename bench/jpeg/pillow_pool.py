"""A pool of processes around libjpeg-turbo, as Pillow wraps it: decode, encode at quality 50, in memory.

Usage: pillow_pool.py FOLDER PROCESSES. Answers each line of its input with a line of JSON: the seconds and the sizes
of one run over all files of the folder, in the order of their names.
"""

import io
import json
import multiprocessing
import os
import sys
import time

from PIL import Image

QUALITY = 50


def load(folder):
    photos = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            photos.append(file.read())
    return photos


# Loaded before the pool forks, so that its processes share the bytes instead of being sent them.
PHOTOS = load(sys.argv[1])


def recompress(index):
    output = io.BytesIO()
    with Image.open(io.BytesIO(PHOTOS[index])) as image:
        image.save(output, "JPEG", quality=QUALITY)
    return index, len(output.getbuffer())


def main():
    with multiprocessing.get_context("fork").Pool(int(sys.argv[2])) as pool:
        print("ready", flush=True)
        for _ in sys.stdin:
            started = time.perf_counter()
            sizes = dict(pool.imap_unordered(recompress, range(len(PHOTOS))))
            seconds = time.perf_counter() - started
            ordered = [sizes[index] for index in range(len(PHOTOS))]
            print(json.dumps({"seconds": seconds, "sizes": ordered}), flush=True)


if __name__ == "__main__":
    main()
