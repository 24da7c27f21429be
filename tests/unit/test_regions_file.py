"""The file with regions: where everything is, and what is wrong when it is wrong."""

from dataclasses import replace

import pytest

from data_contracts.regions import BadRegions, regions_from
from pipelines.nights import Where, errands
from pipelines.region_night import RegionFailed, RegionNight, night_of, settings_of
from tests.builders import ON

GOOD = """
policy: beleid.yaml
seed: 5
regions:
  - {name: noord, deliveries: lev/noord}
  - {name: zuid, deliveries: /elders/zuid, data: /schijf/zuid, policy: zuid.yaml, seed: 6,
     database_url: postgresql:///zuid}
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "regios.yaml"
        file.write_text(text, "utf-8")
        return file

    return write


def test_paths_start_at_the_file_and_what_stands_above_holds_for_all(written, tmp_path):
    noord, zuid = regions_from(written(GOOD))

    assert noord.deliveries == tmp_path / "lev" / "noord"
    assert noord.data == tmp_path / "data" / "noord"
    assert (noord.policy, noord.seed) == (tmp_path / "beleid.yaml", 5)
    assert (str(zuid.data), str(zuid.deliveries)) == ("/schijf/zuid", "/elders/zuid")
    assert (zuid.policy, zuid.seed) == (tmp_path / "zuid.yaml", 6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("regions: [{name: a, delivries: x}]", "Regio 1 (a): delivries kennen wij niet; bedoelt u"),
        ("regios: [{name: a, deliveries: x}]", "Boven de regio's: regios kennen wij niet; bedoelt"),
        ("regions: [{name: a}]", "Regio 1 (a): deliveries ontbreekt"),
        ("regions: [{name: Den Haag, deliveries: x}]", "kleine letters"),
        ("regions: [{name: a, deliveries: x, seed: hoog}]", "seed moet een heel getal zijn"),
        ("regions: []", "minstens één regio"),
        ("regions: [noord]", "Regio 1: de hele regio"),
        ("- noord", "Het hele bestand"),
        ("", "Het hele bestand"),
        ("regions: [", "niet te lezen als YAML"),
        ("regions: [{name: a, deliveries: x}, {name: a, deliveries: y}]", "dezelfde name"),
        ("regions: [{name: a, deliveries: x}, {name: b, deliveries: x}]", "dezelfde deliveries"),
        (
            "regions: [{name: a, deliveries: x, data: d}, {name: b, deliveries: y, data: d}]",
            "Regio 2 heeft dezelfde data als regio 1",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_that_names_the_place(written, text, said):
    with pytest.raises(BadRegions) as wrong:
        regions_from(written(text))

    assert said in str(wrong.value)


def test_a_mistake_never_repeats_what_was_filled_in(written):
    with pytest.raises(BadRegions) as wrong:
        regions_from(written("regions: [{name: a, deliveries: x, database_ur: geheim}]"))

    assert "geheim" not in str(wrong.value)
    assert "database_url" in str(wrong.value)


def test_no_setting_of_the_environment_shapes_the_plan_of_a_region(written, monkeypatch):
    for name in ("SEED", "POLICY", "RULES", "NETWORK", "SOURCE", "DELIVERIES", "DATA"):
        monkeypatch.setenv(f"VERHUISKETEN_{name}", "999")

    noord, _ = map(settings_of, regions_from(written(GOOD)))

    told = noord.model_dump(include={"seed", "policy", "rules", "network", "source", "data"})
    assert "999" not in {str(value) for value in told.values()}


def test_regions_never_share_the_database_of_the_environment(written, monkeypatch):
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", "postgresql:///samen")
    noord, zuid = regions_from(written(GOOD))

    assert settings_of(zuid).database_url == "postgresql:///zuid"
    with pytest.raises(RegionFailed, match="VERHUISKETEN_DATABASE_URL"):
        settings_of(noord)


def test_workers_on_other_machines_need_a_database_they_can_reach(written):
    file = written(GOOD)

    with pytest.raises(BadRegions, match="noord"):
        errands(file, on=ON, scheduler="tcp://rekenaar:8786")
    assert len(errands(file, on=ON, scheduler="tcp://127.0.0.1:8786")) == 2


def test_a_worker_with_another_version_refuses(written):
    asked = replace(errands(written(GOOD), on=ON)[0], version="0.0.1")

    with pytest.raises(RegionFailed, match=r"gevraagd is 0\.0\.1"):
        night_of(asked)


def test_no_more_processes_than_regions():
    assert Where(workers=8).processes(3) == 3
    assert Where(workers=2).processes(3) == 2
    assert Where().processes(1) == 1


def test_the_gap_is_how_much_better_a_plan_could_be_at_most():
    assert RegionNight("a", "r", done=True, sentence="", value=200, bound=203).gap == 1.5
