"""Makes whisper files, then times graphite-web's render view in this process: no web server, no network.

argv: a directory, the number of series, points each, seconds between points, the target, renders.
Prints the number of values of the answer, its sum, and the seconds of each render, as JSON.
"""

import json
import os
import sys
import time

folder, series, points, step_s, target, renders = sys.argv[1:]
series, points, step_s, renders = int(series), int(points), int(step_s), int(renders)

import whisper

now_s = int(time.time()) // step_s * step_s
whisper.AUTOFLUSH = False
os.makedirs(os.path.join(folder, "whisper", "bench"))
for number in range(series):
    home = os.path.join(folder, "whisper", "bench", "host%04d" % number)
    os.makedirs(home)
    path = os.path.join(home, "load.wsp")
    whisper.create(path, [(step_s, points + 60)], xFilesFactor=0)
    values = [(now_s - back * step_s, float(number % 97)) for back in range(points)]
    whisper.update_many(path, values)

with open(os.path.join(folder, "bench_settings.py"), "w") as settings:
    settings.write(
        "SECRET_KEY = 'bench'\nSTORAGE_DIR = {0!r}\nWHISPER_DIR = {1!r}\nSTANDARD_DIRS = [{1!r}]\nLOG_DIR = {0!r}\n"
        "INDEX_FILE = {2!r}\nCARBONLINK_HOSTS = []\nALLOWED_HOSTS = ['*']\nMEMCACHE_HOSTS = []\n"
        "DATABASES = {{'default': {{'NAME': {3!r}, 'ENGINE': 'django.db.backends.sqlite3'}}}}\n".format(
            folder,
            os.path.join(folder, "whisper"),
            os.path.join(folder, "index"),
            os.path.join(folder, "graphite.db"),
        )
    )
sys.path.insert(0, folder)
os.environ["DJANGO_SETTINGS_MODULE"] = "graphite.settings"
os.environ["GRAPHITE_SETTINGS_MODULE"] = "bench_settings"
import django

django.setup()
from django.core.management import call_command

call_command("migrate", run_syncdb=True, verbosity=0)
from django.test import Client

client = Client()
seconds, values = [], []
for _ in range(renders):
    begun = time.perf_counter()
    answer = client.get(
        "/render",
        {"target": target, "from": "-%ds" % (points * step_s), "format": "json", "noCache": "1"},
    )
    seconds.append(time.perf_counter() - begun)
    assert answer.status_code == 200, answer.content
    found = json.loads(answer.content)
    assert len(found) == 1, len(found)
    values = [value for value, _ in found[0]["datapoints"] if value is not None]
print(json.dumps({"values": len(values), "highest": max(values), "seconds": seconds}))
