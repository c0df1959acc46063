# SPDX-License-Identifier: Apache-2.0
"""Who and what a story is about: drawn once, then carried through it."""
from lexicon import BOYS, FAIR, FOUL_TASK, GIRLS, KINDS, LOOKS, PEOPLE, PLACES, THINGS, TRAITS, WEATHERS


def an(phrase):
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


class Character:
    def __init__(self, dice, others=()):
        company = others[0].word if others else ""
        self.kind = dice.lean([kind for kind in KINDS if kind.word not in [other.word for other in others]], company)
        is_she = {"girl": True, "hen": True, "boy": False}.get(self.kind.word)
        if is_she is None:
            is_she = dice.chance(0.5)
        self.name = dice.lean([name for name in (GIRLS if is_she else BOYS) if name not in [other.name for other in others]], self.kind.word)
        self.trait = dice.lean([trait for trait in TRAITS if trait.word not in [other.trait.word for other in others]], self.kind.word if others else "")
        self.he, self.him, self.his = ("she", "her", "her") if is_she else ("he", "him", "his")
        self.He, self.His = self.he.capitalize(), self.his.capitalize()
        self.word, self.the = self.kind.word, "the " + self.kind.word
        self.a, self.a_trait = an(self.word), an(self.trait.word + " " + self.word)
        self.A, self.A_trait = self.a.capitalize(), self.a_trait.capitalize()
        self.also = f"{self.name}, {self.a_trait}"
        self.home, self.food, self.goes, self.manner = self.kind.home, self.kind.food, self.kind.goes, self.trait.manner
        self.is_person = self.word in PEOPLE


class Item:
    def __init__(self, dice, others=(), context=""):
        taken = [other.thing.trouble for other in others]
        self.thing = dice.lean([thing for thing in THINGS if thing.trouble not in taken], context)
        self.word = self.thing.word
        self.look = dice.lean([look for look in LOOKS if look not in [other.look for other in others]], self.word)
        full = self.look + " " + self.word
        self.a, self.the, self.use = an(full), "the " + full, self.thing.use


class Spot:
    def __init__(self, dice, others=(), context=""):
        self.place = dice.lean([place for place in PLACES if place not in [other.place for other in others]], context)
        self.word = self.place.word
        self.at = f"{self.place.prep} the {self.word}"
        self.to = f"to the {self.word}"


class Page:
    """A text as it grows: the names that templates may use, and the mood whose habits colour the telling."""

    def __init__(self, dice):
        self.dice, self.sentences, self.cast, self.mood = dice, [], {}, ""

    def say(self, template, **more):
        """Adds sentences, one a line; {H} and {X} stand for the hero and the friend, by name or by kind."""
        template = template.replace("{H}", "[{h.name}|{h.name}|{h.the}]").replace("{X}", "[{x.name}|{x.name}|{x.the}]")
        text = self.dice.expand(template, self.mood, **self.cast, **more)
        for sentence in text.split("\n"):
            sentence = sentence.strip()
            if sentence:
                self.sentences.append(sentence[0].upper() + sentence[1:])

    def text(self):
        return " ".join(self.sentences)


class Story(Page):
    """A page with a hero `h`, a friend `x`, places `p` and `p2` and a weather."""

    def __init__(self, dice):
        super().__init__(dice)
        self.cast = dict(h=Character(dice))
        self.people = [self.cast["h"]]
        self.mood = self.cast["h"].trait.word
        self.new_scene()

    def new_scene(self):
        """Another day: new weather, new places, a new friend."""
        dice = self.dice
        friend, place = Character(dice, self.people), Spot(dice, context=self.cast["h"].word)
        self.people.append(friend)
        self.cast.update(x=friend, p=place, p2=Spot(dice, [place], friend.word))
        self.weather = dice.lean(list(WEATHERS), self.mood)
        self.is_fair = self.weather in FAIR
        self.time = dice.pick(["morning", "afternoon", "day"])
        self.task = place.place.task if self.is_fair else FOUL_TASK
        self.has_met = self.knows_friend = self.is_night = False
        self.moral = ""

    def item(self, key, *others):
        self.cast[key] = Item(self.dice, others, self.cast["p"].word)

    def open(self):
        way = self.dice.weigh({self._alone: 6, self._two: 1.5, self._on_the_way: 2, self._speaking: 0.7})
        way()

    def _alone(self):
        self.say(self.dice.weigh({
            "[Once upon a time|Once upon a time|Long ago|Once] there [was|lived] {h.a_trait} [named|called] {h.name}.": 5,
            "{h.name} was {h.a_trait}[| who lived in {h.home}].": 3,
            "[There was once|In a land far away lived] {h.a_trait} whose name was {h.name}.": 1,
            "[A little|The little|The|The] {h.word} named {h.name} lived in {h.home}.": 2,
            "In {h.home} lived {h.a_trait} named {h.name}.": 1,
            "The {h.word} lived in {h.home}.\n[Everyone called {h.him}|{h.His} name was] {h.name}.": 2,
        }))
        self.describe()
        self.set_out()

    def _two(self):
        self.knows_friend = self.has_met = True
        self.say("[{h.name} the {h.word} and {x.name} the {x.word}|{h.A} named {h.name} and {x.a} named {x.name}] were [good friends|neighbours|always together].")
        if self.dice.chance(0.5):
            self.say("[{h.name} was {h.trait.word}, and {x.name} was {x.trait.word}|{h.name} loved {h.food}, and {x.name} loved {x.food}|{h.name} could {h.kind.skill} well].")
        self.set_out()

    def _on_the_way(self):
        self.say(f"[One|On a] {self.weather} {self.time} " + "{h.a_trait} named {h.name} {h.goes} {p.to}[| to " + self.task + "].")
        self.describe()
        self.notice()

    def _speaking(self):
        self.say(f"\"[What a {self.weather} {self.time}|How {self.weather} it is today]!\" " + "said {h.name}, {h.a_trait}.")
        self.say("{h.He} {h.goes} {p.to}[| to " + self.task + "].")
        self.notice()

    def describe(self):
        self.say(self.dice.weigh({
            "": 4,
            "[{h.He}|{h.name}] " + self.cast["h"].trait.line + ".": 4,
            "[{h.He}|{h.name}] [loved|liked] {h.food}[| more than anything].": 1.5,
            "[{h.He}|{h.name}] could {h.kind.skill} [very well|better than anyone].": 1.5,
        }))

    def set_out(self):
        """The day, its weather and the way to the first place."""
        day = f"{self.weather} {self.time}"
        self.say(self.dice.weigh({
            "One " + day + " {h.name} {h.goes} {p.to}[| to " + self.task + "].": 5,
            "[It was a " + day + "|One day it was very " + self.weather + "].\n{h.name} wanted to " + self.task + ", so {h.he} {h.goes} {p.to}.": 2,
            "{h.name} wanted to " + self.task + ".\nSo {h.he} {h.goes} {p.to}.": 1,
            "\"I [will|must|want to] go {p.to} today,\" [said|thought] {h.name}.\nIt was a " + day + ".": 1,
        }))
        self.notice()

    def notice(self):
        self.say(self.dice.weigh({"": 4, WEATHERS[self.weather]: 2.5, "{p.at} " + self.cast["p"].place.look + ".": 2.5}))

    def meet(self):
        self.has_met = True
        if self.knows_friend:
            self.say("[{x.name} had come along|{x.name} was already there|There {x.name} was waiting|Soon {x.name} came too].")
            return
        self.knows_friend = True
        self.say(self.dice.weigh({
            "[There {h.he} met|Soon {h.he} met|On the way {h.he} met|Then {h.name} saw] {x.also}.": 4,
            "[{x.A_trait} named {x.name}|{x.A} named {x.name}] [came along|was there too|sat under a tree|stood by the road].": 3,
        }))
        self.say(self.dice.weigh({
            "": 6,
            "\"Good " + self.time + ", {x.name},\" said {h.name}.": 1,
            "\"Where are you going?\" asked {X}.\n\"I am going {p2.to},\" said {h.name}.": 1,
            "They were old friends.": 0.5,
            "{x.name} " + self.cast["x"].trait.line + ".": 1,
        }))

    def close(self):
        by_night = {
            "[In the evening|When the sun went down|At last] {H} [{h.goes}|went] home[| and ate {h.food}| and slept well].": 4,
            "That night {h.name} slept [well|deeply|without a dream] in {h.home}.": 2,
        }
        ends = {"{H} [was tired but happy|had never been so happy|smiled for a long time].": 2, **({} if self.is_night else by_night)}
        if self.has_met:
            ends["[From that day on|After that] {h.name} and {x.name} were [friends|the best of friends|always together]."] = 3
        if self.moral:
            ends[self.moral] = 1.5
        self.say(self.dice.weigh(ends))
