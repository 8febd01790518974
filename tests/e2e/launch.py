"""Made-up news: what is said of some names on a quiet day, and of a launch on its first evening."""

QUIET = (
    "Meta tries advert format {} in feeds",
    "Regulators ask Meta about item {}",
    "OpenAI shows study {} on schools",
    "NVIDIA ships part {} to clouds",
    "Anthropic hires for office {}",
    "Mistral AI opens its site {}",
)

LAUNCH = (
    "Meta launches Muse Spark, the first model of its new lab",
    "Hands on: Muse Spark inside the Meta AI app",
    "Why Muse Spark matters for shops and their adverts",
    "Muse Spark scores near the top, early testers find",
    "Muse Spark is here; open weights may come later",
    "Investors cheer as Meta shows Muse Spark at last",
    "Muse Spark against its rivals, a first comparison in numbers",
    "What the makers of Muse Spark say on safety work",
    "Shopping with Muse Spark: a first evening",
)
