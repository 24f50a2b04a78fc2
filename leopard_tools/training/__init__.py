"""How the embedded model was taught: pages made up from structured truth, and the LoRA trainer.

Nothing else imports this package; `python -m leopard_tools.training.nano` runs it.
"""
