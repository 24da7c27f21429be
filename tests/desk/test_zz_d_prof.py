import cProfile, pstats, time
from desk import reading
from desk.viewer import Role, Viewer
from store.tenants import reading as reading_as
from sqlalchemy import text

def test_prof(desk, engine, busiest):
    stand = desk.state.desk.thinking.now()
    name, corporation = busiest
    coach = Viewer("u-1", corporation, "Coach", frozenset({Role.COACH}), name)
    with engine.connect() as c:
        ids = c.execute(text("select id from proposal where coach=:c and corporation=:k"), {"c": name, "k": corporation}).scalars().all()
    def run():
        for id_ in ids[:10]:
            with reading_as(engine, corporation) as connection:
                reading.proposal(connection, stand, coach, id_)
    run()
    t=time.process_time(); w=time.perf_counter(); run(); print("per view cpu", (time.process_time()-t)/10, "wall", (time.perf_counter()-w)/10)
    p=cProfile.Profile(); p.enable(); run(); p.disable()
    pstats.Stats(p).sort_stats("cumulative").print_stats(45)
    raise AssertionError
