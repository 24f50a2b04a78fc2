"""Measures how well a Leopard answers: questions in a folder, answers in a file, figures of both.

`metrics` scores one answer, `dataset` reads a folder of questions, `run` asks them, `summary`
counts, `baseline` is the embedded model without its LoRA to compare with. The paper's benchmarks
become further readers beside `dataset`: whatever yields `Question`s can be run and summed up.
"""
