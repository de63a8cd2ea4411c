"""onemap models: the list, and one run with its sheet."""

import io
import json

import docx
import pytest
from click.testing import CliRunner

from analysis.hazard import MODELS
from gis_server.commands.models import models
from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError

LEAK = (
    "-i", "hole_diameter_m=0.01", "-i", "pressure_pa=8e5", "-i", "temperature_k=298.15",
    "-i", "molar_mass_kg_mol=0.070906", "-i", "gamma=1.32",
)  # fmt: skip


@pytest.fixture
def run():
    """Run `onemap models` with arguments; what fails raises."""
    return lambda *arguments: CliRunner().invoke(models, arguments, catch_exceptions=False)


def test_every_model_is_listed(run):
    assert set(MODELS) <= set(run().output.split())
    assert {m["name"] for m in json.loads(run("--json").output)["models"]} == set(MODELS)


def test_a_run_is_that_of_the_model_itself(run):
    told = json.loads(run("run", "gas_release", *LEAK, "--set", "slot", "--json").output)
    inputs = {k: float(v) for k, _, v in (pair.partition("=") for pair in LEAK[1::2])}
    direct = MODELS["gas_release"].run(inputs, "slot")
    assert told["values"] == direct["values"]
    assert [step["value"] for step in told["steps"]] == [s["value"] for s in direct["steps"]]


def test_a_run_in_words_shows_each_step_with_its_equation(run):
    told = run("run", "gas_release", *LEAK).output
    for step in json.loads(run("run", "gas_release", *LEAK, "--json").output)["steps"]:
        assert step["equation"] in told


def test_inputs_come_from_a_file_and_single_ones_override_it(run, tmp_path):
    file = tmp_path / "inputs.json"
    file.write_text(json.dumps({"hole_diameter_m": 1.0, "gamma": 1.1}))
    told = json.loads(run("run", "gas_release", "--inputs-file", file, *LEAK, "--json").output)
    assert told["inputs"]["hole_diameter_m"] == 0.01 and told["inputs"]["gamma"] == 1.32
    file.write_text("[1]")
    assert "no JSON object" in run("run", "gas_release", "--inputs-file", file).output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_of_a_run_goes_to_a_file(run, tmp_path, lang):
    page, document = tmp_path / "sheet.html", tmp_path / "sheet.docx"
    for file in (page, document):
        assert run("run", "gas_release", *LEAK, "--sheet", file, "--lang", lang).exit_code == 0
    assert f'lang="{lang}"' in page.read_text(encoding="utf-8")
    assert docx.Document(io.BytesIO(document.read_bytes())).tables


def test_what_cannot_be_run_is_told_by_name(run, tmp_path):
    with pytest.raises(NotFoundError, match="there is no model"):
        run("run", "nothing")
    with pytest.raises(OutOfRangeError, match="hole_diameter_m: got 0"):
        run("run", "gas_release", *LEAK, "-i", "hole_diameter_m=0")
    with pytest.raises(InvalidInputError, match=r"\.html or \.docx"):
        run("run", "gas_release", *LEAK, "--sheet", tmp_path / "sheet.pdf")
    assert "NAME=VALUE" in run("run", "gas_release", "-i", "gamma").output
