from recipes.casing import Casing

SEEN = ["He met Mary in Rome.", "We saw Mary and Rome.", "Then Mary left Rome with us."]


def test_words_get_the_form_they_mostly_have_inside_sentences() -> None:
    casing = Casing(SEEN)
    assert casing.restore("mary left rome.") == "Mary left Rome."
    assert casing.restore("and who is bob?") == "And who is bob?"  # never seen: it stays


def test_a_sentence_begins_with_a_capital_also_after_a_quote() -> None:
    assert Casing([]).restore('"so," he said') == '"So," he said'
    assert Casing([]).restore("12") == "12"


def test_a_capital_at_a_beginning_says_nothing() -> None:
    assert Casing(["The cat.", "The dog.", "The end."]).restore("at the door") == "At the door"


def test_what_was_cut_apart_is_joined() -> None:
    casing = Casing([])
    assert casing.restore("tomorrow' s sitting") == "Tomorrow's sitting"
    assert casing.restore("dell' accordo") == "Dell'accordo"
    assert casing.restore("ma e' questo") == "Ma è questo"
    assert casing.restore("the members' rights") == "The members' rights"
