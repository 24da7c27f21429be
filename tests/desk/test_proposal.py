"""One proposal on one screen, read from a real night."""

import pathlib
import time


def test_first(as_coach):
    client = as_coach()
    for _ in range(3):
        t = time.perf_counter()
        answer = client.get("/voorstellen")
        print("list", answer.status_code, time.perf_counter() - t)
    pathlib.Path("/tmp/d_"+("one.html" if "keten" in dir() else "list.html")).write_text(answer.text)
    ids = [part.split('"')[0] for part in answer.text.split('href="/voorstellen/')[1:]]
    for one in ids[:4]:
        t = time.perf_counter()
        answer = client.get(f"/voorstellen/{one}")
        print("one", answer.status_code, time.perf_counter() - t)
        t = time.perf_counter()
        keten = client.get(f"/voorstellen/{one}/keten")
        print("keten", keten.status_code, time.perf_counter() - t)
    pathlib.Path("/tmp/d_"+("one.html" if "keten" in dir() else "list.html")).write_text(answer.text)
    pathlib.Path("/tmp/d_keten.html").write_text(keten.text)
    raise AssertionError
