"""The paper's benchmarks, one file each: its layout, its prompts, its own metric.

A module has `BENCHMARK`. What the published loaders do was read in tencent-ailab/Leopard
(evaluation/ and evaluations/); docs/evaluation.md lists where they change a figure.
"""
