# SPDX-License-Identifier: Apache-2.0
"""What can happen: each plot changes who has what, how many are left or where everyone is, and tells it."""
from lexicon import NUMBERS, PLACES
from world import Character, Story


def get_item(story, key="t"):
    """The hero comes by an item: always had it, finds it, buys it or makes it."""
    story.say(story.dice.weigh({
        "{H} [always carried|had|had brought] {%s.a}.": 3,
        "[{p.at}|Under a bush {p.at}|Behind a stone {p.at}] {h.he} found {%s.a}.": 4,
        "[An old man|A sailor|A merchant] sold {h.him} {%s.a}.": 1,
        "{h.He} had made {%s.a} [with {h.his} own hands|last winter].": 1,
    }).replace("%s", key))


def thank(story):
    story.moral = story.moral or "[Whoever helps others is never alone|A good friend is better than gold|It is good to help one another]."
    story.say(story.dice.weigh({
        "\"Thank you, {h.name},\" said {X}[| {x.manner}].": 4,
        "{X} [was very happy|was glad|thanked {h.him}].": 3,
        "\"[What a good idea|You are a true friend|I will never forget this]!\" said {X}.": 2,
        "[To thank {h.him}|In return], {x.name} gave {h.name} some {x.food}.": 2,
    }))


def help_friend(story):
    """A friend is in trouble, and what the hero carries ends it; a second thing, carried too, does not."""
    story.item("t")
    has_two = story.dice.chance(0.35)
    get_item(story)
    if has_two:
        story.item("t2", story.cast["t"])
        story.say("{h.He} also [took|had|carried] {t2.a}[| with {h.him}].")
    if story.dice.chance(0.4):
        story.say("[Then|Later|After that] {h.he} {h.goes} {p2.to}.")
    story.meet()
    story.say(story.cast["t"].thing.trouble)
    if story.dice.chance(0.5):
        story.say("[\"Help me, please!\" [said|called|cried] {X}.|\"Can you help me?\" asked {X} {x.manner}.|\"Do not worry,\" said {H}.|\"I know what to do,\" said {H} {h.manner}.]")
    if has_two:
        story.say("{t2.the} was [no help|of no use], but {h.name} had {t.the} too.")
    story.say(story.cast["t"].thing.fix)
    thank(story)


def lose_and_find(story):
    """Something is lost on the way; it lies where the hero has been."""
    story.moral = "[One should take care of one's things|What is lost can be found again]."
    story.item("t")
    get_item(story)
    story.say("[{h.He} sat down to rest|{h.He} stopped to drink|{h.He} took a nap] and [then|later] {h.goes} {p2.to}.")
    story.say("[There|Suddenly] {h.he} saw that {t.the} was [gone|not there any more].")
    story.say("{H} [looked everywhere|looked {h.manner} under every stone|was very sad].")
    if story.dice.chance(0.6):
        story.meet()
        story.say("\"Have you seen {t.the}?\" asked {h.name}.")
        story.say("[\"No,\" said {x.name}, \"but I will help you.\"|\"It may be {p.at},\" said {x.name}.|\"You were {p.at},\" said {x.name}.\n\"Look there.\"]")
        story.say("Together they {go} back {p.to}.", go=story.dice.pick(["went", "ran"]))
        story.say("There lay {t.the}[| in the grass| behind a stone].")
        story.say("[\"You found it!\" said {x.name}.|{h.name} laughed and thanked {x.name}.|How glad {h.name} was!]")
    else:
        story.say("{h.He} {h.goes} back {p.to}.\nThere lay {t.the}[| in the grass| behind a stone].")
        story.say("[How glad {h.he} was!|{h.name} laughed.|From then on {h.he} took better care of it.]")


def share_food(story):
    """Counting: so many found, so many given away, so many left."""
    story.moral = "[Sharing makes everything taste better|What is shared is doubled]."
    found = story.dice.pick(list(range(3, 13)))
    given = story.dice.pick(list(range(1, found)))
    food = story.dice.pick(story.cast["p"].place.find.split())
    count = lambda n: f"{NUMBERS[n]} {food[:-1] if n == 1 and food.endswith('s') and not food.endswith('ies') else 'berry' if n == 1 and food == 'berries' else food}"
    words = dict(found=count(found), given=NUMBERS[given], left=count(found - given))
    story.say("{p.at} {h.he} found {found}.", **words)
    story.meet()
    story.say("[{x.name} [was hungry|had nothing|looked sad]|\"I have nothing,\" said {x.name}].")
    story.say("{H} [{h.manner} |]gave {x.him} {given} of them[.|, and {left} were left.]" if found - given > 1 else "{H} [{h.manner} |]gave {x.him} {given} of them[.|, and {left} was left.]", **words)
    if story.dice.chance(0.6):
        story.say("[Now {H} had {left}|So {h.name} kept {left}].", **words)
    thank(story)


def race(story):
    """The faster kind wins, unless it stops on the way."""
    hero, friend = story.cast["h"], story.cast["x"]
    story.meet()
    fast, slow = (hero, friend) if hero.kind.speed >= friend.kind.speed else (friend, hero)
    pair = dict(f=fast, s=slow)
    story.say("[\"Let us race {p2.to}!\" said {f.name}.|They wanted to see who would be first {p2.at}.|\"I am faster than you,\" said {f.name}.\n\"We will see,\" said {s.name}.]", **pair)
    if story.dice.chance(0.5):
        story.say("{f.the} was fast, and {s.the} was [slow|slower].", **pair)
    if story.dice.chance(0.3):
        story.say("But {f.name} [stopped to eat {f.food}|lay down and fell asleep|took the wrong path].\nSo {s.name} [won|was first].", **pair)
        story.say("[Everyone cheered for {s.the}|{f.name} could not believe it|\"Slow and steady,\" said {s.name}].", **pair)
    else:
        story.say("{f.name} [won easily|was first|came {p2.to} long before {s.name}].", **pair)
        story.say("[\"You are very fast,\" said {s.name}.|{s.name} came later and laughed.|Then they rested and shared some {f.food}.]", **pair)


def trade(story):
    """Each has what the other needs; they swap."""
    story.item("t")
    story.item("t2", story.cast["t"])
    story.say("{h.He} had {t.a}, but {h.he} [needed|wanted] {t2.a}[| to {t2.use}].")
    story.meet()
    story.say("{x.name} had {t2.a} and [needed|wanted] {t.a}[| to {t.use}].")
    story.say("[\"Let us trade,\" said {h.name}.|\"Shall we trade?\" asked {X} {x.manner}.|\"I have an idea,\" said {h.name}.]")
    story.say("So {h.name} gave {t.the} to {x.name} and got {t2.the}.")
    story.say("Now {h.name} could {t2.use}[.|, and {x.name} could {t.use}.]")


def gift(story):
    """A friend has a birthday; the hero finds out what would please and brings it."""
    story.has_met = True
    story.say("[It was the birthday of {x.name}, {x.a_trait}|The next day was the birthday of {x.name}, {x.a_trait}].")
    if story.dice.chance(0.5):
        story.item("t")
        story.say("{x.name} [had always wanted|needed|wished for] {t.a}[| to {t.use}].")
        story.say("{h.name} [bought {t.a} at the market|made {t.a} with {h.his} own hands|found {t.a} {p2.at}].")
        story.say("[\"This is for you,\" said {h.name}.|{h.name} gave {t.the} to {x.name}.|{h.name} put {t.the} before the door of {x.name}.]")
        story.say("{x.name} [opened {x.his} eyes wide|jumped for joy|was so happy that {x.he} danced|took {t.the} {x.manner} and smiled].")
    else:
        story.say("[{h.name} knew that {x.name} loved {x.food}|Everyone knows that {x.kind.plural} like {x.food}].")
        story.say("So {h.he} brought {x.him} [a plate of|a bowl of|some] {x.food}.")
        story.say("[\"My favourite!\" said {x.name}.|They ate together and sang.|{x.name} ate it all.]")


def night_noise(story):
    """A sound in the dark turns out to be harmless; how one acts depends on the trait."""
    hero, story.is_night = story.cast["h"], True
    sound, cause = story.dice.pick([
        ("a knock at the door", "[{x.name} who had lost the way|{x.name} who could not sleep|{x.name} with a plate of {x.food}]"),
        ("a soft tapping", "[a branch at the window|the rain on the roof]"),
        ("a long howl", "[the wind in the chimney|the wind in the trees]"),
        ("a rustling in the leaves", "[{x.name} looking for {x.food}|the wind]"),
        ("a loud splash", "[a big fish|a stone that had rolled into the water]"),
        ("something creak", "[an old gate in the wind|the old stairs]"),
    ])
    story.say("[That night at home|At home, in the middle of the night,|When {h.he} was back home that night,] {h.name} heard " + sound + ".")
    story.say("\"[What is that|Who is there]?\" [asked|whispered] {h.name}.")
    if hero.trait.word == "brave":
        story.say("{h.He} was not afraid and [went to look|opened the door].")
    elif hero.trait.word == "shy":
        story.say("{h.He} [hid under the table|shook with fear], but at last {h.he} went to look.")
    else:
        story.say("{h.name} [got up|went to look|opened the window] {h.manner}.")
    told = story.dice.expand("It was only " + cause + ".", story.mood, **story.cast)
    story.say(told)
    if story.cast["x"].name in told:
        story.has_met = True
        story.say("[\"Come in,\" said {h.name}.|\"Come and sit by the fire,\" said {h.name}.|They talked until morning.]")
    else:
        story.say("[{h.name} laughed and went back to bed.|{h.name} was glad and fell asleep again.|\"How silly of me,\" said {h.name}.]")


def shelter(story):
    """Bad weather; somebody opens a door."""
    sky, wet, over = story.dice.pick([
        ("[dark clouds came|it began to thunder|heavy rain fell]", "wet", "the rain stopped"),
        ("[a storm came up|the wind grew stronger and stronger]", "tired", "the storm was over"),
        ("[it began to snow|the snow fell thicker and thicker]", "cold", "the snow stopped"),
    ])
    story.has_met = True
    story.say("[Suddenly|On the way back] " + sky + ", and soon {h.name} was " + wet + ".")
    story.say("[Then {h.he} saw a light.|{h.He} ran to the next door and knocked.|There was no roof anywhere.]")
    story.say("It was {x.name}, {x.a_trait}, who [lived there|opened the door|took {h.him} into {x.home}].\n[\"Come in!\" said {x.name}.|]")
    story.say("[{x.name} gave {h.him} some {x.food}|They sat by the fire and told stories|{x.name} made hot tea] until " + over + ".")
    if story.dice.chance(0.5):
        story.say("[\"Thank you,\" said {h.name}.|\"Come again,\" said {x.name}.|The next day {h.name} brought {x.name} some {x.food}.]")


def questions(story):
    """A question goes round; each answers from where it lives."""
    ask, end = story.dice.pick([
        ("Where does the river go", "It goes down to the sea"), ("Where does the sun sleep", "It sleeps behind the hills"),
        ("Why does it rain", "Because the flowers are thirsty"), ("Who paints the leaves red", "The autumn does"),
        ("How far is the moon", "Farther than any bird can fly"), ("Where do the clouds come from", "They come from the sea"),
    ])
    other = Character(story.dice, [story.cast["h"], story.cast["x"]])
    story.say("{h.name} [wanted to know one thing|had a question|asked everyone]: \"" + ask + "?\"")
    story.meet()
    story.say("\"[I do not know|Nobody told me that|I only know where to find {x.food}],\" said {X}.", ask=ask)
    story.say("Then they [asked|went to] {o.name}, {o.a_trait}.\n\"" + end + ",\" said {o.name} {o.manner}.", o=other)
    story.say("[Now they knew|{h.name} was pleased|\"I thought so,\" said {x.name}].")


def make_together(story):
    """Each brings one part of what they make."""
    what, parts, then = story.dice.pick([
        ("a pot of soup", ["carrots", "beans", "water", "salt"], "[ate it while it was hot|ate until nothing was left]"),
        ("an apple pie", ["apples", "flour", "butter", "sugar"], "[ate it while it was warm|gave everyone a piece]"),
        ("a raft", ["logs", "nails", "boards", "a sail"], "[sailed across the water|floated down the stream]"),
        ("a kite", ["paper", "string", "sticks", "glue"], "[let it fly high in the sky|ran with it over the grass]"),
        ("a little house", ["stones", "wood", "straw", "clay"], "[sat in it all evening|painted the door red]"),
    ])
    first = story.dice.pick(parts)
    second = story.dice.pick([part for part in parts if part != first])
    story.meet()
    story.say("[\"Let us make " + what + ",\" said {h.name}.|They wanted to make " + what + ".]")
    story.say("{h.name} brought " + first + ", and {x.name} brought " + second + ".")
    if story.dice.chance(0.5):
        story.say("[They worked {h.manner}|{x.name} worked {x.manner}|They worked until noon|{h.name} sang while they worked].")
    story.say("Then they " + then + ".")


def walk_on(story):
    """A quiet stretch between two events: another place, seen on the way."""
    spot = story.dice.pick([place for place in PLACES if place.word not in (story.cast["p"].word, story.cast["p2"].word)])
    story.say("[On the way|A little later|" + ("At noon" if story.time == "morning" else "Later that day") + "] {h.he} [passed|came to] the " + spot.word + ", where " + spot.look + ".")


PLOTS = {help_friend: 5, lose_and_find: 2, race: 2, trade: 2, gift: 2, night_noise: 2, shelter: 2, questions: 1.5, make_together: 2}
LIKELY = {
    "kind": (help_friend, share_food, gift), "brave": (help_friend, night_noise), "clever": (trade, questions, make_together), "shy": (night_noise, shelter),
    "curious": (questions, lose_and_find), "careful": (trade, gift), "cheerful": (race, make_together), "sleepy": (lose_and_find, race),
}


def happen(story):
    """One plot: what the hero is like and the weather make some of them likelier."""
    if story.dice.chance(0.2):
        walk_on(story)
    weights = {**PLOTS, share_food: 2} if story.is_fair else {**PLOTS, shelter: 5}
    likely = LIKELY[story.mood]
    plot = story.dice.weigh({plot: weight * (5 if plot in likely else 1) for plot, weight in weights.items()})
    plot(story)


def tell(dice):
    story = Story(dice)
    story.open()
    happen(story)
    if dice.chance(0.2):
        story.new_scene()
        story.say("[The next day|A week later|Some days later|Another time] {h.name} {h.goes} {p.to}.\nIt was a " + story.weather + " " + story.time + ".")
        happen(story)
    story.close()
    return story.text()
