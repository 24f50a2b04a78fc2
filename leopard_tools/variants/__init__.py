"""What makes one checkpoint different from another: prompt, encoder, language model.

One file a variant; `registry.py` finds the one that a folder or hub id belongs to.
"""
