from dash_app.feed import Feed
from warehouse import Lake


def counting(lake) -> int:
    counting.asked += 1
    return counting.asked


def test_a_lake_that_comes_later_is_found(settings):
    counting.asked = 0
    feed = Feed(settings)
    assert feed.snapshot() is None
    assert feed.ask(counting) is None
    Lake.create(settings)
    assert feed.snapshot() > 0
    assert feed.ask(counting) == 1


def test_a_question_is_asked_once_per_snapshot(lake):
    counting.asked = 0
    feed = Feed(lake.settings)
    assert [feed.ask(counting) for _ in range(3)] == [1, 1, 1]
    with lake.write("something new") as con:
        con.execute("DELETE FROM ops.source")
        con.execute("INSERT INTO ops.source VALUES ('s', 't', 's', 'o', NULL, TRUE, TRUE, 1, 9)")
    assert [feed.ask(counting) for _ in range(3)] == [2, 2, 2]


def test_questions_about_different_things_are_different_questions(lake):
    feed = Feed(lake.settings)
    assert [feed.ask(about, number) for number in (1, 2, 1)] == [1, 2, 1]


def about(_lake, number: int) -> int:
    return number
