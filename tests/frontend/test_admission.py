"""What a request for a token gets, and what nobody gets."""

from __future__ import annotations

import json

import pytest

from frontend.admission import Admission, admit
from frontend.errors import Refusal
from frontend.seats import Seats
from frontend.settings import Settings
from tests.frontend.settings import settings

FRESH = "0123456789abcdef0123456789abcdef"
SEATS = Seats.of("b" * 32, secret="s", now=1e9)


def asked(env: dict[str, str] | None = None, **fields: object) -> Admission:
    return admitted(json.dumps(fields).encode(), settings(**(env or {})))


def admitted(body: bytes, env: Settings) -> Admission:
    return admit(body, env, lambda: FRESH, seats=SEATS, personas=("guide", "tutor"))


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_room_and_identity_are_of_the_servers_making(body: bytes) -> None:
    admission = admitted(body, settings())
    assert admission.room == f"room-{FRESH}"
    assert SEATS.holds(admission.identity, admission.room)


def test_a_room_may_be_named_only_where_that_is_allowed() -> None:
    assert asked(room_name="kitchen").room == f"room-{FRESH}"
    assert asked({"ALLOW_ROOM_CHOICE": "on"}, room_name="kitchen").room == "kitchen"


def test_an_identity_cannot_be_chosen_nor_metadata_or_attributes_set() -> None:
    admission = asked(
        participant_identity="ann", participant_metadata="{}", participant_attributes={"a": "b"}
    )
    assert admission == asked()


def test_who_comes_back_gets_room_and_identity_again() -> None:
    identity = SEATS.give("room-1", "12345678")
    admission = asked(room_name="room-1", participant_identity=identity)
    assert (admission.room, admission.identity) == ("room-1", identity)
    assert admission.returns


@pytest.mark.parametrize("room", ["room-2", ""])
def test_an_identity_is_worth_nothing_in_another_room(room: str) -> None:
    identity = SEATS.give("room-1", "12345678")
    admission = asked(room_name=room, participant_identity=identity)
    assert admission.room == f"room-{FRESH}"
    assert admission.identity != identity
    assert not admission.returns


@pytest.mark.parametrize(
    ("metadata", "persona"),
    [
        ('{"persona": "tutor"}', "tutor"),
        ('{"persona": "stranger"}', ""),
        ('{"persona": ["tutor"]}', ""),
        ('["persona"]', ""),
        ("[" * 9000, ""),
        (7, ""),
    ],
)
def test_a_visitor_may_choose_a_persona_that_exists(metadata: object, persona: str) -> None:
    config = {"agents": [{"metadata": metadata}]}
    assert asked(room_config=config).persona == persona


@pytest.mark.parametrize("name", ["../x", "a b", "a/b", "ä", "x" * 65, "a\n", ".", "%2e"])
@pytest.mark.parametrize("field", ["room_name", "participant_identity"])
def test_refuses_names_that_do_not_pass_the_pattern(field: str, name: str) -> None:
    with pytest.raises(Refusal, match="400"):
        asked({"ALLOW_ROOM_CHOICE": "on"}, **{field: name})


@pytest.mark.parametrize("identity", ["agent-AJ_k3x", "AGENT-1", "sightline"])
def test_refuses_the_identity_of_an_agent(identity: str) -> None:
    with pytest.raises(Refusal, match="400"):
        asked({"PAGE_AGENTS": "sightline"}, participant_identity=identity)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Ann \n B. ", "Ann B."),
        ("<b>Ann</b>", "<b>Ann</b>"),
        ("\u202eevil\u0000", "evil"),
        ("本" * 100, "本" * 64),
        ("می\u200cخواهم\u200c", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_name_is_one_bounded_line_without_control_signs(given: str, shown: str) -> None:
    assert asked(participant_name=given).name == shown


def test_asks_for_the_first_agent_on_the_list_unless_another_on_it_is_named() -> None:
    env = {"PAGE_AGENTS": "one,two"}
    config = {"agents": [{"agent_name": "two", "metadata": "ignored"}], "max_participants": 99}
    assert asked(env).agent == "one"
    assert asked(env, room_config=config).agent == "two"
    assert asked().agent == ""


@pytest.mark.parametrize(
    "config",
    [
        {"agents": [{"agent_name": "stranger"}]},
        {"agents": [{"agent_name": "one"}, {"agent_name": "one"}]},
        {"agents": [{"agent_name": ["one"]}]},
        {"agents": "one"},
        {"agents": ["one"]},
    ],
)
def test_refuses_agents_that_are_not_on_the_list(config: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="400"):
        asked({"PAGE_AGENTS": "one"}, room_config=config)


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 9000,
        b'{"room": "x"}',
        b'{"grants": {"roomAdmin": true}}',
        b'{"room_name": 7}',
        b'{"room_config": []}',
        b'{"participant_name": "%s"}' % (b"x" * 300),
    ],
)
def test_refuses_what_is_no_standard_request(body: bytes) -> None:
    with pytest.raises(Refusal, match="400"):
        admitted(body, settings())
