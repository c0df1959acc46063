# SPDX-License-Identifier: Apache-2.0
"""Short plain texts: what an animal, a thing, a place or a weather is like, and small sums."""
from lexicon import KINDS, NUMBERS, PLACES, THINGS, WEATHERS
from world import Character, Item, Page, an


def about_kind(page):
    kind = page.dice.pick(KINDS)
    other = page.dice.pick([k for k in KINDS if k.speed != kind.speed])
    page.mood = kind.word
    page.cast = dict(k=kind, o=other, a=an(kind.word), A=an(kind.word).capitalize(), faster="faster" if kind.speed > other.speed else "slower")
    page.say("[{A} lives in {k.home}|The home of the {k.word} is {k.home}|You can find the {k.word} in {k.home}].")
    page.say("[{k.plural} like {k.food}|The {k.word} likes {k.food} best|It eats {k.food} every day].")
    page.say("[{k.plural} can {k.skill} well|{A} knows how to {k.skill}].")
    if page.dice.chance(0.5):
        page.say("[{A} is {faster} than {b}|{k.plural} are {faster} than {o.plural}].", b=an(other.word))


def about_thing(page):
    thing = page.dice.pick(THINGS)
    other = page.dice.pick([t for t in THINGS if t.use != thing.use])
    page.mood = thing.word
    page.cast = dict(t=thing, o=other, A=an(thing.word).capitalize(), a=an(thing.word), b=an(other.word))
    page.say("[{A} is used to {t.use}|With {a} you can {t.use}|People use {a} to {t.use}].")
    if page.dice.chance(0.7):
        page.say("[If you want to {o.use}, you need {b}|To {o.use} you need {b} instead|But to {o.use} you need {b}].")
    if page.dice.chance(0.5):
        page.cast["i"] = Item(page.dice, [])
        page.cast["h"] = Character(page.dice)
        page.say("[The {h.word} {h.name} has {i.a} and can {i.use}|{h.name}, {h.a}, uses {i.a} to {i.use}].")


def about_place(page):
    place = page.dice.pick(PLACES)
    page.mood = place.word
    page.cast = dict(p=place)
    page.say("{p.prep} the {p.word} " + place.look + ".")
    page.say("[People go there to " + place.task + "|It is a good place to " + place.task + "|Many come to " + place.task + "].")
    weather = page.dice.pick(list(WEATHERS))
    page.say("On a " + weather + " day it is [quiet|beautiful|empty|full of life] there.\n" + WEATHERS[weather])


def sums(page):
    """Counting small things, with the right number in the end."""
    who = Character(page.dice)
    food = page.dice.pick("apples plums nuts shells stones flowers pears cakes".split())
    count = lambda n: NUMBERS[n] + " " + (food[:-1] if n == 1 else food)
    have = page.dice.pick(list(range(2, 10)))
    page.mood = who.word
    page.cast = dict(h=who)
    page.say("{h.name}[| the {h.word}] [has|had] {n}.", n=count(have))
    for _ in range(page.dice.pick([1, 2])):
        if have > 1 and page.dice.chance(0.5):
            change = page.dice.pick(list(range(1, have)))
            have -= change
            page.say("{h.He} [eats|gives away|loses|sells] {n}." if food in ("apples", "plums", "nuts", "pears", "cakes") else "{h.He} [gives away|loses|sells] {n}.", n=NUMBERS[change])
        elif have < 12:
            change = page.dice.pick(list(range(1, 13 - have)))
            have += change
            page.say("{h.He} [finds|gets|buys] {n} more.", n=NUMBERS[change])
        page.say("Now {h.he} has {n}.", n=count(have))


FACTS = {about_kind: 3, about_thing: 3, about_place: 1, sums: 3}


def tell(dice):
    page = Page(dice)
    dice.weigh(FACTS)(page)
    return page.text()
