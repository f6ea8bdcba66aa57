"""The eyes look at one camera or screen of the served participant, and receive nothing else."""

from __future__ import annotations

import pytest
from livekit import rtc

from tests.fakes.publications import CAMERA, MICROPHONE, SCREEN, FakeRoom
from worker.eyes.sources import Source, Sources


@pytest.fixture
def room() -> FakeRoom:
    room = FakeRoom()
    room.join("ann")
    return room


@pytest.fixture
def sources(room: FakeRoom) -> Sources:
    sources = Sources(room)
    sources.serve("ann")
    return sources


def looked_at(sources: Sources) -> str | None:
    return next((source.sid for source in sources.all()), None)


def test_receives_what_it_looks_at_and_nothing_else(room: FakeRoom, sources: Sources) -> None:
    room.join("bob")
    microphone = room.publish("ann", "mic", MICROPHONE)
    others = room.publish("bob", "b", CAMERA)
    own = room.publish("ann", "a", CAMERA)
    assert (own.asked, microphone.asked, others.asked) == ([True], [], [])


def test_finds_what_was_there_before_it_came(room: FakeRoom) -> None:
    publication = room.publish("ann", "a", CAMERA)
    sources = Sources(room)
    assert sources.all() == ()
    sources.serve("ann")
    assert looked_at(sources) == "a"
    assert publication.received


def test_a_screen_takes_over_and_gives_back(room: FakeRoom, sources: Sources) -> None:
    face = room.publish("ann", "a", CAMERA)
    slides = room.publish("ann", "s", SCREEN)
    assert looked_at(sources) == "s"
    assert (face.received, slides.received) == (False, True)
    room.unpublish("ann", "s")
    assert looked_at(sources) == "a"
    assert face.received
    assert slides.asked == [True], "what is gone is not touched"


def test_follows_a_camera_that_is_published_again(room: FakeRoom, sources: Sources) -> None:
    room.publish("ann", "a", CAMERA)
    room.unpublish("ann", "a")
    assert sources.all() == ()
    again = room.publish("ann", "a", CAMERA)
    assert looked_at(sources) == "a"
    assert again.received


def test_tells_mute_and_unmute(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    told: list[Source] = []
    sources.on_change = lambda: told.extend(sources.all())
    for muted in (True, True, False):
        room.mute("ann", publication, muted)
    assert [source.muted for source in told] == [True, False]
    assert publication.asked == [True], "a muted camera stays received: it may be back any moment"


def test_tells_when_the_subscription_has_come_about(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    told: list[Source] = []
    sources.on_change = lambda: told.extend(sources.all())
    video = rtc.VideoSource(16, 16)
    publication.track = rtc.LocalVideoTrack.create_video_track("camera", video)
    room.emit("track_subscribed", publication.track, publication, room.people["ann"])
    assert [source.track for source in told] == [publication.track]
    (source,) = sources.all()
    assert (source.identity, source.kind, source.sid) == ("ann", "camera", "a")
    assert (source.track, source.muted) == (publication.track, False)


def test_follows_the_served_participant(room: FakeRoom, sources: Sources) -> None:
    room.join("bob")
    first, second = room.publish("ann", "a", CAMERA), room.publish("bob", "b", CAMERA)
    sources.serve("bob")
    assert looked_at(sources) == "b"
    assert (first.received, second.received) == (False, True)


def test_sees_nothing_when_the_served_participant_leaves(room: FakeRoom, sources: Sources) -> None:
    room.publish("ann", "a", CAMERA)
    room.leave("ann")
    assert sources.all() == ()
    room.join("ann")
    room.publish("ann", "c", CAMERA)
    assert looked_at(sources) == "c"


def test_asks_again_after_a_reconnect(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    room.emit("reconnected")
    assert publication.asked == [True, True]


def test_asks_once_more_when_a_subscription_fails(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    for sid in ("other", "a", "a"):
        room.emit("track_subscription_failed", room.people["ann"], sid, "no track")
    assert publication.asked == [True, True]


@pytest.fixture
def tape() -> rtc.Track:
    """A track that is there."""
    return rtc.LocalVideoTrack.create_video_track("camera", rtc.VideoSource(64, 48))


def test_receives_anew_when_asked_to(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    sources.renew()
    assert publication.asked == [True, False], "asking before the old one has ended is lost"
    room.unsubscribed("ann", publication)
    assert publication.asked == [True, False, True]


def test_insists_on_what_has_not_come_and_leaves_alone_what_has(
    room: FakeRoom, sources: Sources, tape: rtc.Track
) -> None:
    lost = room.publish("ann", "a", CAMERA)
    sources.insist()
    assert lost.asked == [True, False, True]
    lost.track = tape
    sources.insist()
    assert lost.asked == [True, False, True]


def test_receives_a_camera_again_that_it_left_only_just_now(
    room: FakeRoom, sources: Sources
) -> None:
    face = room.publish("ann", "a", CAMERA)
    room.publish("ann", "s", SCREEN)
    room.unpublish("ann", "s")
    room.unsubscribed("ann", face)
    assert face.asked == [True, False, True, True]
    assert looked_at(sources) == "a"


def test_lets_go_of_what_it_left(room: FakeRoom, sources: Sources) -> None:
    face = room.publish("ann", "a", CAMERA)
    room.publish("ann", "s", SCREEN)
    room.unsubscribed("ann", face)
    assert face.asked == [True, False]


def test_lets_go_of_everything_at_the_end(room: FakeRoom, sources: Sources) -> None:
    publication = room.publish("ann", "a", CAMERA)
    sources.close()
    assert not publication.received
    assert sources.all() == ()
    late = room.publish("ann", "c", CAMERA)
    assert late.asked == []


def test_looks_at_screen_and_camera_together(room: FakeRoom) -> None:
    sources = Sources(room, "person")
    sources.serve("ann")
    face, slides = room.publish("ann", "a", CAMERA), room.publish("ann", "s", SCREEN)
    assert [source.kind for source in sources.all()] == ["screen", "camera"]
    assert (face.asked, slides.asked) == ([True], [True])
    room.mute("ann", face, True)
    assert [source.kind for source in sources.all()] == ["screen"]
    assert face.asked == [True, False]


def test_looks_at_others_where_the_whole_room_is_to_be_seen(room: FakeRoom) -> None:
    sources = Sources(room, "room")
    sources.serve("ann")
    room.join("bob")
    room.publish("bob", "b", CAMERA)
    room.publish("ann", "a", CAMERA)
    assert [source.identity for source in sources.all()] == ["ann", "bob"]
    room.leave("ann")
    assert sources.all() == (), "nobody is looked at behind the back of who is served"
