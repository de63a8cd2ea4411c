"""What is written down at the intake of an incident, beside where and what it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.base import Moment, Text, Wire

Channel = Literal["phone", "radio", "person", "system", "other"]
PersonName = Annotated[str, Field(max_length=100)]
Phone = Annotated[
    str,
    Field(
        max_length=60,
        pattern=r"^[0-9+()（）\-.\s,，;；/、#*\u8f6cextEXT]*$",
        description="one or more numbers",
    ),
]
Yuan = Annotated[
    float, Field(ge=0, le=1e13, allow_inf_nan=False, json_schema_extra={"unit": "CNY"})
]


class Contact(Wire):
    """A person at the scene."""

    name: PersonName | None = None
    phone: Phone | None = None


class Caller(Contact):
    """Who reported; `unit` is where they work."""

    unit: Annotated[str, Field(max_length=200)] | None = None


class Intake(Wire):
    """What a caller says; a field left out stays as it is."""

    caller: Caller | None = None
    channel: Channel | None = None
    received_at: Moment | None = None
    address: Annotated[str, Field(max_length=400)] | None = None
    course: Text | None = None
    measures: Text | None = None
    requests: Text | None = None
    leaders: Annotated[str, Field(max_length=1000)] | None = None
    site_contact: Contact | None = None
    direct_loss_yuan: Yuan | None = None
    important_place: bool | None = None
    serious_pollution: bool | None = None
    why: Annotated[str, Field(max_length=400)] | None = None
