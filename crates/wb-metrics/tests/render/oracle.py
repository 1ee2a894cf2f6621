"""Writes oracle.json: what graphite-web itself answers, for the render engine to be compared with.

Made with Python 3.11 and graphite-web 1.1.10 (which brings Django 3.0), in a virtual environment
outside of this tree:

    python3.11 -m venv /tmp/oracle
    /tmp/oracle/bin/pip install 'setuptools<81' graphite-web==1.1.10
    /tmp/oracle/bin/python crates/wb-metrics/tests/render/oracle.py

Only the place that series are read from is ours (`Store`, which reads as whisper does); expressions,
functions, consolidation and times are graphite-web's own code.
"""

import datetime
import json
import os
import pathlib
import tempfile
import time

root = tempfile.mkdtemp()
os.makedirs(os.path.join(root, "storage", "log", "webapp"))
os.environ["GRAPHITE_ROOT"] = root
os.environ["DJANGO_SETTINGS_MODULE"] = "graphite.settings"
os.environ["GRAPHITE_STORAGE_DIR"] = os.path.join(root, "storage")

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.LOG_DIR = os.path.join(root, "storage", "log", "webapp")
settings.SECRET_KEY = "nothing is secret here"
django.setup()

import pytz  # noqa: E402
from graphite.finders import match_entries  # noqa: E402
from graphite.render import datalib, evaluator, views  # noqa: E402
from graphite.render.attime import parseATTime, parseTimeOffset  # noqa: E402
from graphite.tags.utils import TaggedSeries  # noqa: E402

NOW = 1_710_513_441  # 2024-03-15 14:37:21 UTC, a Friday
T = 1_710_500_400  # 2024-03-15 11:00:00 UTC


class Store:
    """Series in memory, read as from whisper files."""

    class tagdb:
        parse = staticmethod(TaggedSeries.parse)

    def __init__(self, series):
        self.series = series

    def fetch(self, patterns, start, end, now, context):
        for pattern in patterns:
            for series in self.series:
                if fits(series["name"], pattern):
                    yield self.read(series, pattern, start, end)

    @staticmethod
    def read(series, pattern, start, end):
        step = series["step"]
        first, last = start - start % step + step, end - end % step + step
        values = []
        for at in range(first, last, step):
            place = (at - series["start"]) // step
            known = 0 <= place < len(series["values"])
            values.append(series["values"][place] if known else None)
        return {
            "pathExpression": pattern,
            "name": series["name"],
            "time_info": (first, last, step),
            "values": values,
        }


def fits(name, pattern):
    names, patterns = name.split("."), pattern.split(".")
    if len(names) != len(patterns):
        return False
    return all(match_entries([one], each) for one, each in zip(names, patterns))


def noise(seed, count, gaps=0):
    """Even numbers and odd, with a point, in the same order wherever this runs."""
    values, state = [], seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        gap = gaps and (state >> 16) % 100 < gaps
        values.append(None if gap else ((state >> 12) % 20000 - 4000) / 8)
    return values


def counter(seed, count, top=None, gaps=0):
    values, state, total = [], seed, 0
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        total += (state >> 16) % 97
        if top is not None and total > top:
            total -= top + 1
        values.append(None if gaps and (state >> 20) % 100 < gaps else total)
    return values


def inputs():
    hours = [20 + (hour % 24) + hour % 7 / 4 for hour in range(24 * 120)]
    listed = [
        ("web.host1.cpu.user", T - 7200, 60, noise(1, 300)),
        ("web.host2.cpu.user", T - 7200, 60, noise(2, 300, gaps=20)),
        ("web.host3.cpu.user", T - 7200, 60, noise(3, 300, gaps=60)),
        ("web.host1.cpu.system", T - 7200, 60, noise(4, 300, gaps=5)),
        ("mix.a.load", T - 7200, 60, noise(5, 300, gaps=15)),
        ("mix.b.load", T - 7200, 300, noise(6, 60, gaps=15)),
        ("mix.c.load", T - 7200, 180, noise(7, 100)),
        ("count.up", T - 7200, 60, counter(8, 300, gaps=10)),
        ("count.wrap", T - 7200, 60, counter(9, 300, top=250)),
        ("count.odd", T - T % 128 - 7168, 128, counter(10, 120)),
        ("sparse.x", T - 7200, 60, noise(11, 300, gaps=92)),
        ("never.x", T - 7200, 60, [None] * 300),
        ("zero.x", T - 7200, 60, [0] * 300),
        ("brief.x", T + 600, 60, noise(12, 7)),
        ("tagged;dc=one;host=h1", T - 7200, 60, noise(13, 300)),
        ("tagged;dc=one;host=h2", T - 7200, 60, noise(14, 300)),
        ("fine.x", T - 7200, 10, noise(15, 1800, gaps=10)),
        ("hours.x", 1_704_067_200, 3600, hours),
    ]
    return [dict(zip(("name", "start", "step", "values"), one)) for one in listed]


def cases():
    """Targets with a window: (target or targets, from, until, maxDataPoints, zone)."""
    short, odd, hour = (T, T + 900), (T + 37, T + 1961), (T, T + 3600)
    for target in [
        "web.host1.cpu.user",
        "web.*.cpu.user",
        "web.host[13].cpu.{user,system}",
        "mix.*.load",
        "nothing.there",
        "never.x",
        "sumSeries(web.*.cpu.user)",
        "sum(web.*.cpu.user,web.host1.cpu.system)",
        "sumSeries(mix.*.load)",
        "constantLine(100)",
        "constantLine(-1.5)",
        "sumSeries(constantLine(2),constantLine(3))",
        "sumSeries(mix.*.load,web.*.cpu.user,mix.*.load)",
        "sumSeries(nothing.*)",
        "sumSeries(nothing.*,zero.x)",
        "sumSeries(never.x)",
        "sum(tagged;dc=one;host=h1,tagged;dc=one;host=h2)",
        "averageSeries(web.*.cpu.user)",
        "avg(mix.*.load)",
        "avg(consolidateBy(mix.*.load,'max'))",
        "avg(alias(web.host1.cpu.user,'one'),scale(web.host2.cpu.user,3))",
        "maxSeries(web.*.cpu.user)",
        "maxSeries(mix.*.load,sparse.x)",
        "minSeries(web.*.cpu.user,never.x)",
        "minSeries(mix.a.load,count.odd)",
        "minSeries(fine.x,brief.x)",
        "scale(web.*.cpu.user,2)",
        "scale(sparse.x,-0.125)",
        "scale(web.host1.cpu.user,1e-7)",
        "scale(web.host1.cpu.user,1234567.5)",
        'scale(web.host1.cpu.user,"0.1")',
        "scale(web.host1.cpu.user,factor=10)",
        "perSecond(count.up)",
        "perSecond(count.wrap)",
        "perSecond(count.wrap,250)",
        "perSecond(count.wrap,maxValue=250,minValue=0)",
        "perSecond(count.wrap,None,3)",
        "perSecond(count.wrap,200,10)",
        "perSecond(count.odd)",
        "scale(perSecond(count.up),60)",
        "movingAverage(web.host1.cpu.user,5)",
        "movingAverage(web.*.cpu.user,7)",
        "movingAverage(web.host1.cpu.user,'5min')",
        "movingAverage(web.host1.cpu.user,'-5min')",
        "movingAverage(web.host1.cpu.user,'90s')",
        "movingAverage(web.host1.cpu.user,'30s')",
        "movingAverage(mix.*.load,'10min')",
        "movingAverage(mix.*.load,3)",
        "movingAverage(web.host3.cpu.user,6,0.5)",
        "movingAverage(web.host3.cpu.user,'6min',xFilesFactor=0.4)",
        "movingAverage(sparse.x,10,1)",
        "movingAverage(brief.x,4)",
        "movingAverage(nothing.there,4)",
        "movingAverage(web.host1.cpu.user,0)",
        "movingAverage(sumSeries(web.*.cpu.user),4)",
        "movingAverage(movingAverage(fine.x,'2min'),3)",
        "movingAverage(timeShift(web.host1.cpu.user,'20min'),3)",
        'alias(web.host1.cpu.user,"The first")',
        "alias(web.*.cpu.user,'all')",
        r'alias(web.host1.cpu.user,"a \"b\" \\d")',
        "web.host1.cpu.user|alias('piped')",
        "aliasByNode(web.*.cpu.user,1)",
        "aliasByNode(web.*.cpu.user,1,-1)",
        "aliasByNode(web.*.cpu.user,-4,9,0)",
        "aliasByNode(scale(web.*.cpu.user,2),1)",
        "aliasByNode(sumSeries(web.*.cpu.user,mix.*.load),0,1)",
        "aliasByNode(summarize(movingAverage(web.host2.cpu.user,3),'5min'),1,2)",
        "aliasByNode(tagged;dc=one;host=h1,'host','dc',0)",
        "aliasByNode(alias(web.host1.cpu.user,'x.y z'),1)",
        "aliasByNode(alias(web.host1.cpu.user,'x.y (z.w.v)'),1)",
        "aliasByNode(alias(web.host1.cpu.user,'x.y )'),1)",
        "aliasByNode(sumSeries(scale(web.*.cpu.user,2)),1,'name')",
        "web.*.cpu.user|scale(2)|aliasByNode(1)",
        "sumSeries(aliasByNode(web.*.cpu.user,1))",
        "summarize(web.host1.cpu.user,'5min')",
        "summarize(web.host1.cpu.user,'5min','avg')",
        "summarize(web.host1.cpu.user,'5min','sum',true)",
        "summarize(web.*.cpu.user,'7min','max',alignToFrom=true)",
        "summarize(web.host2.cpu.user,'7min','min')",
        "summarize(web.host2.cpu.user,'4min','count')",
        "summarize(web.host2.cpu.user,'4min','last')",
        "summarize(web.host2.cpu.user,'4min','median')",
        "summarize(web.host2.cpu.user,'4min','stddev')",
        "summarize(web.host2.cpu.user,'4min','range')",
        "summarize(web.host2.cpu.user,'4min','diff')",
        "summarize(web.host2.cpu.user,'4min','multiply')",
        "summarize(web.host2.cpu.user,'4min','avg_zero')",
        "summarize(web.host2.cpu.user,'4min','current')",
        "summarize(mix.*.load,'10min','total')",
        "summarize(mix.b.load,'1min','sum')",
        "summarize(mix.b.load,'400s','sum')",
        "summarize(sparse.x,'10min')",
        "summarize(never.x,'10min')",
        "summarize(nothing.x,'10min')",
        "summarize(count.odd,'5min','max',true)",
        "sumSeries(summarize(mix.a.load,'5min'),mix.b.load)",
        "timeShift(web.host1.cpu.user,'1h')",
        "timeShift(web.host1.cpu.user,'-30min')",
        "timeShift(web.host1.cpu.user,'+10min')",
        "timeShift(web.host1.cpu.user,'95s')",
        "timeShift(mix.*.load,'20min',false)",
        "timeShift(mix.*.load,'7min',resetEnd=false)",
        "timeShift(count.odd,'333s')",
        "timeShift(nothing.x,'1h')",
        "timeShift(scale(web.host1.cpu.user,2),'1h')",
        "sumSeries(timeShift(web.host1.cpu.user,'1h'),web.host1.cpu.user)",
        "timeShift(movingAverage(web.host1.cpu.user,3),'10min')",
        "keepLastValue(web.*.cpu.user)",
        "keepLastValue(web.host2.cpu.user,1)",
        "keepLastValue(web.host3.cpu.user,limit=2)",
        "keepLastValue(sparse.x,inf)",
        "keepLastValue(brief.x,3)",
        "keepLastValue(never.x)",
        "sumSeries(keepLastValue(web.*.cpu.user))",
        "transformNull(web.*.cpu.user)",
        "transformNull(web.host3.cpu.user,-1)",
        "transformNull(web.host3.cpu.user,default=0.5)",
        "transformNull(sparse.x,1,web.host3.cpu.user)",
        "transformNull(sparse.x,1,web.*.cpu.user)",
        "transformNull(sparse.x,7,nothing.x)",
        "transformNull(sparse.x,7,mix.b.load)",
        "transformNull(mix.b.load,7,sparse.x)",
        "consolidateBy(web.host1.cpu.user,'max')",
        "consolidateBy(web.host1.cpu.user,'avg')",
        "aliasByNode(consolidateBy(web.host1.cpu.user,'sum'),1)",
        "alias(scale(perSecond(keepLastValue(count.up)),60),'per minute')",
    ]:
        for window in (short, odd):
            yield target, *window, None, "UTC"
    for target in [
        "web.*.cpu.user",
        "mix.*.load",
        "consolidateBy(web.host2.cpu.user,'sum')",
        "consolidateBy(web.host3.cpu.user,'avg_zero')",
        "consolidateBy(web.host2.cpu.user,'min')",
        "consolidateBy(web.host2.cpu.user,'max')",
        "consolidateBy(web.host3.cpu.user,'first')",
        "consolidateBy(web.host3.cpu.user,'last')",
        "sumSeries(consolidateBy(mix.*.load,'sum'))",
        "movingAverage(fine.x,'90s')",
        "summarize(fine.x,'45s','max')",
        "timeShift(web.host1.cpu.user,'25min')",
        ["web.host1.cpu.user", "mix.b.load", "brief.x"],
        ["never.x", "nothing.x", "sumSeries(sparse.x)"],
    ]:
        for most in (1, 7, 10, 59, 60, 1000):
            yield target, *hour, most, "UTC"
        yield target, *odd, 11, "UTC"
    april, march = 1_711_929_600, 1_709_596_800  # 2024-04-01, 2024-03-05 00:00 UTC
    day = 86_400
    for zone in ("Europe/Berlin", "America/New_York", "UTC"):
        for from_s in (april, march, april - 2 * day):
            yield "timeShift(hours.x,'14d',alignDST=true)", from_s, from_s + day, None, zone
        yield "timeShift(hours.x,'7d',true,true)", april, april + day, None, zone
        yield "timeShift(hours.x,'+35d',false,true)", march, march + day, None, zone
        yield "timeShift(hours.x,'14d')", april, april + day, None, zone
    yield "summarize(hours.x,'1d','avg')", march + 1800, march + 5 * day, None, "Europe/Berlin"
    yield "summarize(hours.x,'1w','max',true)", march + 1800, march + 21 * day, None, "UTC"


def answer(store, targets, from_s, until_s, most, zone):
    os.environ["TZ"] = zone
    time.tzset()
    at = lambda second: datetime.datetime.fromtimestamp(second, pytz.timezone(zone))  # noqa: E731
    context = {
        "startTime": at(from_s),
        "endTime": at(until_s),
        "now": at(NOW),
        "tzinfo": pytz.timezone(zone),
        "template": {},
        "localOnly": True,
        "data": [],
        "targets": targets,
        "xFilesFactor": 0.0,
    }
    lines = evaluator.evaluateTarget(context, targets)
    options = {} if most is None else {"maxDataPoints": most}
    shown = json.loads(views.renderViewJson(options, lines).content)
    assert len(shown) == len(lines) or not any(lines), (targets, "series went missing")
    return [line_of(line, each) for line, each in zip(lines, shown)]


def line_of(line, shown):
    step = line.step * line.valuesPerPoint
    times = [at for _, at in shown["datapoints"]]
    assert times == [line.start + step * place for place in range(len(times))]
    return {
        "name": shown["target"],
        "path_expression": line.pathExpression,
        "start": line.start,
        "step": step,
        "values": [value for value, _ in shown["datapoints"]],
        "tags": shown["tags"],
    }


TIMES = """now|-1h|-8d|-30min|now-5min|today|yesterday|tomorrow|noon|noon yesterday|midnight|teatime
midnight tomorrow|teatime yesterday|monday|friday|sunday|noon monday|saturday|6pm today|6am|12am|12pm
11:30pm|9:05|09:05_20240131|18:30_20231231|20240131|20231105|01/31/24|12/25/99|02/29/2024|2/3/69
1/1/1970|january 1|jan 31|december 25|feb 29|6pm january 5|0|12|1710000000|1710000000000|99999999
19000101|20241301|20240132|20240230|now+1d|today+90min|midnight-1w|-1mon|-1y|-1d12h|-1h30min20s
+3days|-2weeks|-5minutes|1h|-1m|-h|-|+|now-1d-2h|now-5min+1h|foo|monda|mo|25:00|12:75|6:5|6:5pm
noon_yesterday|16:00,yesterday|12:30am|31:00 today|january|jan 32|13/01/24|2024-01-31|1:30_20231105
02:30_20240310|02:30_20240331|02:15_20231029|01:15_20231029|now - 10 min|NOON YESTERDAY| -1h
midnight+20100101|6pmtoday|noontoday+3h|tuesday-2d|wed|thu|today-0s|20240315-1h|2pm+1d|-1.5h|8pm_20240101
|-1fortnight|-3MIN|-99999999y|23:59_20240630|1am 03/31/24""".replace("\n", "|").split("|")

SPANS = """5min|-1d|1hour|+1h|1d12h|-1d12h|1mon|1y|2w|90s|10|5m|h|-|1 h|1H|1h-5min|1.5h|3seconds|0s
12months|1minute|0min|7days|1yearish|x|5minx3|-0d""".replace("\n", "|").split("|")


def instants():
    for zone in ("UTC", "Europe/Berlin", "America/New_York"):
        tz = pytz.timezone(zone)
        now = datetime.datetime.fromtimestamp(NOW, tz)
        for text in TIMES:
            try:
                at = int(parseATTime(text, tz, now).timestamp())
            except Exception:
                at = None
            yield {"text": text, "zone": zone, "at": at}


def spans():
    for text in SPANS:
        try:
            seconds = int(parseTimeOffset(text).total_seconds())
        except Exception:
            seconds = None
        yield {"text": text, "seconds": seconds}


def main():
    series = inputs()
    store = Store(series)
    datalib.STORE = store
    answers = []
    for targets, from_s, until_s, most, zone in cases():
        targets = [targets] if isinstance(targets, str) else targets
        lines = answer(store, targets, from_s, until_s, most, zone)
        answers.append({
            "targets": targets,
            "from": from_s,
            "until": until_s,
            "max_data_points": most,
            "zone": zone,
            "series": lines,
        })
    written = {"now": NOW, "inputs": series, "cases": answers, "times": list(instants()), "spans": list(spans())}
    lists = []
    for key, value in written.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            lists.append(f'"{key}":[\n{rows}\n]')
        else:
            lists.append(f'"{key}":{value}')
    path = pathlib.Path(__file__).with_name("oracle.json")
    path.write_text("{" + ",\n".join(lists) + "}\n")
    print(len(answers), "cases,", path.stat().st_size, "bytes")


main()
