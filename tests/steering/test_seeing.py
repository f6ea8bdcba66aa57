"""Eyes that are closed, opened and paced by an app, and one look that it asks for."""

from __future__ import annotations

import pytest

from tests.environment import ENVIRONMENT
from tests.test_gaze import gazing
from worker.config.settings import Settings
from worker.errors import ControlError, PictureError
from worker.eyes.choice import Kind
from worker.eyes.closer import Aim
from worker.eyes.panes import Pane
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Look, Vision
from worker.eyes.sight import Sight
from worker.looking import CLOSED, Looking
from worker.personas import VisionPacing
from worker.room.answers import FramesAnswer
from worker.room.messages import Vision as Told
from worker.room.requests import FramesRequest, LookRequest, VisionRequest
from worker.steering.seeing import Seeing


class FakeSight(Sight):
    """Eyes that see one picture, or nothing."""

    def __init__(self) -> None:
        self.looked: list[tuple[Region | None, Kind | None]] = []
        self.blind = False

    async def look(self, aim: Aim) -> Look:
        self.looked.append((aim.region, aim.source))
        if self.blind:
            raise PictureError("there is no camera or screen to look at")
        picture = Picture(jpeg=b"jpeg", width=1280, height=720)
        view = (Pane(identity="ann", sid="TR_1", source="camera"),)
        return Look(picture=picture, age=0.0444, source="camera", view=view)


async def frames(_: str, asked: FramesRequest) -> FramesAnswer:
    return FramesAnswer(on=asked.on, seconds=0.0, topic="")


class Desk:
    def __init__(self, **env: str) -> None:
        self.looking = Looking(Settings.from_env({**ENVIRONMENT, **env}), VisionPacing())
        self.closed: list[bool] = []
        self.cut = False
        self.looking.serve(self.closed.append, lambda _: None)
        self.gaze, self.told = gazing()
        self.sight, self.questions = FakeSight(), list[str]()
        self.seeing = Seeing(self.looking, self.sight, self.gaze, frames, ask=self.ask)

        self.words = list[str]()
        self.looking.report(self.words.append)

    async def ask(self, question: str) -> bool:
        self.questions.append(question)
        return not self.cut

    async def vision(self, mode: str = "", fps: float = 0.0) -> tuple[bool, str, float, str]:
        answer = await self.seeing.vision("ann", VisionRequest(mode=mode, fps=fps))  # type: ignore[arg-type]
        return answer.on, answer.mode, answer.fps, answer.blind


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ([("", 0.0)], (True, "adaptive", 1.0, "")),
        ([("off", 0.0)], (False, "adaptive", 1.0, "paused")),
        ([("", 0.5)], (True, "adaptive", 0.5, "")),
        ([("steady", 0.5)], (True, "steady", 0.5, "")),
        ([("steady", 0.5), ("off", 0.0), ("on", 0.0)], (True, "steady", 0.5, "")),
        ([("off", 0.0), ("steady", 0.0)], (True, "steady", 1.0, "")),
        ([("off", 0.0), ("", 0.2)], (False, "adaptive", 0.2, "paused")),
    ],
)
async def test_what_is_left_out_stays(
    asked: list[tuple[str, float]], wanted: tuple[bool, str, float, str]
) -> None:
    desk = Desk()
    for mode, fps in asked:
        answer = await desk.vision(mode, fps)
    assert answer == wanted
    assert desk.closed[-1] is not wanted[0]


async def test_eyes_that_the_settings_have_closed_stay_closed() -> None:
    desk = Desk(AGENT_VISION="off")
    with pytest.raises(ControlError) as refusal:
        await desk.vision("on")
    assert refusal.value.code == 4409
    assert await desk.vision() == (False, "adaptive", 1.0, "paused")


async def test_says_why_there_is_nothing_to_see() -> None:
    desk = Desk()
    desk.gaze.on_vision(Vision(status="blind", reason="covered", at=0.0, source="camera"))
    assert (await desk.vision())[3] == "covered"


async def test_a_look_is_told_and_its_question_is_asked() -> None:
    desk = Desk()
    asked = LookRequest(question="what is it?", left=0.5, source="camera")
    answer = await desk.seeing.look("ann", asked)
    assert (answer.width, answer.height, answer.source, answer.age) == (1280, 720, "camera", 0.044)
    assert desk.sight.looked == [(Region(left=0.5, top=0, right=1, bottom=1), "camera")]
    assert desk.questions == ["what is it?"]
    assert isinstance(told := desk.told[-1], Told)
    assert told.reason == "look"


async def test_a_look_whose_question_was_cut_off_says_so() -> None:
    desk = Desk()
    desk.cut = True
    with pytest.raises(ControlError, match="cut off") as refusal:
        await desk.seeing.look("ann", LookRequest(question="what is it?"))
    assert refusal.value.code == 4409


async def test_a_look_at_everything_is_a_whole_one_and_asks_nothing() -> None:
    desk = Desk()
    await desk.seeing.look("ann", LookRequest())
    assert (desk.sight.looked, desk.questions) == ([(None, None)], [])


@pytest.mark.parametrize(("left", "right", "code"), [(0.5, 0.5, 4400), (0.0, 1.0, 4409)])
async def test_a_look_at_nothing_is_refused(left: float, right: float, code: int) -> None:
    desk = Desk()
    desk.sight.blind = True
    with pytest.raises(ControlError) as refusal:
        await desk.seeing.look("ann", LookRequest(question="?", left=left, right=right))
    assert refusal.value.code == code
    assert desk.questions == []


async def test_another_one_who_is_served_is_told_of_eyes_that_somebody_closed() -> None:
    desk = Desk()
    desk.seeing.serve("ann")
    desk.seeing.serve("bob")
    await desk.vision("off")
    desk.seeing.serve("bob")
    assert desk.words == [CLOSED]
    desk.seeing.serve("ann")
    assert desk.words == [CLOSED, CLOSED]


@pytest.mark.parametrize("env", [{}, {"AGENT_VISION": "off"}])
async def test_nobody_is_told_of_eyes_that_are_open_or_never_were(env: dict[str, str]) -> None:
    desk = Desk(**env)
    desk.seeing.serve("ann")
    desk.seeing.serve("bob")
    assert desk.words == []
