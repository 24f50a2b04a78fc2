"""Measures how well a Leopard answers: questions in a folder, answers in a file, figures of both.

questions, dataset, layouts, benchmarks/   what is asked, in the layouts it comes in
registry, plan, prompts                    which of it, and in whose words
asking, run, runfile, settings, replies    asked once each, kept at once, continued after a crash
metrics, letters, overlap                  scores of one answer
scoring, own_set, statistics, summary      scores of a run, with intervals
saved, compare, report                     runs that were kept: side by side, and as a page
baseline                                   the embedded model without its LoRA, to compare with
"""
