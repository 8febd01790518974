"""Errors that the person asking can fix."""

from chat.reply import Action, Mood, Reply


class UserError(Exception):
    """An error to show: one sentence, the next step, and similar names or commands as actions."""

    def __init__(self, sentence: str, step: str = "", actions: tuple[Action, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.step = step
        self.actions = actions

    def reply(self) -> Reply:
        """The error as a private reply to the person who asked."""
        return Reply(self.sentence, self.step, actions=self.actions, mood=Mood.TROUBLE, private=True)
