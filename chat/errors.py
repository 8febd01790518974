"""Errors that a person can put right."""

from chat.reply import Action, Mood, Reply


class UserError(Exception):
    """What the asker can put right: a sentence, a next step, and near names or commands as actions."""

    def __init__(self, sentence: str, step: str = "", actions: tuple[Action, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.step = step
        self.actions = actions

    def reply(self) -> Reply:
        """The error as a private reply."""
        return Reply(self.sentence, self.step, actions=self.actions, mood=Mood.TROUBLE, private=True)
