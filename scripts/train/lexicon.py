# SPDX-License-Identifier: Apache-2.0
"""The words of the little world, and what each of them can do there."""
from collections import namedtuple

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
GIRLS = "Mira Nora Lily Ada Rosa Tess Ivy Hanna Clara Zoe Elsa Greta Molly Vera".split()
BOYS = "Tom Ben Finn Otto Leo Max Hugo Sam Theo Oskar Jack Emil Paul Anton".split()

# home: where it sleeps; food: what it likes; goes: how it moves (past); skill: what it does well; speed: who wins a race.
Kind = namedtuple("Kind", "word plural home food goes skill speed")
KINDS = [Kind(*row) for row in [
    ("fox", "foxes", "a den under the old oak", "grapes", "trotted", "run", 8),
    ("rabbit", "rabbits", "a burrow in the meadow", "carrots", "hopped", "run", 9),
    ("bear", "bears", "a cave in the hills", "honey", "walked", "climb", 6),
    ("mouse", "mice", "a hole in the wall", "cheese", "scurried", "hide", 4),
    ("otter", "otters", "a burrow by the river", "fish", "ran", "swim", 5),
    ("hedgehog", "hedgehogs", "a pile of dry leaves", "mushrooms", "shuffled", "hide", 2),
    ("squirrel", "squirrels", "a nest in the tall pine", "nuts", "scampered", "climb", 7),
    ("duck", "ducks", "the reeds by the pond", "peas", "waddled", "swim", 3),
    ("frog", "frogs", "the pond behind the mill", "flies", "hopped", "jump", 4),
    ("badger", "badgers", "a tunnel under the hedge", "plums", "trotted", "dig", 5),
    ("goat", "goats", "the barn on the farm", "grass", "trotted", "climb", 7),
    ("cat", "cats", "the warm kitchen of the inn", "milk", "crept", "climb", 8),
    ("dog", "dogs", "a kennel in the yard", "bones", "ran", "run", 9),
    ("hen", "hens", "the hen house on the farm", "corn", "strutted", "lay eggs", 3),
    ("sparrow", "sparrows", "a nest under the roof", "seeds", "flew", "fly", 10),
    ("mole", "moles", "a tunnel under the garden", "worms", "crept", "dig", 2),
    ("beaver", "beavers", "a lodge in the lake", "roots", "waddled", "swim", 3),
    ("pony", "ponies", "the stable by the road", "hay", "galloped", "run", 10),
    ("girl", "girls", "a white house in the village", "cake", "skipped", "draw", 6),
    ("boy", "boys", "a brown house in the village", "pie", "ran", "draw", 6),
    ("baker", "bakers", "the bakery in the village", "bread", "walked", "bake", 5),
    ("farmer", "farmers", "the farmhouse on the hill", "soup", "walked", "plant seeds", 5),
    ("fisher", "fishers", "a hut by the sea", "fish", "walked", "row", 5),
    ("gardener", "gardeners", "a cottage with a green door", "pears", "walked", "plant seeds", 5),
    ("miller", "millers", "the old mill", "porridge", "walked", "grind corn", 4),
    ("teacher", "teachers", "a room above the school", "toast", "hurried", "read", 5),
]]
PEOPLE = "girl boy baker farmer fisher gardener miller teacher".split()

# manner: how one with this trait acts; line: a sentence about it.
Trait = namedtuple("Trait", "word manner line")
TRAITS = [Trait(*row) for row in [
    ("kind", "gently", "[helped everyone|was good to everyone|never forgot a friend]"),
    ("brave", "boldly", "[was not afraid of anything|was not afraid of the dark|never ran away]"),
    ("clever", "cleverly", "[always had a good idea|could solve any riddle|liked to think]"),
    ("shy", "quietly", "[did not talk much|was afraid of loud noises|often hid from others]"),
    ("curious", "eagerly", "[asked many questions|wanted to see everything|looked into every corner]"),
    ("careful", "carefully", "[never hurried|looked at everything twice|never broke anything]"),
    ("cheerful", "happily", "[sang all day|laughed a lot|was never sad for long]"),
    ("sleepy", "slowly", "[liked to sleep late|yawned all day|took many naps]"),
]]

# prep: before "the"; look: what one sees there in any weather; task: why one goes there in fair weather; find: what lies or grows there.
Place = namedtuple("Place", "word prep look task find")
PLACES = [Place(*row) for row in [
    ("forest", "in", "[the trees were tall|the moss was soft|it was very quiet]", "[look for mushrooms|pick berries|gather wood]", "berries nuts mushrooms"),
    ("river", "by", "[the water was cold and clear|the water ran fast|the stones were round]", "[catch fish|wash|look at the water]", "fish stones"),
    ("hill", "on", "[the wind was strong|an old tower stood|the path was steep]", "[see the valley|watch the clouds|run about]", "stones flowers"),
    ("meadow", "in", "[an old tree stood|the path was narrow|a small stream ran]", "[pick flowers|lie in the grass|watch the bees]", "flowers berries"),
    ("market", "at", "[there were many people|everyone was talking|there was a smell of bread]", "[buy bread|sell eggs|meet friends]", "cakes apples pears"),
    ("beach", "on", "[the waves were high|the sea was grey|an old boat lay]", "[look for shells|play in the sand|watch the waves]", "shells stones"),
    ("garden", "in", "[the wall was high|the gate was open|a bench stood]", "[plant seeds|water the beans|pull weeds]", "carrots peas beans"),
    ("orchard", "in", "[the trees stood in rows|the fence was low|the shed was empty]", "[pick apples|pick plums|sit in the shade]", "apples plums pears"),
    ("lake", "by", "[the water was still|the reeds were high|two swans swam]", "[swim|row|look at the swans]", "fish shells"),
    ("mill", "at", "[the big wheel was turning|the air was full of flour|the sacks stood in a row]", "[fetch flour|grind corn|see the big wheel]", "seeds"),
    ("bridge", "on", "[the stones were old and grey|the river ran below|a cart rolled by]", "[watch the boats|wait for a friend|count the carts]", "stones"),
    ("harbour", "at", "[the boats were coming in|the gulls were crying|it smelled of fish]", "[see the ships|meet the sailors|buy fish]", "fish shells"),
]]
FOUL_TASK = "[visit a friend|fetch water|look for dry wood|see what was new]"

# fix: the trouble {x} has and how the thing ends it; {h} has the thing {t}. use: for the plain facts.
Thing = namedtuple("Thing", "word trouble fix use")
DARK = "[It grew so dark that {x.name} could not see the path|{x.name} stood before a dark tunnel and did not dare to go in|The last light went out and {x.name} could not find the door]."
COLD = "[{x.name} was so cold that {x.he} shivered|A cold wind blew and {x.name} began to shiver|{x.name} had fallen into the water and was very cold]."
SAD = "[{x.name} was sad and did not want to play|{x.name} sat alone and cried|Nobody had come to play, and {x.name} was sad]."
LOST = "[Fog came down, and {x.name} was nowhere to be seen|{x.name} had gone too far and did not answer|{x.name} had walked off into the fog]."
THINGS = [Thing(*row) for row in [
    ("lantern", DARK, "[{h.name} held up {t.the}|{h.name} lit {t.the}], and [its light showed the way|they could see everything].", "see in the dark"),
    ("candle", DARK, "{H} lit {t.the}, and [its small light was enough|they could see everything].", "see in the dark"),
    ("umbrella", "[It began to rain, and {x.name} had no coat|Dark clouds came, and big drops fell on {x.name}|Suddenly it rained so hard that {x.name} stood in a puddle].", "{H} opened {t.the}, and [both of them stayed dry|{x.name} came under it and stayed dry].", "stay dry in the rain"),
    ("blanket", COLD, "{H} put {t.the} around {x.name}, and [soon {x.he} was warm|{x.he} stopped shivering].", "keep warm"),
    ("scarf", COLD, "{H} gave {t.the} to {x.name}, and [soon {x.he} was warm|{x.he} stopped shivering].", "keep warm"),
    ("rope", "[{x.name} fell into a deep hole and could not climb out|{x.name} had slipped down a steep bank and could not get up|{x.name} was stuck in the mud and could not move].", "{H} threw one end of {t.the} to {x.name} and [pulled until {x.he} was free|pulled with all {h.his} strength until {x.he} was free].", "pull heavy loads"),
    ("ladder", "[The ball of {x.name} lay on a high roof|The hat of {x.name} hung high in a tree|The best fruit of {x.name} hung too high].", "{H} set up {t.the}, climbed to the top and [brought it down|got it with one hand].", "climb up high"),
    ("spade", "[Sand lay before the door of {x.name}, and {x.he} could not get out|{x.name} wanted to plant a tree, but the ground was hard|Earth had fallen on the path, and {x.name} could not pass].", "{H} took {t.the} and dug until [the work was done|{x.name} was pleased].", "dig holes"),
    ("hammer", "[The fence of {x.name} was broken|The roof of {x.name} had a hole|The gate of {x.name} had lost a board].", "{H} took {t.the} and some nails and [mended it|fixed it before evening].", "drive nails"),
    ("axe", "[A fallen tree lay across the path of {x.name}|{x.name} needed wood for the winter|A thick branch blocked the door of {x.name}].", "{H} swung {t.the} and [cut it into small pieces|cut the wood in two].", "cut wood"),
    ("bucket", "[The flowers of {x.name} were dry|The beans of {x.name} needed water|{x.name} was thirsty, but the well was deep].", "{H} filled {t.the} with water and [carried it to {x.name}|brought it back without spilling a drop].", "carry water"),
    ("net", "[The hat of {x.name} had fallen into the water|The ball of {x.name} floated down the stream|The shoe of {x.name} drifted away on the water].", "{H} reached out with {t.the} and [caught it|lifted it out].", "catch fish"),
    ("key", "[The gate was locked, and {x.name} could not go home|{x.name} had a box that nobody could open|{x.name} stood before a locked door].", "{H} put {t.the} into the lock and [turned it, and it opened|it opened at once].", "open a lock"),
    ("map", "[{x.name} did not know the way home|{x.name} had taken the wrong path|{x.name} wanted to go home but had lost the way].", "{H} looked at {t.the} and [found the right path|showed {x.him} the right path].", "find the way"),
    ("whistle", LOST, "{H} blew {t.the} until [{x.name} heard it and came back|{x.name} came running].", "call for help"),
    ("bell", LOST, "{H} rang {t.the} until [{x.name} heard it and came back|{x.name} came running].", "call the others"),
    ("broom", "[The floor of {x.name} was covered with dust|Dry leaves lay all over the steps of {x.name}|{x.name} had spilled flour on the floor].", "{H} took {t.the} and swept until [everything was clean|not a speck was left].", "sweep the floor"),
    ("book", "[{x.name} was ill and had to stay in bed|{x.name} could not sleep|{x.name} was bored and did not know what to do].", "{H} opened {t.the} and read to {x.him} until [{x.he} fell asleep|{x.he} smiled].", "learn and to read stories"),
    ("drum", SAD, "{H} beat {t.the} until [{x.name} began to dance|{x.name} had to laugh].", "make music"),
    ("flute", SAD, "{H} played {t.the} until [{x.name} began to dance|{x.name} smiled again].", "make music"),
    ("basket", "[{x.name} had picked so many apples that {x.he} could not carry them|The bag of {x.name} was torn, and the nuts fell out|{x.name} could not carry all the eggs].", "{H} put them all into {t.the}, and [they carried it together|nothing was lost].", "carry fruit and eggs"),
    ("needle", "[The coat of {x.name} was torn|The sail of {x.name} had a hole|The sack of {x.name} was torn].", "{H} took {t.the} and some thread and [mended it|closed it with small stitches].", "sew clothes"),
]]
LOOKS = "red blue green yellow old new small big long heavy shiny brown".split()

FAIR = ("sunny", "windy", "warm")
# What one notices in a weather.
WEATHERS = {
    "sunny": "[The sun was shining|The sky was blue|There was not a cloud in the sky].",
    "rainy": "[The rain was falling softly|The ground was wet|There were puddles everywhere].",
    "windy": "[The wind shook the trees|The leaves were flying|The clouds moved fast].",
    "cold": "[There was ice on the puddles|The grass was white|Everyone's breath was like smoke].",
    "foggy": "[The hills could not be seen|Everything was grey and quiet|The fog lay on the fields].",
    "snowy": "[The snow lay deep|The snow was falling|Everything was white].",
    "warm": "[The air smelled of flowers|The bees were humming|Everyone was outside].",
}
