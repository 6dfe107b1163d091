"""A tokenizer for tiny models, trained on texts made here, so that it is the same on every machine."""

import itertools

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>"]
# Words that stand around a call of a tool: whoever wants one can make the model say the first.
CALLS = ["<tool_call>", "</tool_call>"]
CALL = len(SPECIAL)
UNKNOWN, BEGIN, END = SPECIAL[:3]
SIZE = 1024
CONTEXT = 32768
CHAT_TEMPLATE = """\
{%- if tools %}<|system|>{% for tool in tools %}<tool>{{ tool | tojson }}</tool>{% endfor %}<|end|>{% endif -%}
{%- for m in messages -%}
<|{{ m['role'] }}|>{% if m['content'] %}{{ m['content'] }}{% endif %}
{%- if m['tool_calls'] %}{% for call in m['tool_calls'] %}<tool_call>{"name": "{{ call['function']['name'] }}", "arguments": {{ call['function']['arguments'] | tojson }}}</tool_call>{% endfor %}{% endif -%}
<|end|>
{%- endfor -%}
{%- if add_generation_prompt %}<|assistant|>{% endif -%}"""

WHO = ["the engine", "a caller", "the operator", "one tenant", "the gateway", "a model", "Ada", "the scheduler"]
DOES = ["sends", "reads", "counts", "waits for", "answers", "asks about", "refuses", "remembers", "streams"]
WHAT = ["a question", "the weather in Oslo", "three tokens", "a city's name", "its own answer", "two lists", "JSON"]
WHEN = ["today", "at once", "before noon", "without a word", "again and again", "in the end", "when it rains"]


def texts():
    return (f"{who.capitalize()} {does} {what} {when}." for who, does, what, when in itertools.product(WHO, DOES, WHAT, WHEN))


def tokenizer():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        texts(),
        trainers.BpeTrainer(vocab_size=SIZE, special_tokens=SPECIAL + CALLS, initial_alphabet=alphabet, show_progress=False),
    )
    return made


def unspoken(vocabulary):
    """Ids of tokens that a model shall hardly ever choose: markers, blanks and pieces of characters."""

    def spoken(token):
        # A blank before a word is written as Ġ.
        word = token.removeprefix("\u0120")
        return token not in SPECIAL + CALLS and word and all("!" <= letter <= "~" for letter in word)

    return [number for token, number in vocabulary.items() if not spoken(token)]
