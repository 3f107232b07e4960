"""Reading settings from ``scimulator.toml`` and from the environment; what cannot be used is refused by name."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.catalogue.near_miss import hint
from scimulator.target.errors import SettingsError
from scimulator.target.settings import SECTIONS, Settings, section_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

    from scimulator.exchange.strict_json import JsonObject

FILE_NAME = "scimulator.toml"
TARGET_ENV = "SCIM_TARGET"
"""The short name of the variable that holds the target; the long one is ``SCIMULATOR_TARGET_URL``."""


def load_settings(path: Path | str | None = None, *, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a file and, above them, of the environment; the command line comes with ``override``.

    Without ``path`` the file is ``scimulator.toml`` in the current folder, if there is one. A scalar or list ``key`` of
    ``[section]`` may stand in the variable ``SCIMULATOR_SECTION_KEY``, a list separated by commas.

    Raises:
        SettingsError: for an unreadable file, an unknown key (with the nearest known one) or an impossible value.
    """
    made = Settings()
    if path is not None or Path(FILE_NAME).is_file():
        name = str(path or FILE_NAME)
        document = _read(Path(name))
        _validate(document, name)
        for section, values in document.items():
            if section == "quirks" and isinstance(values, dict):
                made = made.override(quirks=values, origin=name)
            elif section == "control" and isinstance(values, dict):
                made = made.with_value("control", values, name)
                made.controls()  # whoever uses it or not: what cannot be used is refused now
            elif isinstance(values, dict):
                for key, value in values.items():
                    made = made.with_value(key, value, name)  # type: ignore[arg-type]  # the schema has seen its shape
    return _from_environment(made, os.environ if environ is None else environ)


def _read(path: Path) -> JsonObject:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such settings file; check the path, or leave it out") from error
    except OSError as error:
        raise SettingsError(f"{path}: the settings file cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is not TOML: {error}") from error


def _validate(document: JsonObject, origin: str) -> None:
    # jsonschema is heavy, and many runs have no settings file.
    import jsonschema  # noqa: PLC0415 - see above

    schema = json.loads((content("fixtures") / "schemas" / "settings.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    problems = [_sentence(error) for error in sorted(validator.iter_errors(document), key=lambda one: list(one.path))]
    if problems:
        raise SettingsError(f"{origin}: " + f"\n{origin}: ".join(problems))


def _sentence(error: ValidationError) -> str:
    parts = [str(part) for part in error.absolute_path]
    where = f"[{parts[0]}]" + (f" {'.'.join(parts[1:])}" if parts[1:] else "") if parts else "top level"
    wanted: dict[str, object] = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "additionalProperties":
        properties = wanted.get("properties")
        known = list(properties) if isinstance(properties, dict) else []
        strangers = [str(key) for key in error.instance if key not in known]  # type: ignore[union-attr]  # an object, by the rule
        told = "; ".join(
            f"there is no {'key' if parts else 'section'} {key!r}{_advice(key, known)}" for key in strangers
        )
        return f"{where}: {told}"
    values = wanted.get("enum")
    choices = [str(value) for value in values] if isinstance(values, list) else []
    expected = {
        "enum": f"one of {', '.join(choices)}",
        "type": f"of type {wanted.get('type')}",
        "minimum": f"at least {wanted.get('minimum')}",
        "exclusiveMinimum": f"more than {wanted.get('exclusiveMinimum')}",
        "minLength": "not empty",
        "uniqueItems": "without repetition",
        "pattern": f"of another form ({wanted.get('description', 'see the schema')})",
    }.get(str(error.validator), error.message)
    near = hint(error.instance, choices) if choices and isinstance(error.instance, str) else ""
    # What stands in a place for a name may be the token itself, pasted there by mistake.
    hidden = parts[:1] == ["control"] or (parts[-1:] and parts[-1].startswith("token"))
    shown = "not shown" if hidden else json.dumps(error.instance, default=str)
    return f"{where} is {shown}, but must be {expected}{near}"


def _advice(key: str, known: list[str]) -> str:
    if key.lower() in ("token", "password", "secret"):
        return ": a secret does not belong in a file that is shared; name its place with token_env or token_file"
    return hint(key, known)


def _from_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    made = settings
    if environ.get(TARGET_ENV):
        made = made.with_value("url", environ[TARGET_ENV], f"variable {TARGET_ENV}")
    prefixes = tuple(f"SCIMULATOR_{section.upper()}_" for section in SECTIONS)
    for variable in sorted(name for name in environ if name.startswith(prefixes)):
        section, _, key = variable.removeprefix("SCIMULATOR_").lower().partition("_")
        origin = f"variable {variable}"
        if section_of(key) != section or key == "defaults":
            known = [f"SCIMULATOR_{section.upper()}_{one.name.upper()}" for one in fields(SECTIONS[section])]
            raise SettingsError(f"{origin}: there is no such setting{hint(variable, known)}")
        value = _converted(environ[variable], getattr(getattr(Settings(), section), key), origin)
        _validate({section: {key: list(value) if isinstance(value, tuple) else value}}, origin)
        made = made.with_value(key, value, origin)
    return made


def _converted(text: str, example: object, origin: str) -> str | float | bool | tuple[str, ...]:
    if isinstance(example, bool):
        if text.lower() not in ("true", "false", "1", "0"):
            raise SettingsError(f"{origin} is {text!r}, but must be true or false")
        return text.lower() in ("true", "1")
    if isinstance(example, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(example, int | float):
        try:
            return int(text) if isinstance(example, int) else float(text)
        except ValueError as error:
            raise SettingsError(f"{origin} is {text!r}, but must be a number") from error
    return text
