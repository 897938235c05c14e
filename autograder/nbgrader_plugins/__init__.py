"""What nbgrader runs of ours, in the order in which a submission meets it.

reader -> sanitize -> execute -> feedback; `nbgrader_config.py` names them.
"""
