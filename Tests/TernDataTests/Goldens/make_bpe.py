"""Writes bpe.json beside this script: merges that Hugging Face's trainer learns, and texts as its and OpenAI's encoders have them.

    pip install tokenizers tiktoken
    python make_bpe.py

Made with tokenizers 0.23.3 and tiktoken 0.14.0.
"""

import json
import pathlib
import random

import tiktoken
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
TEXT = """First Citizen:
Before we proceed any further, hear me speak.

All:
Speak, speak.

First Citizen:
You are all resolved rather to die than to famish? We'll see; they've said it's so, and I'd rather hear the citizens speak.
The other side o' the city is risen: why stay we prating here? to the Capitol!   They ne'er cared for us yet: suffer us to famish,
and their store-houses crammed with grain; make edicts for usury, to support usurers; repeal daily any wholesome act.

	int main(void) { return 0; }  // 2024-06-30, 3.14159, 1,000,000
	int main(int argc) { return 1; }
Größe, Größen, größer: über 20 Grüße; déjà vu, où étais-tu? Οὐρανός και γη και θάλασσα. В начале было слово, и слово было.
天地玄黄,宇宙洪荒。天地之间。 日本語の文章、日本語の文字。 안녕하세요 안녕히 ١٢٣ ½ ² Ⅷ 👩‍👩‍👧 👍👍🏽 naïve e\u0301te\u0301 \u2028\u00a0\u3000 end
aaaaaaaaaaaaaaaa aaaa aaaaaaa bababababa don't DON'T we're WE'RE 'tis 's '' 'll'd
""" + "".join(f"{word} " * 3 for word in "the of and to in that is for it as was with be by on not".split())
CASES = [
    "", " ", "  ", "\n", "a", " a", "  a", "a  ", "a \n b", "\t\ta", "\r\n\r\n x", "   \n  y", "Hello, world!", "don't you'll they'VE I'm'm",
    "''s 'S 'll", "x=1;y= 22;z\t=333", "Größe überall", "天地玄黄宇宙", "日本語 123４５", "👩‍👩‍👧👍🏽", "e\u0301\u0301", "a\u00a0b\u2003\u3000c\u2028d\x85e\x1cf\x1d g",
    "\u200b\u200d\ufeff", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bababab ababa", "\x00\x01\x7f", "١٢٣ Ⅷ½²", "<|endoftext|>", "first citizen: speak!!!'s",
    "ſ's Σας ǅ ʰ ª", "\U0010ffff \ue000 \U0001d7d8", "don’t", TEXT,
]
random.seed(0)
alphabet = "aab cd'ster  \n\n\té天👍 19½!?.\u00a0"
CASES += ["".join(random.choice(alphabet) for _ in range(random.randrange(1, 40))) for _ in range(40)]

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
learnt = {}
for size, least in ((400, 2), (456, 5)):
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=least, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([TEXT], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    learnt[size] = {"minimumCount": least, "vocabulary": model["vocab"], "merges": [" ".join(m) for m in model["merges"]]}
    if size == 400:
        codes = [tokenizer.encode(case).ids for case in CASES]
        visible = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
        order = visible + [b for b in range(256) if b not in visible]
        byte_of = {chr(b) if b in visible else chr(256 + i - len(visible)): b for i, b in enumerate(order)}
        ranks = {bytes(byte_of[c] for c in token): number for token, number in model["vocab"].items()}
        openai = tiktoken.Encoding("test", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": 400})
        for case, ids in zip(CASES, codes):
            assert openai.encode_ordinary(case) == ids, (case, ids, openai.encode_ordinary(case))
        special = "<|endoftext|>Before<|endoftext|> <|endoftext|><|endoftext"
        with_special = openai.encode(special, allowed_special="all")

path = pathlib.Path(__file__).resolve().parent / "bpe.json"
path.write_text(json.dumps(
    {"text": TEXT, "learnt": learnt, "cases": [{"text": t, "tokens": i} for t, i in zip(CASES, codes)],
     "special": {"text": special, "tokens": with_special}}, ensure_ascii=True, separators=(",", ":")) + "\n")
